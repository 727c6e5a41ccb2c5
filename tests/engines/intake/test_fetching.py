"""Files are fetched from folders, SFTP servers and https addresses by a plan: each once, whole, from where the dealer said and from nowhere else."""

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from forecourt.adapters import folders
from forecourt.adapters import sftp as sftp_place
from forecourt.engines.intake import background, fitting, guessing, running, sources, uploads
from forecourt.engines.intake.fetching import arrivals, looking, setup
from forecourt.engines.intake.fetching.places import Address, Found, Unfit
from forecourt.engines.intake.fetching.setup import Wish
from forecourt.engines.intake.models import Import, Source, SourceFile
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people.models import Customer
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from tests.cast import Alpen, Rosso
from tests.receiver import HOST, Receiver
from tests.sftp_server import NAME, PASSWORD, SftpServer

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
CUSTOMERS = "Kd-Nr.;Vorname;Nachname;E-Mail\n2001;Carla;Conti;carla@example.org\n"


@pytest.fixture
def inbox(settings: Any, tmp_path: Path, alpen: Alpen, set_clock: Any) -> Iterator[Path]:
    """The dealer's own folder below the root."""
    settings.INBOX = tmp_path / "inbox"
    set_clock(NOON)
    with alpen.scope():
        yield settings.INBOX / "autohaus-alpen"


def anna(alpen: Alpen) -> Actor:
    return alpen.actor("Anna Amort")


def add(alpen: Alpen, kind: str = "folder", **more: Any) -> Source:
    place = more.pop("place", {"folder": "dms", "pattern": "*.csv", "has_marker": False})
    wish = Wish(**{"name": "DMS", "source": "dms", "place": place, "every_minutes": 15, **more})
    return setup.add(actor=anna(alpen), kind=kind, wish=wish)


