from django.apps import AppConfig


class Runtime(AppConfig):
    name = "forecourt.runtime"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"
