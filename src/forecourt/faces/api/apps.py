from importlib import import_module

from django.apps import AppConfig


class Api(AppConfig):
    name = "forecourt.faces.api"
    label = "api"

    def ready(self) -> None:
        import_module(f"{self.name}.told")  # what programs outside are told is declared by being read
