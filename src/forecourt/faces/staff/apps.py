from django.apps import AppConfig


class Staff(AppConfig):
    name = "forecourt.faces.staff"
    label = "staff"
