"""Places from which a dealer's files are fetched, and each file that was taken there. Secrets lie sealed."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class Source(ScopedModel):
    """A place that is looked at by a plan. Kinds: folder, sftp, https. States: active, paused.

    `paused_because`: by_hand, or host_key (another machine answered than before).
    """

    seen_everywhere = "what is to be fetched for any dealer is found by one poll"

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    source = models.CharField(max_length=40)  # as imports know it: its mapping reads what comes
    site_id = models.UUIDField(null=True)  # for rows that name no site
    place = models.JSONField(default=dict)  # where and what: `fetching.setup.PLACES` says which values; never a secret
    sealed_secret = models.TextField(blank=True)
    secret_set_at = models.DateTimeField(null=True)
    public_key = models.TextField(blank=True)  # of the key with which we sign in
    host_key = models.TextField(blank=True)  # of the machine that answered first
    every_minutes = models.PositiveIntegerField(null=True)
    daily_at = models.TimeField(null=True)  # by the clock of the dealer's first site
    runs_by_itself = models.BooleanField(default=True)
    most_rejected = models.PositiveSmallIntegerField(default=2)  # percent of the rows with which it still runs by itself
    state = models.CharField(max_length=8, default="active")
    paused_because = models.CharField(max_length=12, blank=True)
    marks = models.JSONField(default=dict)  # what the last look saw and took, by name
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # somebody wants a look now
    looked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=24, blank=True)  # a code; of the last look
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    trial = models.JSONField(null=True)  # what the last try of the connection gave
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "intake"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="active"), name="source_due")]


class SourceFile(ScopedModel):
    """A file that was taken, told by its content. States: received, checking, running, done, waiting (for a person), refused.

    `because`: no_mapping, misfit, unlike (the last one), rejected (too many rows), gone (too many from the source), by_hand, failed, or the code of the refusal.
    """

    seen_everywhere = "what becomes of fetched files of any dealer is followed by one poll"

    of_source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField()
    import_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="received")
    because = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "intake"
        constraints = [models.UniqueConstraint(fields=["of_source", "digest"], name="each_file_of_a_source_once")]
        indexes = [
            models.Index(fields=["of_source", "-taken_at"], name="source_file_by_time"),
            models.Index(fields=["state"], condition=models.Q(state__in=["received", "checking", "running"]), name="source_file_open"),
        ]
