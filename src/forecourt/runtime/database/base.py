"""PostgreSQL as Django knows it, with one addition: each transaction begins by naming the scope it runs in."""

from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Tells PostgreSQL the organisation in scope with `SET LOCAL` as soon as a transaction begins."""

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:  # noqa: FBT001 - Django's own signature
        super().set_autocommit(autocommit, *args, **kwargs)
        if not autocommit:
            from forecourt.runtime import scope

            scope.begin(self)
