"""Taking stored files away: the row, and the bytes when nobody else keeps the same."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from forecourt.runtime.files import shelf
from forecourt.runtime.models import StoredFile


def forget(file_ids: Collection[UUID | None]) -> int:
    """Take these files away. The bytes follow when the transaction is committed, with every smaller picture made of them."""
    gone = list(StoredFile.objects.filter(pk__in=[each for each in file_ids if each is not None]))
    StoredFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    for file in gone:
        if not StoredFile.objects.filter(sha256=file.sha256).exists():
            transaction.on_commit(lambda file=file: _unlink(file))  # type: ignore[misc]
    return len(gone)


def _unlink(file: StoredFile) -> None:
    place = shelf.folder(file.organisation_id)
    for copy in (place / file.sha256, *place.glob(f"{file.sha256}.*.jpg")):
        copy.unlink(missing_ok=True)
