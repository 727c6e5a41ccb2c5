"""The page of the audit trail: searched by who, whom, kind and day; told in words; and taken away by few."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import translation

from forecourt.faces.staff.trail import search, views, words
from forecourt.records.accounts.models import SignIn
from forecourt.records.dealership import rights
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people import customers
from forecourt.runtime import audit, clock, sealing
from forecourt.runtime.models import AuditCheck, AuditEntry, AuditSeal
from tests.architecture.test_doors import signed_in as of_role
from tests.cast import Alpen, Rosso

FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
SOURCES = Path(__file__).parents[4] / "src" / "forecourt"


def signed_in(member: StaffMember) -> Client:
    client = Client()
    client.force_login(member.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def anna(alpen: Alpen) -> Client:
    return signed_in(alpen.staff["Anna Amort"])


def page(client: Client, **asked: Any) -> str:
    answer = client.get("/staff/trail/", asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_line_says_who_looked_at_whom_and_from_where(alpen: Alpen, anna: Client) -> None:
    alice = signed_in(alpen.staff["Alice Adler"])
    SignIn.objects.filter(account=alpen.staff["Alice Adler"].account).update(program=FIREFOX, address="192.0.2.7")
    alice.get(f"/staff/customers/{alpen.dana.pk}/")
    shown = page(anna)
    for told in ("Alice Adler", "Service adviser", "Looked at a customer", "Dana Dorfer", "Password · Firefox, Windows · 192.0.2.7"):
        assert told in shown


def test_it_is_searched_by_who_did_it_by_whom_it_concerns_by_kind_and_by_day(alpen: Alpen, anna: Client) -> None:
    alice, dieter = alpen.staff["Alice Adler"], alpen.customers["dieter"]
    with alpen.scope():
        audit.record(by=alpen.alice, act="read.customer", object_kind="customer", object_id=alpen.dana.pk)
        audit.read(by=alpen.bob, what="customers", about=[dieter.pk])
        audit.record(
            by=alpen.actor("Anna Amort"), act="right_granted", object_kind="staff_member", object_id=alice.pk, right="people.merge"
        )
    rows = {"Looked at a customer", "Saw a list of customers", "Gave a powerful right"}

    def found(**asked: Any) -> set[str]:
        shown = page(anna, **asked)
        body = shown[shown.index("<tbody") :] if "<tbody" in shown else ""
        return {row for row in rows if row in body}

    assert found() == rows
    assert found(staff=str(alice.pk)) == {"Looked at a customer"}
    assert found(customer="Dorfer") == {"Looked at a customer"}
    assert found(customer=str(dieter.pk)) == {"Saw a list of customers"}
    assert found(customer="Nobody of this name") == set()
    assert found(kind="rights") == {"Gave a powerful right"}
    assert found(since="2020-01-01", until="2020-12-31") == set()
    assert "Nothing was done or looked at that fits." in page(anna, until="2020-12-31")


def test_the_newest_line_comes_first_unless_asked_otherwise_and_pages_turn(alpen: Alpen, anna: Client) -> None:
    with alpen.scope():
        for number in range(60):
            act = "read.customer" if number < 30 else "people.merged"
            audit.record(by=alpen.alice, act=act, object_kind="customer", object_id=alpen.dana.pk)
    newest = page(anna, customer=str(alpen.dana.pk))
    assert newest.count("Merged two records") == 30
    assert newest.count("Looked at a customer") == 20
    assert page(anna, customer=str(alpen.dana.pk), sort="at").count("Looked at a customer") == 30


def test_one_turns_to_the_very_end_and_back_and_lines_that_come_in_move_nothing(alpen: Alpen, anna: Client) -> None:
    with alpen.scope(), clock.at(clock.now()):  # all at the same instant, which no page may lose any of
        for _number in range(120):
            audit.record(by=alpen.alice, act="people.merged", object_kind="customer", object_id=alpen.dana.pk)
        merges = [str(pk) for pk in audit.entries(act="people.merged").values_list("pk", flat=True)]

    def turned(client: Client, to: str, where: str) -> tuple[list[str], str]:
        answer = client.get(f"/staff/trail/{where}", {"kind": "customers"} if not where else {})
        shown = [str(row.pk) for row in answer.context["page"].rows]
        link = re.search(rf'rel="{to}" href="([^"]+)"', answer.content.decode())
        return shown, link[1].replace("&amp;", "&") if link else ""

    first, onward = turned(anna, "next", "")
    with alpen.scope():
        audit.record(by=alpen.alice, act="people.told_apart", object_kind="customer", object_id=alpen.dana.pk)
    second, further = turned(anna, "next", onward)
    third, nothing = turned(anna, "next", further)
    assert first + second + third == merges
    assert nothing == ""
    back = turned(anna, "prev", further)[1]
    assert turned(anna, "prev", back)[0] == second
    newest = turned(anna, "prev", turned(anna, "prev", back)[1])
    assert newest[0] == first
    assert len(turned(anna, "prev", newest[1])[0]) == 1  # the one that came in
    oldest = anna.get("/staff/trail/", {"kind": "customers", "sort": "at"}).context["page"]
    assert [str(row.pk) for row in oldest.rows] == merges[::-1][:50]


def test_more_customers_than_are_looked_for_is_said(alpen: Alpen, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "More customers are meant" not in page(anna, customer="D")
    monkeypatch.setattr(search, "MOST_PERSONS", 1)
    assert "Only the first 1 by name were looked for." in page(anna, customer="D")


def test_a_copy_that_would_be_cut_is_not_taken_and_says_how_to_ask_for_less(
    alpen: Alpen, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_TAKEN", 2)
    with alpen.scope():
        rights.grant(actor=alpen.system, staff_member_id=alpen.staff["Anna Amort"].pk, right="dealership.export_trail")
        for _number in range(3):
            audit.record(by=alpen.alice, act="read.customer", object_kind="customer", object_id=alpen.dana.pk)
    answer = anna.post("/staff/trail/export/", {"kind": "looks", "since": "2020-01-01"}, follow=True)
    assert answer.redirect_chain == [("/staff/trail/?kind=looks&since=2020-01-01", 302)]
    assert "These are more than 2 lines, and nothing was taken." in answer.content.decode()
    with alpen.scope():
        assert not AuditEntry.objects.filter(act="read.export.trail").exists()
    answer = anna.post("/staff/trail/export/", {"kind": "messages"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_nonsense_in_the_address_counts_as_not_asked(alpen: Alpen, anna: Client) -> None:
    page(anna, staff="x", kind="nothing", since="tomorrow", until="\0", onward="many.x", sort="--", customer="\0")
    for place in (f"{10**30}.{alpen.dana.pk.hex}", f"-.{alpen.dana.pk.hex}", "1.2", "\0"):
        page(anna, back=place, onward=place)


def test_looking_at_the_trail_is_a_line_of_it(alpen: Alpen, anna: Client) -> None:
    page(anna)
    with alpen.scope():
        seen = AuditEntry.objects.get(act="read.trail")
    assert seen.actor_id == alpen.staff["Anna Amort"].pk
    assert "Saw the audit trail" in page(anna)


def test_nothing_of_another_dealer_is_in_it(alpen: Alpen, rosso: Rosso, anna: Client) -> None:
    with rosso.scope():
        audit.record(by=rosso.charlie, act="people.merged", object_kind="customer", object_id=rosso.eve.pk)
    for asked in ({}, {"staff": str(rosso.staff["Charlie Conti"].pk)}, {"customer": str(rosso.eve.pk)}):
        shown = page(anna, **asked)
        assert "Charlie" not in shown
        assert "Merged two records" not in shown


def test_whoever_works_at_one_site_sees_what_was_done_by_those_of_that_site_only(alpen: Alpen) -> None:
    with alpen.scope():
        audit.record(by=alpen.alice, act="read.customer", object_kind="customer", object_id=alpen.dana.pk)
        audit.record(by=alpen.actor("T. Moser"), act="people.told_apart", object_kind="customer", object_id=alpen.dana.pk)
        audit.record(by=alpen.system, act="people.erased", object_kind="customer", object_id=alpen.dana.pk)
    shown = page(of_role(alpen, "manager"))
    assert "Looked at a customer" in shown
    for hidden in ("Said that two records", "Erased a person", "T. Moser"):
        assert hidden not in shown


def test_whether_the_chain_is_whole_is_shown_with_when_it_was_checked(alpen: Alpen, anna: Client) -> None:
    assert "The chain was not checked yet." in page(anna)
    with alpen.scope():
        audit.record(by=alpen.alice, act="read.customer", object_kind="customer", object_id=alpen.dana.pk)
        checked = sealing.check()
        assert (checked.broken, checked.lines) == (0, AuditEntry.objects.count())
    assert "The chain is whole" in page(anna)
    with alpen.scope():
        sealing.note_check(7, [sealing.Finding("changed", 3, alpen.dana.pk)])
    shown = page(anna)
    assert "1 line is not as it was sealed." in shown
    assert f"changed 3 {alpen.dana.pk}" in shown


def test_chains_are_checked_once_a_day(alpen: Alpen, tmp_path: Path) -> None:
    with alpen.scope():
        audit.record(by=alpen.alice, act="read.customer", object_kind="customer", object_id=alpen.dana.pk)
        sealing.seal()
        digest = AuditSeal.objects.get().digest
    head = tmp_path / "audit" / str(alpen.id)  # what the commit writes
    head.parent.mkdir()
    head.write_text(f"1 {digest}\n", encoding="ascii")
    sealing.check_daily()
    sealing.check_daily()
    with alpen.scope():
        assert [(each.lines, each.broken) for each in AuditCheck.objects.all()] == [(1, 0)]


def test_a_copy_is_taken_by_who_was_given_the_right_and_it_runs_no_formula(alpen: Alpen, anna: Client) -> None:
    with alpen.scope():
        dana = customers.change(actor=alpen.alice, customer_id=alpen.dana.pk, last_name="=HYPERLINK(1)", first_name="")
        audit.record(by=alpen.alice, act="read.customer", object_kind="customer", object_id=dana.pk)
    assert anna.post("/staff/trail/export/").status_code == 403
    assert "Take a copy" not in page(anna)
    with alpen.scope():
        rights.grant(actor=alpen.system, staff_member_id=alpen.staff["Anna Amort"].pk, right="dealership.export_trail")
    assert "Take a copy" in page(anna)
    answer = anna.post("/staff/trail/export/", {"kind": "looks", "customer": str(dana.pk)})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert header[:3] == ["When", "Who", "Role"]
    assert [(row[1], row[3], row[4]) for row in rows if row[6] == "read.customer"] == [
        ("Alice Adler", "Looked at a customer", "'=HYPERLINK(1)")
    ]
    with alpen.scope():
        assert AuditEntry.objects.get(act="read.export.trail").values["rows"] == len(rows)
        assert AuditEntry.objects.filter(act="right_used", values__right="dealership.export_trail").count() == 1


def test_a_copy_is_named_in_the_readers_own_letters(alpen: Alpen, anna: Client) -> None:
    with alpen.scope():
        rights.grant(actor=alpen.system, staff_member_id=alpen.staff["Anna Amort"].pk, right="dealership.export_trail")
    with translation.override("zh-hans"):
        name = translation.gettext("audit-trail")

    anna.cookies["forecourt_language"] = "zh-hans"
    answer = anna.post("/staff/trail/export/", {"since": "2026-03-01", "until": "2026-03-02"})

    assert not name.isascii()
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}-2026-03-01-2026-03-02.csv"


def test_a_copy_asks_again_who_it_is(alpen: Alpen, anna: Client) -> None:
    with alpen.scope():
        rights.grant(actor=alpen.system, staff_member_id=alpen.staff["Anna Amort"].pk, right="dealership.export_trail")
    session = anna.session
    session["signed_in_confirmed_at"] = 0
    session.save()
    assert anna.post("/staff/trail/export/").headers["Location"].startswith("/staff/own/confirm/")
    with alpen.scope():
        assert not AuditEntry.objects.filter(act="read.export.trail").exists()


def test_the_page_of_a_customer_leads_to_what_the_trail_says_of_them(alpen: Alpen, anna: Client) -> None:
    shown = anna.get(f"/staff/customers/{alpen.dana.pk}/").content.decode()
    [address] = re.findall(r'href="(/staff/trail/\?customer=[^"]+)"', shown)
    assert "Only what concerns Dana Dorfer" in anna.get(address.replace("&amp;", "&")).content.decode()


def test_every_act_that_is_written_down_has_its_words_and_a_kind() -> None:
    written: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        calls = re.findall(r"audit\.record\(.*?\bact=(f?)\"([^\"]+)\"", source, re.DOTALL)
        written |= {act for formatted, act in calls if not formatted}
        written |= {f"read.{what}" for what in re.findall(r"looks\.(?:listed|opened)\(request, \"([^\"]+)\"", source)}
        written |= {f"read.{what}" for what in re.findall(r"audit\.read\(.*?\bwhat=\"([^\"]+)\"", source)}
    assert len(written) > 50
    assert written - set(words.ACTS) == set()
    begun = tuple(how for _label, acts in words.KINDS.values() for how in acts)
    assert {act for act in words.ACTS if not act.startswith(begun)} == set()


def test_every_way_in_and_kind_is_told_in_the_readers_language() -> None:
    with translation.override("de"):
        assert words.way_name("session") == "angemeldet"
        assert words.act_name("read.customer") == "Hat einen Kunden angesehen"
    assert words.way_name("erasure") == "by itself"