def lay(folder: Path, name: str, text: str | bytes = CUSTOMERS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def look(source: Source, set_clock: Any, *, after: int = 60) -> Source:
    """A look so many seconds after the last one."""
    set_clock(clock.now() + timedelta(seconds=after))
    looking.look(source.pk)
    source.refresh_from_db()
    return source


def known(alpen: Alpen) -> None:
    """The source has sent such a file before."""
    mapping = guessing.guess(["Kd-Nr.", "Vorname", "Nachname", "E-Mail"], [])
    sources.save_mapping(actor=alpen.system, source="dms", mapping=mapping)


def notes(source: Source) -> list[tuple[str, str, str]]:
    return [(each.name, each.state, each.because) for each in SourceFile.objects.filter(of_source=source).order_by("taken_at", "pk")]


def follow() -> None:
    """Work and follow until nothing moves."""
    for _step in range(2):
        for found in Import.objects.filter(state__in=("checking", "running")):
            background.perform(
                by=arrivals.actor_of(Source.objects.get()),
                organisation=str(found.organisation_id),
                import_id=str(found.pk),
                is_dry_run=found.is_dry_run,
            )
        for note in SourceFile.objects.filter(state__in=arrivals.OPEN):
            arrivals.follow(note)


def test_a_file_is_taken_once_it_rests_and_becomes_customers_by_itself(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    known(alpen)
    source = add(alpen)
    path = lay(inbox / "dms", "customers.csv", CUSTOMERS[:-20])
    look(source, set_clock)
    lay(inbox / "dms", "customers.csv")
    look(source, set_clock)
    assert notes(source) == []  # it grew between two looks
    look(source, set_clock, after=5)
    assert notes(source) == []  # two looks within seconds are one
    assert source.due_at - clock.now() < timedelta(minutes=2)
    look(source, set_clock)
    assert notes(source) == [("customers.csv", "checking", "")]
    assert not path.exists()
    assert list((inbox / "dms").iterdir()) == []  # the shelf holds it, as long as it may be held
    follow()
    assert notes(source) == [("customers.csv", "done", "")]
    assert Customer.objects.get(last_name="Conti").first_name == "Carla"
    assert source.due_at - clock.now() > timedelta(minutes=14)


def test_the_same_content_is_taken_once_and_the_same_name_with_other_content_again(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    source = add(alpen, place={"folder": "dms", "pattern": "*", "has_marker": True})
    for name, text in (("a.csv", CUSTOMERS), ("b.csv", CUSTOMERS), ("a.csv", CUSTOMERS.replace("Carla", "Carlo"))):
        lay(inbox / "dms", name, text)
        look(source, set_clock)
        assert name not in [each for each, _state, _why in notes(source)][-1:] or len(notes(source)) == 1
        lay(inbox / "dms", f"{name}.done", "")
        look(source, set_clock)
    assert [name for name, _state, _why in notes(source)] == ["a.csv", "a.csv"]
    assert Import.objects.count() == 2
    assert list((inbox / "dms").iterdir()) == []


@pytest.mark.parametrize(
    ("at", "name", "left"),
    [
        (uploads, "receive", []), (arrivals, "begin", ["received"]), (uploads, "start", ["received"]), (folders.Folder, "put_away", ["checking"]),
        (looking, "_note", ["checking"]),
    ],
)  # fmt: skip
def test_a_look_that_dies_at_any_step_loses_nothing_and_takes_nothing_twice(
    at: Any, name: str, left: list[str], alpen: Alpen, inbox: Path, set_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(alpen)
    source = add(alpen)
    path = lay(inbox / "dms", "customers.csv")
    look(source, set_clock)
    with monkeypatch.context() as dying:
        dying.setattr(at, name, lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            look(source, set_clock)
    assert [state for _name, state, _why in notes(source)] == left
    assert path.exists() == (name != "_note")
    for _look in range(2):
        look(source, set_clock)
    follow()
    assert notes(source) == [("customers.csv", "done", "")]
    assert (Import.objects.count(), Customer.objects.filter(last_name="Conti").count(), path.exists()) == (1, 1, False)


def test_a_file_without_a_mapping_or_with_many_wrong_rows_waits_for_somebody(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    source = add(alpen, place={"folder": "", "pattern": "*", "has_marker": True})
    for name, text in (
        ("first.csv", CUSTOMERS), ("wrong.csv", "Marke;Modell;FIN\nFiat;Panda;ZFA31200000123457\n"), ("clean.csv", CUSTOMERS.replace("2001", "2002")),
    ):  # fmt: skip
        lay(inbox, name, text)
        lay(inbox, f"{name}.done", "")
        look(source, set_clock)
        follow()
        known(alpen)
    assert notes(source) == [("first.csv", "waiting", "no_mapping"), ("wrong.csv", "waiting", "misfit"), ("clean.csv", "done", "")]
    bad = CUSTOMERS + "2003;Dino;Dotti;dino@example.org;too;many\n"
    lay(inbox, "bad.csv", bad)
    lay(inbox, "bad.csv.done", "")
    setup.change(actor=anna(alpen), source_id=source.pk, wish=Wish("DMS", "dms", source.place, every_minutes=15, most_rejected=49))
    look(source, set_clock)
    follow()
    assert notes(source)[-1] == ("bad.csv", "waiting", "rejected")
    lay(inbox, "again.csv", bad + "\n")
    lay(inbox, "again.csv.done", "")
    setup.change(actor=anna(alpen), source_id=source.pk, wish=Wish("DMS", "dms", source.place, every_minutes=15, most_rejected=50))
    look(source, set_clock)
    follow()
    assert notes(source)[-1] == ("again.csv", "done", "")


def test_a_row_that_a_person_called_no_record_keeps_no_file_waiting(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    known(alpen)
    source = add(alpen, place={"folder": "", "pattern": "*.csv", "has_marker": False}, most_rejected=0)
    summed = f"{CUSTOMERS}Summe: 1;;;too;many\n"
    lay(inbox, "first.csv", summed)
    look(source, set_clock)
    look(source, set_clock)
    follow()
    assert notes(source) == [("first.csv", "waiting", "rejected")]
    mapping = sources.saved_mapping("dms")
    assert mapping is not None
    sources.save_mapping(actor=alpen.system, source="dms", mapping=replace(mapping, no_records=("summe",)))
    lay(inbox, "second.csv", f"{summed}\n")
    look(source, set_clock)
    look(source, set_clock)
    follow()
    assert notes(source)[-1] == ("second.csv", "done", "")


def test_a_file_that_is_not_like_the_last_one_waits_with_what_is_other(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    known(alpen)
    source = add(alpen, place={"folder": "", "pattern": "*", "has_marker": True})
    for name, text in (
        ("renamed.csv", CUSTOMERS.replace("E-Mail", "E-Mail Adresse")),
        ("gone.csv", "Kd-Nr.;Vorname;Nachname\n2001;Carla;Conti\n"),
    ):
        lay(inbox, name, text)
        lay(inbox, f"{name}.done", "")
        look(source, set_clock)
        follow()
    assert notes(source) == [("renamed.csv", "waiting", "unlike"), ("gone.csv", "waiting", "unlike")]
    renamed, gone = Import.objects.order_by("number")
    assert (renamed.state, gone.state) == ("waiting", "waiting")
    assert fitting.read(renamed.unlike).renamed == [["customer.email", "E-Mail", "E-Mail Adresse"]]
    assert fitting.read(gone.unlike).missing == [["customer.email", "E-Mail"]]
    assert not Customer.objects.filter(last_name="Conti").exists()


def test_what_is_no_table_is_refused_with_a_text_beside_it(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    source = add(alpen, place={"folder": "dms", "pattern": "*", "has_marker": True})
    lay(inbox / "dms", "photo.csv", b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    lay(inbox / "dms", "photo.csv.done", "")
    look(source, set_clock)
    assert notes(source) == [("photo.csv", "refused", "picture")]
    assert "photo.csv" in (inbox / "dms" / "refused" / "photo.csv.txt").read_text()
    assert sorted(each.name for each in (inbox / "dms").iterdir()) == ["refused"]


def test_what_was_refused_lies_there_for_ninety_days(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    source = add(alpen, place={"folder": "dms", "pattern": "*", "has_marker": True})
    lay(inbox / "dms", "photo.csv", b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    lay(inbox / "dms", "photo.csv.done", "")
    os.utime(inbox / "dms" / "photo.csv", (0, 0))  # what its sender says of its age does not count
    look(source, set_clock)
    set_clock(datetime.now(UTC) + timedelta(days=89))
    look(source, set_clock)
    assert sorted(each.name for each in (inbox / "dms" / "refused").iterdir()) == ["photo.csv", "photo.csv.txt"]
    (inbox / "dms" / "refused" / "a folder").mkdir()
    set_clock(datetime.now(UTC) + timedelta(days=91))
    look(source, set_clock)
    assert [each.name for each in (inbox / "dms" / "refused").iterdir()] == ["a folder"]


def test_the_note_of_a_refused_file_is_kept_before_it_is_put_away(
    alpen: Alpen, inbox: Path, set_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = add(alpen, place={"folder": "dms", "pattern": "*", "has_marker": True})
    lay(inbox / "dms", "a.csv")
    lay(inbox / "dms", "a.csv.done", "")
    monkeypatch.setattr(folders.Folder, "fetch", lambda *_: (_ for _ in ()).throw(Unfit("too_large")))
    with monkeypatch.context() as dying:
        dying.setattr(folders.Folder, "put_away", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            look(source, set_clock)
    assert notes(source) == [("a.csv", "refused", "too_large")]
    look(source, set_clock)
    assert notes(source) == [("a.csv", "refused", "too_large")]
    assert sorted(each.name for each in (inbox / "dms" / "refused").iterdir()) == ["a.csv", "a.csv.txt"]


OTHER = CUSTOMERS.replace("Conti", "Costantini")


@pytest.mark.parametrize("kind", ["folder", "sftp"])
@pytest.mark.parametrize("when", ["fetch", "_receive"])
def test_what_comes_under_the_same_name_while_its_predecessor_is_taken_is_not_lost(
    when: str, kind: str, alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    is_folder = kind == "folder"
    source = add(alpen) if is_folder else add(alpen, "sftp", place=sftp(sftp_server), secret=PASSWORD)
    lies = inbox / "dms" if is_folder else sftp_server.folder / "out"
    lay(lies, "orders.csv")
    look(source, set_clock)
    at: Any = looking if when == "_receive" else folders.Folder if is_folder else sftp_place.Server
    real = getattr(at, when)

    def replaced(*given: Any) -> Any:
        """A new one before the old one is read, or after it was."""
        lay(lies, "new", OTHER).replace(lies / "orders.csv")
        return real(*given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(at, when, replaced)
        look(source, set_clock)
    assert len(notes(source)) == (0 if when == "fetch" else 1)
    assert (lies / "orders.csv").read_text() == OTHER
    look(source, set_clock)
    look(source, set_clock)
    assert SourceFile.objects.filter(size_bytes=len(OTHER)).count() == 1
    assert not (lies / "orders.csv").exists()


def test_a_rewrite_that_begins_while_a_file_is_read_is_not_taken_half(tmp_path: Path, settings: Any) -> None:
    settings.INBOX = tmp_path
    path = lay(tmp_path / "alpen", "x.csv")

    class Slow(io.BytesIO):
        def write(self, block: Any) -> int:
            path.write_text(OTHER)
            return super().write(block)

    with folders.opened(Address("folder", "alpen", {})) as folder, pytest.raises(Unfit) as unfit:
        folder.fetch(folder.files()[0], Slow())
    assert unfit.value.code == "vanished"


@pytest.mark.parametrize("kind", ["folder", "sftp"])
def test_where_nothing_can_be_put_away_every_file_has_its_turn_once(
    kind: str, alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    is_folder = kind == "folder"
    source = add(alpen) if is_folder else add(alpen, "sftp", place=sftp(sftp_server), secret=PASSWORD)
    lies = inbox / "dms" if is_folder else sftp_server.folder / "out"
    for number in range(3):
        lay(lies, f"{number}.csv", CUSTOMERS.replace("2001", f"200{number}"))
    monkeypatch.setattr(looking, "MOST_AT_ONCE", 2)
    place: Any = folders.Folder if is_folder else sftp_place.Server
    monkeypatch.setattr(place, "put_away", lambda *_, **__: None)  # as where we may read only
    fetched: list[str] = []
    real = place.fetch

    def told(self: Any, found: Found, into: Any) -> Any:
        fetched.append(found.name)
        return real(self, found, into)

    monkeypatch.setattr(place, "fetch", told)
    for _look in range(5):
        look(source, set_clock)
    assert (sorted(fetched), len(notes(source))) == (["0.csv", "1.csv", "2.csv"], 3)
    (lies / "0.csv").unlink()
    look(source, set_clock)
    assert sorted(source.marks["taken"]) == ["1.csv", "2.csv"]


def test_nothing_outside_of_the_dealers_folder_is_taken(alpen: Alpen, inbox: Path, set_clock: Any, tmp_path: Path) -> None:
    secret = lay(tmp_path / "elsewhere", "secret.csv")
    source = add(alpen, place={"folder": "dms", "pattern": "*", "has_marker": True})
    folder = inbox / "dms"
    folder.mkdir(parents=True)
    (folder / "link.csv").symlink_to(secret)
    os.mkfifo(folder / "pipe.csv")
    for name in (".hidden.csv", "half.csv.part"):
        lay(folder, name)
    for name in ("link.csv", "pipe.csv", ".hidden.csv", "half.csv.part"):
        lay(folder, f"{name}.done", "")
    look(source, set_clock)
    assert (notes(source), source.problem) == ([], "")
    for place in ("../rosso-motori", "dms/../..", "/etc", "a\\b"):
        other = add(alpen, place={"folder": place, "pattern": "*", "has_marker": False})
        assert look(other, set_clock).problem == ("" if place == "/etc" else "outside_root")
    assert (inbox / "etc").is_dir()  # a path always begins at the dealer's own folder
    (inbox / "away").symlink_to(tmp_path / "elsewhere")
    assert look(add(alpen, place={"folder": "away", "pattern": "*"}), set_clock).problem == "outside_root"


def test_the_copy_is_taken_of_a_file_and_never_through_a_link_laid_in_between(tmp_path: Path, settings: Any) -> None:
    settings.INBOX = tmp_path
    secret = lay(tmp_path / "elsewhere", "secret.csv")
    with folders.opened(Address("folder", "alpen", {})) as folder:
        (tmp_path / "alpen" / "x.csv").symlink_to(secret)
        with pytest.raises(Unfit), (tmp_path / "out").open("wb") as out:
            folder.fetch(Found("x.csv", "1"), out)


# --- SFTP ---------------------------------------------------------------------------------------------------------------


def sftp(server: SftpServer, **more: Any) -> dict[str, Any]:
    return {
        "host": "localhost", "port": server.port, "username": NAME, "auth": "password", "folder": "out", "pattern": "*.csv", "is_moved": True,
    } | more  # fmt: skip


def test_files_of_an_sftp_server_are_fetched_and_moved(
    alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer, settings: Any
) -> None:
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    source = add(alpen, "sftp", place=sftp(sftp_server), secret=PASSWORD)
    lay(sftp_server.folder / "out", "customers.csv")
    looking.try_out(source.pk)
    source.refresh_from_db()
    assert source.trial is not None
    assert (source.trial["code"], source.trial["names"], source.host_key[:11]) == ("", ["customers.csv"], "ssh-ed25519")
    look(source, set_clock)
    look(source, set_clock)
    assert notes(source) == [("customers.csv", "waiting", "no_mapping")]
    assert [each.name for each in (sftp_server.folder / "out").rglob("*.csv")] == ["customers.csv"]
    assert (sftp_server.folder / "out" / "done" / "customers.csv").exists()
    assert PASSWORD not in str(Source.objects.values())


def test_where_nothing_may_be_moved_the_taken_files_are_remembered(
    alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer, settings: Any
) -> None:
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    source = add(alpen, "sftp", place=sftp(sftp_server, is_moved=False, auth="key"))
    sftp_server.allowed_key = " ".join(source.public_key.split()[:2])
    path = lay(sftp_server.folder / "out", "customers.csv")
    for _look in range(4):
        look(source, set_clock)
    assert (source.problem, len(notes(source)), path.exists()) == ("", 1, True)
    assert sftp_server.signed_in == ["key"] * len(sftp_server.signed_in)
    lay(sftp_server.folder / "out", "customers.csv", CUSTOMERS + "9;New;One;new@example.org\n")
    look(source, set_clock)
    look(source, set_clock)
    assert [name for name, _state, _why in notes(source)] == ["customers.csv", "customers.csv"]


def test_another_machine_than_before_gets_no_password_and_the_source_stops(
    alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer, settings: Any
) -> None:
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    source = add(alpen, "sftp", place=sftp(sftp_server), secret=PASSWORD)
    look(source, set_clock)
    first, heard = source.host_key, len(sftp_server.signed_in)
    sftp_server.renew()
    look(source, set_clock)
    assert (source.state, source.paused_because, source.problem) == ("paused", "host_key", "host_key_changed")
    assert len(sftp_server.signed_in) == heard
    with pytest.raises(Refusal) as refused:
        setup.resume(actor=anna(alpen), source_id=source.pk)
    assert refused.value.code == "not_trusted"
    setup.resume(actor=anna(alpen), source_id=source.pk, trust=True)
    assert look(source, set_clock).problem == ""
    assert source.host_key not in ("", first)


@pytest.mark.parametrize(
    ("change", "secret", "code"),
    [({}, "wrong", "signed_out"), ({"folder": "nowhere"}, PASSWORD, "no_folder"), ({"port": 1}, PASSWORD, "no_connection")],
)
def test_what_keeps_a_server_from_being_looked_at_is_told_by_a_code(
    change: dict[str, Any], secret: str, code: str, alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer, settings: Any
) -> None:
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    source = add(alpen, "sftp", place=sftp(sftp_server, **change), secret=secret)
    assert look(source, set_clock).problem == code


def test_a_server_inside_a_private_network_is_not_asked(alpen: Alpen, inbox: Path, set_clock: Any, sftp_server: SftpServer) -> None:
    source = add(alpen, "sftp", place=sftp(sftp_server), secret=PASSWORD)
    assert look(source, set_clock).problem == "private"
    assert sftp_server.signed_in == []


# --- https --------------------------------------------------------------------------------------------------------------


def test_a_file_at_an_address_is_fetched_when_it_changed(alpen: Alpen, inbox: Path, set_clock: Any, receiver: Receiver) -> None:
    receiver.body, receiver.headers = CUSTOMERS.encode(), {"ETag": '"one"'}
    url = f"https://{HOST}:{receiver.port}/exports/customers.csv?of=today"
    source = add(alpen, "https", place={"url": url, "auth": "bearer", "username": ""}, secret="token")
    look(source, set_clock)
    assert notes(source) == [("customers.csv", "waiting", "no_mapping")]
    assert receiver.heard[-1].headers["authorization"] == "Bearer token"
    receiver.statuses = [304]
    look(source, set_clock)
    assert (source.problem, receiver.heard[-1].headers["if-none-match"]) == ("", '"one"')
    receiver.body, receiver.headers = (CUSTOMERS + "3;Eva;Eder;eva@example.org\n").encode(), {"ETag": '"two"'}
    look(source, set_clock)
    assert len(notes(source)) == 2
    for status, code in ((401, "signed_out"), (302, "redirect"), (404, "no_folder"), (500, "refused")):
        receiver.statuses = [status]
        assert look(source, set_clock).problem == code
    assert len(notes(source)) == 2


def test_an_address_inside_a_private_network_is_not_asked(alpen: Alpen, inbox: Path, set_clock: Any, receiver: Receiver) -> None:
    source = add(alpen, "https", place={"url": f"https://localhost:{receiver.port}/a.csv", "auth": "none", "username": ""})
    assert look(source, set_clock).problem == "private"
    assert receiver.heard == []


# --- setting up ---------------------------------------------------------------------------------------------------------


def test_a_secret_goes_in_and_is_asked_for_again_where_it_would_go_elsewhere(alpen: Alpen, inbox: Path) -> None:
    place = {"url": "https://one.example/a.csv", "auth": "basic", "username": "dms"}
    with pytest.raises(Refusal) as refused:
        add(alpen, "https", place=place)
    assert refused.value.code == "secret_needed"
    source = add(alpen, "https", place=place, secret="hidden")
    assert looking.address(source).secret == "hidden"
    kept = setup.change(actor=anna(alpen), source_id=source.pk, wish=Wish("Other", "dms", place, daily_at=time(6)))
    assert looking.address(kept).secret == "hidden"
    with pytest.raises(Refusal) as refused:
        setup.change(
            actor=anna(alpen), source_id=source.pk, wish=Wish("Other", "dms", place | {"url": "https://two.example/"}, daily_at=time(6))
        )
    assert refused.value.code == "secret_again"


def test_whoever_may_not_manage_sources_does_nothing_and_others_find_none(alpen: Alpen, rosso: Rosso, inbox: Path) -> None:
    source = add(alpen)
    for act in (setup.pause, setup.look_now, setup.try_out, setup.remove):
        with pytest.raises(NotPermitted):
            act(actor=alpen.alice, source_id=source.pk)
    with rosso.scope(), pytest.raises(NotFound):
        setup.pause(actor=rosso.system, source_id=source.pk)
    assert Source.objects.get().state == "active"


def test_a_daily_source_is_looked_at_by_the_clock_of_the_site_and_sooner_after_a_failure(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    source = add(alpen, every_minutes=None, daily_at=time(6, 30))
    look(source, set_clock)
    assert source.due_at == datetime(2026, 3, 3, 5, 30, tzinfo=UTC)  # 6:30 at Bozen
    set_clock(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    look(source, set_clock, after=0)
    assert source.due_at == datetime(2026, 3, 29, 4, 30, tzinfo=UTC)  # after the night of the clock change
    inbox.rmdir() if not any(inbox.iterdir()) else (inbox / "dms").rmdir()
    (inbox / "dms").write_text("no folder")
    look(source, set_clock)
    assert (source.problem, source.due_at - clock.now() < timedelta(minutes=6)) == ("outside_root", True)


def test_what_is_due_is_fetched_by_the_poll_once_and_a_paused_source_is_not(alpen: Alpen, inbox: Path) -> None:
    source = add(alpen)
    setup.pause(actor=anna(alpen), source_id=add(alpen, name="Other").pk)
    background.fetch_due()
    background.fetch_due()
    jobs = ProcrastinateJob.objects.filter(task_name=background.fetch.name)
    assert [job.args["source"] for job in jobs] == [str(source.pk)]


def test_fetching_ends_where_the_import_was_applied_by_hand(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    known(alpen)
    source = add(alpen, runs_by_itself=False, place={"folder": "", "pattern": "*", "has_marker": True})
    lay(inbox, "a.csv")
    lay(inbox, "a.csv.done", "")
    look(source, set_clock)
    follow()
    assert notes(source) == [("a.csv", "waiting", "by_hand")]
    assert Import.objects.get().state == "checked"
    assert uploads.start(actor=alpen.system, import_id=Import.objects.get().pk).state == "running"


def test_what_waited_is_done_once_a_person_imports_it_or_puts_it_aside(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    source = add(alpen, place={"folder": "", "pattern": "*", "has_marker": True})
    for name, text in (("first.csv", CUSTOMERS), ("second.csv", CUSTOMERS.replace("2001", "2009"))):
        lay(inbox, name, text)
        lay(inbox, f"{name}.done", "")
        look(source, set_clock)
    assert [state for _name, state, _because in notes(source)] == ["waiting", "waiting"]
    first, second = Import.objects.order_by("number")
    mapping = guessing.guess(["Kd-Nr.", "Vorname", "Nachname", "E-Mail"], [])
    uploads.choose_mapping(actor=anna(alpen), import_id=first.pk, mapping=mapping)
    running.run(actor=anna(alpen), import_id=first.pk)
    uploads.discard(actor=anna(alpen), import_id=second.pk)
    assert notes(source) == [("first.csv", "done", ""), ("second.csv", "refused", "discarded")]
    second.refresh_from_db()
    assert (second.state, second.refusal_code) == ("refused", "discarded")
    assert not Customer.objects.filter(number="2009").exists()
    with pytest.raises(Refusal, match="imported already"):
        uploads.discard(actor=anna(alpen), import_id=first.pk)


def test_half_a_list_that_was_fetched_waits_for_somebody(alpen: Alpen, inbox: Path, set_clock: Any) -> None:
    mapping = guessing.guess(["Kd-Nr.", "Vorname", "Nachname", "E-Mail"], [])
    sources.save_mapping(actor=alpen.system, source="dms", mapping=replace(mapping, complete=("customer",)))
    source = add(alpen, place={"folder": "", "pattern": "*", "has_marker": True})
    header, *_rows = CUSTOMERS.splitlines()
    people = [f"{number};Vera{number};Verdi;vera{number}@example.org" for number in range(3000, 3100)]
    for name, rows in (("whole.csv", people), ("half.csv", people[:40])):
        lay(inbox, name, "\n".join((header, *rows, "")))
        lay(inbox, f"{name}.done", "")
        look(source, set_clock)
        follow()
    assert notes(source) == [("whole.csv", "done", ""), ("half.csv", "waiting", "gone")]
    assert not Customer.objects.exclude(gone_on=None).exists()
