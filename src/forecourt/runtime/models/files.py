"""What is known of each stored file; the bytes lie under `FORECOURT_DATA/files/<organisation>/<sha256>`."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class StoredFile(ScopedModel):
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_seconds = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField()
    stored_by_kind = models.CharField(max_length=12)
    stored_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "runtime"
        indexes = [models.Index(fields=["organisation_id", "sha256"], name="file_by_digest")]
