from importlib import import_module

from django.apps import AppConfig


class Customer(AppConfig):
    name = "forecourt.faces.customer"
    label = "customer"

    def ready(self) -> None:
        from forecourt.faces.customer import frame, own_choices
        from forecourt.faces.ui import choices

        for read_once in ("visit.live", "signin.letters", "signin.texts"):  # what they register is registered by being read
            import_module(f"{self.name}.{read_once}")
        frame.register()
        choices.register(own_choices.keep)
