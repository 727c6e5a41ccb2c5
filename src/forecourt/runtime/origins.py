"""Which import a record came with, and which one changed it last: the imports' numbers, counted by organisation.

A context keeps both on its records (`Origin` is their shape) and is handed the number. What staff made by hand has none, and a row that an
import leaves as it is keeps what it has.
"""

from typing import Final

from django.db import models

#: SQL for `changed_by` of the row `known`: what this very import made counts as new. Without an import in hand, what stands there stays.
CHANGED_BY: Final = (
    "COALESCE(CASE WHEN known.brought_by IS DISTINCT FROM %(import)s::integer THEN %(import)s::integer END, known.changed_by)"
)


class Origin(models.Model):
    """The import that made it, and the last one since that changed it."""

    brought_by = models.PositiveIntegerField(null=True)
    changed_by = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


def indexes(name: str) -> list[models.Index]:
    """For the records of one import among millions."""
    return [
        models.Index(fields=["organisation_id", column], condition=models.Q(**{f"{column}__isnull": False}), name=f"{name}_{column}")
        for column in ("brought_by", "changed_by")
    ]
