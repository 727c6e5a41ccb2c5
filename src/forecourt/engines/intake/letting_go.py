"""Letting go of a file that came in: what it brought is in the records, its wrong rows are kept apart, and whoever needs it can send it again."""

from forecourt.engines.intake import sources
from forecourt.engines.intake.models import Import
from forecourt.kernel.errors import Refusal
from forecourt.runtime.files.forgetting import forget


def let_go(found: Import) -> None:
    """The file goes once no other import has it; its header stays, so that the wrong rows can still be sent back."""
    file = found.stored_file
    if file is None:
        return
    try:
        found.header = sources.choose(found).table.header
    except (Refusal, OSError):
        found.header = []
    found.stored_file = None
    found.save(update_fields=["stored_file", "header"])
    if not Import.objects.filter(stored_file_id=file.pk).exists():
        forget([file.pk])
