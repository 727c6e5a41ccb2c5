from importlib import import_module

from django.apps import AppConfig


class Customer(AppConfig):
    name = "forecourt.faces.customer"
    label = "customer"

    def ready(self) -> None:
        from forecourt.faces.customer import frame, own_choices
        from forecourt.faces.ui import choices

        import_module(f"{self.name}.visit.live")  # its reactions are registered by being read
        frame.register()
        choices.register(own_choices.keep)
