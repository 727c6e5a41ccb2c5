from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class Staff(AppConfig):
    name = "forecourt.faces.staff"
    label = "staff"

    def ready(self) -> None:
        from forecourt.faces.staff import frame

        import_module(f"{self.name}.access")  # its rights are declared by being read
        frame.register()
        for screen in ("planning", "job_cards"):  # screens that follow what happens
            if find_spec(f"{self.name}.{screen}.live"):
                import_module(f"{self.name}.{screen}.live")
