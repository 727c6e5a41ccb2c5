"""Files that came in, how their columns are read, and what became of their rows."""

from typing import Final

from django.db import models

from forecourt.engines.intake.source_models import Source, SourceFile
from forecourt.runtime.scope import ScopedModel
from forecourt.runtime.sentences import SentenceField

__all__ = ["ERASED", "Import", "RejectedRow", "Source", "SourceFile", "SourceMapping"]

ERASED: Final = "was_erased"
"""The reason code of rows that stay out because their person was erased."""


class SourceMapping(ScopedModel):
    """How one source's files of one kind are read: the version that holds."""

    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=60, default="", db_default="")  # what the files tell about: "customer+vehicle"
    mapping = models.JSONField()
    version = models.PositiveIntegerField(default=1, db_default=1)
    saved_at = models.DateTimeField()
    saved_by_id = models.UUIDField(null=True)
    # Of the last file that came in by it: header, and per field the shares of cells that were filled and that could not be read.
    last_file = models.JSONField(default=dict, db_default={})

    class Meta:
        app_label = "intake"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "source", "kind"], name="one_mapping_per_kind_of_file")]


class MappingVersion(ScopedModel):
    """A mapping as it was saved, with who did it; never changed."""

    of_mapping = models.ForeignKey(SourceMapping, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    mapping = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by_id = models.UUIDField(null=True)
    back_to = models.PositiveIntegerField(null=True)  # the earlier version that was taken up again

    class Meta:
        app_label = "intake"
        constraints = [models.UniqueConstraint(fields=["of_mapping", "number"], name="one_version_per_number")]
        ordering = ["-number"]


class Import(ScopedModel):
    """One file on its way in. States: received, waiting (it is not like the last one, or too much would be gone), mapped, checking, checked, running, applied, refused, failed."""

    number = models.PositiveIntegerField()
    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    stored_file = models.ForeignKey("runtime.StoredFile", on_delete=models.PROTECT, null=True)
    site_id = models.UUIDField(null=True)  # for rows that name no site
    state = models.CharField(max_length=12, default="received")
    mapping = models.JSONField(null=True)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_text = SentenceField(blank=True)
    unlike = models.JSONField(default=dict, db_default={})  # what of it is not like the last file of its source: `fitting.Fit`
    preview = models.JSONField(default=dict, db_default={})  # what the dry run counted, by subject; the examples are rows of their own
    rows_total = models.PositiveIntegerField(null=True)  # an estimate until the end is reached
    rows_done = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=12, default="", db_default="", blank=True)  # of `progress.STEPS`, while it runs
    begun_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)  # as far as can be told while it runs
    rows_read = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    rows_remarked = models.PositiveIntegerField(default=0)  # taken, but without a value that could not be used
    rows_erased = models.PositiveIntegerField(default=0, db_default=0)  # of persons who were erased: not taken, and nothing of them kept
    header = models.JSONField(default=list, db_default=[])  # of a file that was let go of while its wrong rows are kept
    # What is gone from the source and what is back, by subject: `departures.dump`; and that a person said it is meant, however much it is.
    gone = models.JSONField(default=dict, db_default={})
    records = models.JSONField(default=dict, db_default={})  # how many it made and changed, by subject: `origins.counted`
    may_let_go = models.BooleanField(default=False, db_default=False)
    is_dry_run = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    received_by_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "intake"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_import_per_number")]
        ordering = ["-received_at"]


class PreviewExample(ScopedModel):
    """One thing that the file would make, change, or that looks doubtful: found by the dry run, gone with the import."""

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="examples")
    outcome = models.CharField(max_length=10)  # created, updated, doubtful, cleaned, gone
    subject = models.CharField(max_length=10)  # customer, vehicle, order, line
    line = models.PositiveIntegerField(null=True)
    thing_id = models.UUIDField(null=True)  # of what is there already
    title = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=list)  # [field, from, to], in the order in which they are shown
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "intake"
        ordering = ["place", "id"]


class RejectedRow(ScopedModel):
    """A row that could not be taken: where, what and why, with all its cells so that it can be corrected and sent again."""

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=120)
    value = models.TextField(blank=True)
    reason_code = models.CharField(max_length=40)
    reason = SentenceField()
    cells = models.JSONField(default=list)
    # A remark: the row was taken, without this value (an e-mail address that is none, a telephone number with a name in it).
    is_remark = models.BooleanField(default=False)
    # An erased person's row: `records.people.returns.Remembered` as it was dumped, and no cells.
    erased = models.JSONField(default=dict, db_default={})

    class Meta:
        app_label = "intake"
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["of_import", "line"], name="rejected_by_line")]
