from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Runtime(AppConfig):
    name = "forecourt.runtime"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from forecourt.runtime import (
            personal,
            sealing,  # noqa: F401 - its poll is known by being read
        )
        from forecourt.runtime.database import walls

        # Sent for each app once all migrations of all apps are in; one of them is enough.
        post_migrate.connect(walls.put_up, sender=self)
        personal.declare()
