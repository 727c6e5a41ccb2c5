"""Jobs: Procrastinate in the same database."""

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS: list[str] = []
