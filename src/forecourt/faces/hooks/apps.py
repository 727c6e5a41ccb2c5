from django.apps import AppConfig


class Hooks(AppConfig):
    name = "forecourt.faces.hooks"
    label = "hooks"
