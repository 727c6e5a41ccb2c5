"""Where files are fetched is set up on pages: by kind, with a secret that never comes back, tried, looked at now, and with what came."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from forecourt.engines.intake import uploads
from forecourt.engines.intake.events import SourceFileWaits, SourceStumbled
from forecourt.engines.intake.fetching import looking
from forecourt.engines.intake.models import Import, Source, SourceFile
from forecourt.engines.messaging.models import Message
from forecourt.faces.staff.sources import letters
from tests.architecture import world
from tests.cast import Alpen
from tests.faces.staff.test_privacy import signed_in

PLAN = {"name": "DMS, nightly", "source": "dms", "site": "", "often": "60", "runs_by_itself": "on", "most_rejected": "2"}


def page(client: Client, name: str, *ids: Any) -> str:
    return client.get(reverse(f"sources:{name}", args=ids)).content.decode()


def posted(client: Client, kind: str, **answers: str) -> Any:
    return client.post(reverse("sources:new") + f"?kind={kind}", PLAN | answers)


def test_a_folder_is_set_up_tried_and_its_files_stand_on_the_page(alpen: Alpen, settings: Any, tmp_path: Path) -> None:
    settings.INBOX = tmp_path
    client = signed_in(alpen, "Anna Amort")
    assert "No file is fetched by itself yet." in page(client, "list")
    assert "SFTP server" in page(client, "new")
    assert str(tmp_path / "autohaus-alpen") in client.get(reverse("sources:new") + "?kind=folder").content.decode()
    posted(client, "folder", folder="dms", pattern="*.csv", has_marker="on")
    with alpen.scope():
        source = Source.objects.get()
        assert (source.made_by_id, source.every_minutes, source.runs_by_itself) == (alpen.staff["Anna Amort"].pk, 60, True)
    assert "Trying the connection." in page(client, "show", source.pk)
    assert "HX-Refresh" not in client.get(reverse("sources:state", args=[source.pk])).headers
    folder = tmp_path / "autohaus-alpen" / "dms"
    folder.mkdir(parents=True)
    for name, text in (("a.csv", "Kd-Nr.;Name\n1;Anna\n"), ("a.csv.done", "")):
        (folder / name).write_text(text)
    with alpen.scope():
        looking.try_out(source.pk)
    assert client.get(reverse("sources:state", args=[source.pk]))["HX-Refresh"] == "true"
    shown = page(client, "show", source.pk)
    assert "The connection works." in shown
    assert "a.csv" in shown
    client.post(reverse("sources:look", args=[source.pk]))
    assert "Looking for files now." in page(client, "show", source.pk)
    with alpen.scope():
        looking.look(source.pk)
        came = Import.objects.get()
    shown = page(client, "show", source.pk)
    assert "Nobody has said yet what the columns of this source mean." in shown
    assert reverse("imports:map", args=[came.pk]) in shown
    assert "working" in page(client, "list")


def test_a_secret_is_never_shown_again_and_is_asked_for_where_it_would_go_elsewhere(alpen: Alpen) -> None:
    client = signed_in(alpen, "Anna Amort")
    where = {"host": "files.example", "port": "22", "username": "dms", "auth": "password", "folder": "/out", "pattern": "*"}
    assert "Please enter the secret with which we sign in." in posted(client, "sftp", **where).content.decode()
    posted(client, "sftp", **where, secret="hidden words")
    with alpen.scope():
        source = Source.objects.get()
        assert looking.address(source).secret == "hidden words"
    for shown in (page(client, "list"), page(client, "show", source.pk), page(client, "change", source.pk)):
        assert "hidden words" not in shown
        assert source.sealed_secret not in shown
    moved = client.post(reverse("sources:change", args=[source.pk]), PLAN | where | {"host": "other.example"})
    assert (moved.status_code, "Please enter the secret again" in moved.content.decode()) == (422, True)
    client.post(reverse("sources:change", args=[source.pk]), PLAN | where | {"often": "daily", "daily_at": "06:30", "auth": "key"})
    assert "ssh-ed25519 " in page(client, "show", source.pk)
    with alpen.scope():
        assert "BEGIN OPENSSH PRIVATE KEY" in looking.address(Source.objects.get()).secret
        assert "PRIVATE" not in str(Source.objects.values())


def test_a_source_is_paused_goes_on_and_is_removed_and_what_came_stays(alpen: Alpen) -> None:
    client = signed_in(alpen, "Anna Amort")
    with alpen.scope():
        ids = world.at(alpen.bozen, alpen.dana, alpen.golf, 900)
    key, import_id = ids["source_id"], ids["import_id"]
    client.post(reverse("sources:pause", args=[key]))
    assert "Paused by hand." in page(client, "show", key)
    client.post(reverse("sources:look", args=[key]))
    with alpen.scope():
        assert not ProcrastinateJob.objects.filter(task_name__endswith="background.fetch").exists()
    client.post(reverse("sources:resume", args=[key]))
    client.post(reverse("sources:remove", args=[key]))
    with alpen.scope():
        assert (Source.objects.count(), SourceFile.objects.count(), Import.objects.filter(pk=import_id).count()) == (0, 0, 1)


def test_only_administrators_set_sources_up(alpen: Alpen) -> None:
    client = signed_in(alpen, "Max Mair")
    assert client.get(reverse("sources:list")).status_code == 403
    assert reverse("sources:list") not in client.get(reverse("imports:list")).content.decode()


@pytest.mark.django_db
def test_whoever_set_it_up_is_told_once_a_day_and_not_of_what_is_mended(alpen: Alpen) -> None:
    with alpen.scope(), transaction.atomic():
        ids = world.at(alpen.bozen, alpen.dana, alpen.golf, 900)
        Source.objects.update(made_by_id=alpen.staff["Anna Amort"].pk)
        waits = SourceFileWaits(source_id=ids["source_id"], import_id=ids["import_id"], because="no_mapping")
        for _time in range(2):
            letters.tell_of_a_waiting_file(waits)
        letters.tell_of_a_failing_source(SourceStumbled(source_id=ids["source_id"], because="signed_out"))
        file, failing = Message.objects.filter(cause_kind="source").order_by("queued_at")
        assert {file.address, failing.address} == {alpen.staff["Anna Amort"].account.email}
        assert (letters.still_there(file), letters.still_there(failing)) == (None, None)
        words = letters.source_letter(file)
        assert "DMS, nightly" in words.subject
        assert "It does not let us in" in letters.source_letter(failing).text
        Source.objects.update(problem="")
        Import.objects.update(state="applied")
        for message in (file, failing):
            verdict = letters.still_there(message)
            assert verdict is not None
            assert not verdict.allowed
        assert uploads.start(actor=alpen.system, import_id=ids["import_id"]).state == "applied"
