"""What an administrator enters for a place from which files are fetched: a form for each kind."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forecourt.engines.intake.fetching.setup import Wish
from forecourt.engines.intake.source_models import Source
from forecourt.faces.staff.sources import words
from forecourt.records.dealership.models import Site

EVERY: Final = (5, 15, 30, 60, 120, 240, 720)
DAILY: Final = "daily"


class SourceForm(forms.Form):
    """What all kinds have in common. `place` gives the rest."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=80,
        help_text=_("What your colleagues call it, such as “DMS, nightly export”."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=40, help_text=_("As with uploaded files: columns of the same source are read the same way.")
    )
    site = forms.ChoiceField(label=_("Site"), required=False, help_text=_("For rows that name no site."))
    often = forms.ChoiceField(label=_("Look for files"))
    daily_at = forms.TimeField(
        label=_("Daily at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Only if it is looked for daily; by the clock of the site."),
    )  # fmt: skip
    runs_by_itself = forms.BooleanField(
        label=_("Import by itself"), required=False,
        help_text=_("If the columns are known and the check finds hardly anything wrong. Else every file waits for you after its check."),
    )  # fmt: skip
    most_rejected = forms.IntegerField(
        label=_("Rejected rows allowed, in percent"), min_value=0, max_value=100, help_text=_("With more of them it waits for you.")
    )

    def __init__(self, *args: Any, sites: list[Site], of: Source | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _answers(of) if of else {"often": "60", "runs_by_itself": True, "most_rejected": 2}
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [("", _("As the file says")), *((str(site.pk), site.name) for site in sites)]  # type: ignore[attr-defined]
        often = sorted({*EVERY, *([of.every_minutes] if of and of.every_minutes else [])})
        self.fields["often"].choices = [*((str(each), words.every(each)) for each in often), (DAILY, _("daily"))]  # type: ignore[attr-defined]
        self.has_secret = bool(of and of.sealed_secret and not of.public_key)

    def clean_site(self) -> UUID | None:
        chosen = self.cleaned_data["site"]
        return UUID(chosen) if chosen else None

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("often") == DAILY and not told.get("daily_at") and "daily_at" not in self.errors:
            self.add_error("daily_at", _("Please say at what time."))
        return told

    def wish(self) -> Wish:
        """What was asked for, in the words of the action."""
        told = self.cleaned_data
        is_daily = told["often"] == DAILY
        return Wish(
            name=told["name"], source=told["source"], site_id=told["site"], place=self.place(), secret=told.get("secret", ""),
            every_minutes=None if is_daily else int(told["often"]), daily_at=told["daily_at"] if is_daily else None,
            runs_by_itself=told["runs_by_itself"], most_rejected=told["most_rejected"],
        )  # fmt: skip

    def place(self) -> dict[str, Any]:
        raise NotImplementedError


class FolderForm(SourceForm):
    folder = forms.CharField(
        label=_("Folder"),
        max_length=200,
        required=False,
        help_text=_("Inside your own folder on this server; empty for that folder itself."),
    )
    pattern = forms.CharField(label=_("File names"), max_length=80, initial="*", help_text=_("A star stands for anything: orders*.csv"))
    has_marker = forms.BooleanField(
        label=_("Wait for a marker"), required=False,
        help_text=_("Take orders.csv only once orders.csv.done lies beside it. Else a file is taken when it has not changed between two looks."),
    )  # fmt: skip

    def place(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("folder", "pattern", "has_marker")}


class SftpForm(SourceForm):
    host = forms.CharField(label=_("Server"), max_length=200, help_text=_("Its name, without sftp://"))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=22)
    username = forms.CharField(label=_("User name"), max_length=80)
    auth = forms.ChoiceField(
        label=_("We sign in with"), choices=[("password", _("a password")), ("key", _("a key that is made here"))],
        help_text=_("With a key: its public part is shown after saving, and you enter it on the server."),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Password"), required=False, max_length=500, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    folder = forms.CharField(label=_("Folder"), max_length=400, required=False, help_text=_("As the server calls it, such as /export/out"))
    pattern = forms.CharField(label=_("File names"), max_length=80, initial="*", help_text=_("A star stands for anything: orders*.csv"))
    is_moved = forms.BooleanField(
        label=_("Move what was taken"), required=False, initial=True,
        help_text=_("Into a folder “done” there. Else files stay where they are, and we remember which ones we have."),
    )  # fmt: skip

    def place(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in ("port", "auth", "folder", "pattern", "is_moved")}
        return told | {name: self.cleaned_data[name].strip() for name in ("host", "username")}


class HttpsForm(SourceForm):
    url = forms.URLField(
        label=_("Web address"), max_length=800, assume_scheme="https", help_text=_("Of the file itself. It begins with https://")
    )
    auth = forms.ChoiceField(
        label=_("We sign in with"), choices=[("none", _("nothing")), ("bearer", _("a token")), ("basic", _("name and password"))]
    )
    username = forms.CharField(label=_("User name"), max_length=80, required=False, help_text=_("Only with a password."))
    secret = forms.CharField(
        label=_("Token or password"), required=False, max_length=4000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def place(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("url", "auth", "username")}


FORMS: Final[dict[str, type[SourceForm]]] = {"folder": FolderForm, "sftp": SftpForm, "https": HttpsForm}


def _answers(of: Source) -> dict[str, Any]:
    return {
        **of.place, "name": of.name, "source": of.source, "site": str(of.site_id or ""), "runs_by_itself": of.runs_by_itself,
        "often": DAILY if of.daily_at else str(of.every_minutes), "daily_at": of.daily_at, "most_rejected": of.most_rejected,
    }  # fmt: skip
