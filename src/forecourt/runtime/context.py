"""What every context's app has in common: its declarations are read when Django starts."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class Context(AppConfig):
    """Reads the context's rights, events, reactions and jobs, as far as it has them."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for part in ("access", "events", "subscribers", "background"):
            if find_spec(f"{self.name}.{part}"):
                import_module(f"{self.name}.{part}")
