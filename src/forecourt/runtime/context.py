"""What every context's app has in common: its declarations are read when Django starts."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig


class Context(AppConfig):
    """Reads the context's rights, events, links to people, criteria for segments, reactions and jobs, as far as it has them."""

    default = False  # Django looks for the one config of a module, and this class is imported into each
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        for part in ("access", "events", "personal", "criteria", "subscribers", "background"):
            if find_spec(f"{self.name}.{part}"):
                import_module(f"{self.name}.{part}")
