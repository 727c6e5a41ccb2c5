"""Files that came in, how their columns are read, and what became of their rows."""

from typing import Final

from django.db import models

from forecourt.engines.intake.source_models import Source, SourceFile
from forecourt.runtime.scope import ScopedModel

__all__ = ["ERASED", "Import", "RejectedRow", "Source", "SourceFile", "SourceMapping"]

ERASED: Final = "was_erased"
"""The reason code of rows that stay out because their person was erased."""


class SourceMapping(ScopedModel):
    """The saved reading of one source's columns."""

    source = models.CharField(max_length=40)
    mapping = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "intake"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "source"], name="one_mapping_per_source")]


class Import(ScopedModel):
    """One file on its way in. States: received, mapped, checking, checked, running, applied, refused, failed."""

    number = models.PositiveIntegerField()
    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    stored_file = models.ForeignKey("runtime.StoredFile", on_delete=models.PROTECT, null=True)
    site_id = models.UUIDField(null=True)  # for rows that name no site
    state = models.CharField(max_length=12, default="received")
    mapping = models.JSONField(null=True)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_text = models.TextField(blank=True)
    rows_total = models.PositiveIntegerField(null=True)  # an estimate until the end is reached
    rows_done = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    rows_remarked = models.PositiveIntegerField(default=0)  # taken, but without a value that could not be used
    rows_erased = models.PositiveIntegerField(default=0, db_default=0)  # of persons who were erased: not taken, and nothing of them kept
    header = models.JSONField(default=list, db_default=[])  # of a file that was let go of while its wrong rows are kept
    is_dry_run = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    received_by_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "intake"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_import_per_number")]
        ordering = ["-received_at"]


class RejectedRow(ScopedModel):
    """A row that could not be taken: where, what and why, with all its cells so that it can be corrected and sent again."""

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=120)
    value = models.TextField(blank=True)
    reason_code = models.CharField(max_length=40)
    reason = models.TextField()
    cells = models.JSONField(default=list)
    # A remark: the row was taken, without this value (an e-mail address that is none, a telephone number with a name in it).
    is_remark = models.BooleanField(default=False)
    # An erased person's row: `records.people.returns.Remembered` as it was dumped, and no cells.
    erased = models.JSONField(default=dict, db_default={})

    class Meta:
        app_label = "intake"
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["of_import", "line"], name="rejected_by_line")]
