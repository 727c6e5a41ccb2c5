from django.apps import AppConfig


class Staff(AppConfig):
    name = "forecourt.faces.staff"
    label = "staff"

    def ready(self) -> None:
        from forecourt.faces.staff import access, frame  # noqa: F401, PLC0415 - models are ready only now

        frame.register()
