from django.apps import AppConfig


class Wiring(AppConfig):
    """Comes last, when every context is known, and ties ports, gates and pages."""

    name = "forecourt.config"
    label = "config"

    def ready(self) -> None:
        from forecourt.config import wiring

        wiring.tie()
