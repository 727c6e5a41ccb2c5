"""PostgreSQL as Django knows it, with one addition: each transaction begins by naming the scope it runs in.

Row-level policies see a scope only inside a transaction. A statement that a job makes outside one, in an open scope, therefore gets a
transaction of its own, so that no scope is ever left on a connection that somebody else uses next.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Tells PostgreSQL the organisation in scope with `SET LOCAL` as soon as a transaction begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_in_scope)

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:  # noqa: FBT001 - Django's own signature
        super().set_autocommit(autocommit, *args, **kwargs)
        if not autocommit:
            from forecourt.runtime import scope

            scope.begin(self)


def _in_scope(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's
    from forecourt.runtime import scope

    wrapper: DatabaseWrapper = context["connection"]
    if not wrapper.autocommit or wrapper.in_atomic_block or not scope.is_open():
        return execute(sql, params, many, context)
    with wrapper.wrap_database_errors, wrapper.connection.transaction():
        wrapper.connection.execute(*scope.naming())
        return execute(sql, params, many, context)
