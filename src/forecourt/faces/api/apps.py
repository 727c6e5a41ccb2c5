from django.apps import AppConfig


class Api(AppConfig):
    name = "forecourt.faces.api"
    label = "api"
