"""Segments on pages: built without script, kept, looked at with reasons, taken as a file by who may."""

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forecourt.engines.audience import facts, profiles, rules, segments
from forecourt.engines.audience.models import Segment, VehicleFacts
from forecourt.engines.audience.segments import history, ready_made
from forecourt.faces.staff.segments import draft, pictures, views
from forecourt.journeys.marketing import flows
from forecourt.kernel import conditions
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.models import AuditEntry
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, local
from tests.engines.audience.history import been

RULE = {
    "all": [{"field": "make", "op": "eq", "value": "Volkswagen"}, {"not": {"any": [{"field": "fuel", "op": "eq", "value": "electric"}]}}]
}
FORM = {
    "name": "Volkswagen", "shared": "yes", "do": "save", "r.join": "all", "r.0.field": "make", "r.0.how": "eq", "r.0.value": "Volkswagen",
    "r.1.join": "none", "r.1.0.field": "fuel", "r.1.0.how": "eq", "r.1.0.value": "electric",
}  # fmt: skip


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2025-02-10", 50_000, "Inspektion nach Herstellervorgabe")
        facts.refresh(today=date(2026, 3, 2))
    return alpen


def kept(dealer: Alpen, rule: object = RULE, **more: Any) -> Segment:
    with dealer.scope():
        return segments.create(actor=dealer.system, name="Volkswagen", rule=rule, **more)


def test_a_segment_is_built_button_by_button_without_script(dealer: Alpen) -> None:
    client, new = signed_in(dealer, "marketing"), reverse("segments:new")
    begun = client.get(new)
    assert begun.status_code == 200
    assert 'name="r.0.field"' in begun.content.decode()
    chosen = client.post(new, {"name": "VW", "r.join": "all", "r.0.field": "make", "do": "look:r.0"}).content.decode()
    assert 'name="r.0.how"' in chosen
    assert 'value="VW"' in chosen
    grown = client.post(new, FORM | {"do": "group:r"}).content.decode()
    assert 'name="r.2.0.field"' in grown
    assert 'value="Volkswagen"' in grown
    shrunk = client.post(new, FORM | {"do": "drop:r.0"}).content.decode()
    assert 'name="r.0.join"' in shrunk
    assert 'value="Volkswagen"' not in shrunk.split('id="builder"')[1]
    with dealer.scope():
        assert not Segment.objects.exists()
    saved = client.post(new, FORM)
    with dealer.scope():
        segment = Segment.objects.get()
    assert saved["Location"] == reverse("segments:members", args=[segment.pk])
    assert (segment.name, segment.rule, segment.is_shared) == ("Volkswagen", RULE, True)


def test_with_script_only_the_piece_comes_back_and_the_count_goes_along(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    piece = client.post(reverse("segments:new"), FORM | {"do": "add:r"}, headers={"HX-Request": "true"}).content.decode()
    assert piece.startswith('<div id="builder"')
    assert "autofocus" in piece
    counted = client.post(reverse("segments:new"), FORM | {"do": "count"}, headers={"HX-Request": "true"}).content.decode()
    assert "<strong>1 car</strong>" in counted
    unfinished = client.post(reverse("segments:new"), FORM | {"do": "count", "r.0.value": ""}, headers={"HX-Request": "true"})
    assert "as soon as every criterion is complete" in unfinished.content.decode()


def test_distance_is_asked_in_kilometres_and_says_of_how_many_the_town_is_not_known(dealer: Alpen) -> None:
    client, new = signed_in(dealer, "marketing"), reverse("segments:new")
    asked = {"do": "look:r.0", "r.join": "all", "r.0.field": "km_from_site", "r.0.how": "le", "r.0.value": ""}
    with dealer.scope():
        Customer.objects.filter(pk=dealer.dana.pk).update(city="Brixen", country="IT")
        profiles.refresh(customer_ids=[dealer.dana.pk])
    page = client.post(new, asked).content.decode()
    for words in ('<span class="muted">km</span>', "is at most", "is more than", "As the crow flies", "are neither near nor far: 1."):
        assert words in page
    page = client.post(new, asked | {"do": "count", "r.0.value": "40"}).content.decode()
    assert "Distance from the site is at most 40 km" in page
    page = client.post(new, asked | {"r.0.field": "visits"}).content.decode()
    assert "As the crow flies" not in page
    assert '<span class="muted">km</span>' not in page


@pytest.mark.parametrize(("field", "how", "value"), [("lifecycle", "eq", "30"), ("fuel", "in", "30, diesel"), ("has_email", "is", "30")])
def test_what_was_written_for_one_criterion_is_no_choice_of_the_next(dealer: Alpen, field: str, how: str, value: str) -> None:
    asked = {"do": "look:r.0", "r.join": "all", "r.0.field": field, "r.0.how": how, "r.0.value": value}
    page = signed_in(dealer, "marketing").post(reverse("segments:new"), asked).content.decode()
    assert 'id="r.0.error"' not in page
    assert 'value="30"' not in page
    assert ('value="diesel" checked' in page) is (field == "fuel")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    wrong = FORM | {"name": " ", "description": "For spring", "r.0.field": "visits", "r.0.how": "ge", "r.0.value": "many"}
    answer = client.post(reverse("segments:new"), wrong)
    body = answer.content.decode()
    assert answer.status_code == 422
    for told in ("Please give the segment a name.", "Write a number.", 'value="many"', 'value="For spring"', 'id="r.0.error"'):
        assert told in body
    empty = client.post(reverse("segments:new"), {"name": "x", "do": "save", "r.join": "all"})
    assert empty.status_code == 422
    assert "Add a criterion, or take the group away." in empty.content.decode()


@pytest.mark.parametrize(
    ("written", "told"),
    [("abc", "Write a number."), ("-5", "Write a number of kilometres from 0 on."), ("", "")],
)
def test_while_somebody_types_the_count_names_the_criterion_that_cannot_be_meant(dealer: Alpen, written: str, told: str) -> None:
    client = signed_in(dealer, "marketing")
    sent = {"do": "count", "r.join": "all", "r.0.field": "make", "r.0.how": "eq", "r.0.value": "Fiat", "r.1.field": "km_from_site"}
    page = client.post(reverse("segments:new"), {**sent, "r.1.how": "le", "r.1.value": written}, headers={"HX-Request": "true"})
    if told:
        assert f"Distance from the site: {told}" in page.content.decode()
    else:
        assert "as soon as every criterion is complete" in page.content.decode()


def test_every_ready_made_one_opens_in_the_builder_and_is_kept_as_it_stands(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    with dealer.scope():
        for each in ready_made.READY_MADE:
            again = draft.of_rule(conditions.parse(each.rule)).plain()
            assert conditions.fields_of(conditions.parse(again)) == conditions.fields_of(conditions.parse(each.rule)), each.key
    page = client.get(reverse("segments:new") + "?ready=test_due").content.decode()
    assert "Statutory test due in 30 days" in page
    assert 'value="30"' in page
    told = client.get(reverse("segments:list")).content.decode()
    assert "Battery check before winter" in told


def test_an_older_page_does_not_overwrite_what_somebody_else_saved(dealer: Alpen) -> None:
    segment, client = kept(dealer), signed_in(dealer, "marketing")
    edit = reverse("segments:edit", args=[segment.pk])
    assert client.post(edit, FORM | {"version": "1", "name": "Mine"}).status_code == 302
    late = client.post(edit, FORM | {"version": "1", "name": "Theirs"})
    assert late.status_code == 422
    assert "Somebody else has changed this segment meanwhile" in late.content.decode()
    assert 'value="Theirs"' in late.content.decode()
    with dealer.scope():
        assert Segment.objects.get().name == "Mine"


def test_members_are_shown_with_reasons_in_a_fixed_number_of_queries(dealer: Alpen) -> None:
    segment, client = kept(dealer), signed_in(dealer, "marketing")
    page = reverse("segments:members", args=[segment.pk])
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        body = client.get(page).content.decode()
    assert "Make: Volkswagen" in body
    assert "Dana Dorfer" in body
    assert "as worked out on Mar 2, 2026" in body
    asked = [
        each["sql"]
        for each in captured
        if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) and "set_config" not in each["sql"]
    ]
    assert len(asked) <= 22
    assert "Octavia" not in body
    with dealer.scope():
        entry = AuditEntry.objects.filter(act="read.segment").latest("at")
        assert entry.about == [dealer.dana.pk]


def test_a_segment_is_put_away_and_taken_back(dealer: Alpen) -> None:
    segment, client = kept(dealer), signed_in(dealer, "marketing")
    away = client.post(reverse("segments:archive", args=[segment.pk]), follow=True).content.decode()
    assert "Take back into use" in away
    assert "Volkswagen" in client.get(reverse("segments:list") + "?show=archived").content.decode()
    client.post(reverse("segments:restore", args=[segment.pk]))
    with dealer.scope():
        assert Segment.objects.get().archived_at is None


def test_only_who_was_given_the_right_takes_the_members_as_a_file(dealer: Alpen) -> None:
    segment = kept(dealer)
    address = reverse("segments:export", args=[segment.pk])
    assert signed_in(dealer, "manager").post(address).status_code == 403
    client = signed_in(dealer, "administrator", powerful=True)
    answer = client.post(address)
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    assert (
        "BZ 346 AN;WVWZZZ1KZAW000011;Volkswagen;Golf;K-0001;Dana Dorfer;de;;;;IT;;;;;2025-02-10;Make: Volkswagen; Fuel: Petrol"
        in text.replace('"', "")
    )
    with dealer.scope():
        entry = AuditEntry.objects.get(act="read.export.segment")
        assert (entry.about, entry.values["rows"]) == ([dealer.dana.pk], 1)


def test_a_copy_holds_the_addresses_alone_that_the_ledger_allows_now(dealer: Alpen) -> None:
    segment = kept(dealer)
    agreed = {"customer_id": dealer.dana.pk, "purpose": "service_reminder", "wording": "desk", "form": "counter"}
    with dealer.scope():
        Customer.objects.filter(pk=dealer.dana.pk).update(phone="+390471123456", mobile="+393331112223", street="Weg 1")
        for channel in ("email", "sms"):
            consent.enter(actor=dealer.alice, channel=channel, act="give", **agreed)
    client = signed_in(dealer, "administrator", powerful=True)

    def told() -> str:
        return client.post(reverse("segments:export", args=[segment.pk])).content.decode("utf-8-sig").replace('"', "")

    assert (
        "K-0001;Dana Dorfer;de;;;;IT;;+393331112223;dana@example.org;Service reminders by e-mail, Service reminders by text message;"
        in told()
    )
    with dealer.scope():
        consent.enter(actor=dealer.alice, channel="email", act="withdraw", **agreed)
    assert "dana@example.org" not in told()
    assert "Weg 1" not in told()


def test_more_than_fits_into_one_file_is_refused_and_not_cut(dealer: Alpen, monkeypatch: Any) -> None:
    segment, client = kept(dealer), signed_in(dealer, "administrator", powerful=True)
    monkeypatch.setattr(views, "MOST_TAKEN", 0)
    answer = client.post(reverse("segments:export", args=[segment.pk]), follow=True)
    assert "nothing was taken" in answer.content.decode()
    with dealer.scope():
        assert not AuditEntry.objects.filter(act="read.export.segment").exists()


def test_two_segments_are_compared_and_each_figure_opens_its_cars(dealer: Alpen) -> None:
    one, client, page = kept(dealer), signed_in(dealer, "adviser"), reverse("segments:compare")
    with dealer.scope():
        other = segments.create(actor=dealer.system, name="Dated", rule={"field": "last_visit_on", "op": "is_empty"})
        own = segments.create(actor=dealer.actor("Max Mair"), name="Mine", rule=RULE, is_shared=False)
    chosen = client.get(page).content.decode()
    assert "Dated" in chosen
    assert "Mine" not in chosen
    both = client.get(page, {"one": one.pk, "other": other.pk}).content.decode()
    assert "No car is there." in both
    alone = client.get(page, {"one": one.pk, "other": other.pk, "part": "one"}).content.decode()
    assert "Dana Dorfer" in alone
    assert '<rect x="0.00"' in alone
    with dealer.scope():
        assert AuditEntry.objects.filter(act="read.segments_compared").latest("at").about == [dealer.dana.pk]
    assert "twice the same segment" in client.get(page, {"one": one.pk, "other": one.pk}).content.decode()
    assert client.get(page, {"one": one.pk, "other": own.pk}).status_code == 404
    assert client.get(page, {"one": "'--", "other": one.pk}).status_code == 200


def test_who_came_is_shown_from_the_second_day_on_with_a_line_in_the_list(dealer: Alpen, set_clock: Callable[[Any], None]) -> None:
    segment, client = kept(dealer, {"field": "visited:12", "op": "eq", "value": 0}), signed_in(dealer, "manager")
    page = reverse("segments:changes", args=[segment.pk])
    with dealer.scope():
        history.note(today=date(2026, 3, 1))
    assert "nothing to compare with yet" in client.get(page).content.decode()
    with dealer.scope():
        been(dealer.golf, "2026-03-01", 60_000, "Ölwechsel")
        facts.refresh(today=date(2026, 3, 2))
        history.note(today=date(2026, 3, 2))
    left = client.get(page, {"way": "left"}).content.decode()
    assert "Dana Dorfer" in left
    assert "Visits in the last 12 months: 1" in left
    assert "Nobody came." in client.get(page).content.decode()
    assert "0 came, 1 left since" in client.get(reverse("segments:members", args=[segment.pk])).content.decode()
    assert "<polyline" not in client.get(reverse("segments:list")).content.decode()  # works at one site only
    client.force_login(dealer.staff["Max Mair"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "<polyline" in client.get(reverse("segments:list")).content.decode()


def test_a_flow_is_narrowed_on_its_page_and_the_segment_says_so_when_somebody_puts_it_away(dealer: Alpen) -> None:
    segment, client = kept(dealer), signed_in(dealer, "manager")
    with dealer.scope():
        segments.create(actor=dealer.actor("Anna Amort"), name="Hers", rule=RULE, is_shared=False)
        flow = flows.install()[0]
    address = reverse("flows:settings", args=[flow.pk])
    offered = client.get(address).content.decode()
    assert "Volkswagen" in offered
    assert "Hers" not in offered
    sent = {"work_kinds": flow.work_kinds, "days_ahead": 30, "overdue_days": 180, "most_per_run": 200}
    assert client.post(address, sent | {"segment_id": str(segment.pk)}).status_code == 302
    assert reverse("segments:members", args=[segment.pk]) in client.get(reverse("flows:flow", args=[flow.pk])).content.decode()
    assert "With its next run" in client.get(reverse("segments:edit", args=[segment.pk])).content.decode()
    away = client.post(reverse("segments:archive", args=[segment.pk]), follow=True).content.decode()
    assert f"This uses the segment: {flow.name}" in away
    assert f"Used by: {flow.name}" in away
    assert client.post(address, sent).status_code == 302
    client.post(reverse("segments:archive", args=[segment.pk]))
    with dealer.scope():
        assert Segment.objects.get(pk=segment.pk).archived_at is not None


def test_a_picture_keeps_days_apart_and_shows_the_smallest_part() -> None:
    line = pictures.line([(date(2026, 3, 1), 10), (date(2026, 3, 2), 30), (date(2026, 3, 5), 20)])
    assert line is not None
    assert line.points == "2.0,22.0 26.0,2.0 98.0,12.0"
    assert pictures.line([(date(2026, 3, 1), 10)]) is None
    assert pictures.bar([0, 0, 0]) == []
    assert pictures.bar([999, 0, 1]) == [("0.00", "99.01"), ("99.01", "0.00"), ("99.01", "0.99")]


def test_several_choices_are_ticked_counted_said_and_kept(dealer: Alpen) -> None:
    client, new = signed_in(dealer, "marketing"), reverse("segments:new")
    sent: dict[str, Any] = {"name": "Fuels", "shared": "yes", "r.join": "all", "r.0.field": "fuel", "r.0.how": "in"}
    page = client.post(new, sent | {"do": "look:r.0", "r.0.value": "diesel"}).content.decode()
    assert '<input type="checkbox" name="r.0.value" value="diesel" checked>' in page
    assert '<input type="checkbox" name="r.0.value" value="petrol">' in page
    both = sent | {"r.0.value": ["petrol", "diesel"]}
    counted = client.post(new, both | {"do": "count"}, headers={"HX-Request": "true"}).content.decode()
    assert "Fuel is one of Petrol, Diesel" in counted
    with dealer.scope():
        found = segments.count(actor=dealer.system, of=conditions.Compare("fuel", "in", ("petrol", "diesel")))
    assert f"<strong>{found} car" in counted
    client.post(new, both | {"do": "save"})
    with dealer.scope():
        segment = Segment.objects.get()
    assert segment.rule == {"all": [{"field": "fuel", "op": "in", "value": ["petrol", "diesel"]}]}
    again = client.get(reverse("segments:edit", args=[segment.pk])).content.decode()
    assert again.count(" checked>") == 2
    none = client.post(new, sent | {"do": "save"})
    assert none.status_code == 422
    assert "Choose at least one." in none.content.decode()
    one = client.post(new, both | {"do": "look:r.0", "r.0.how": "eq"}).content.decode()
    assert '<option value="petrol" selected>' in one


@pytest.mark.parametrize(
    "leaf",
    [
        {"field": "fuel", "op": "not_in", "value": ["petrol", "diesel"]},
        {"field": "fuel", "op": "contains", "value": "el"},
        {"field": "fuel", "op": "in", "value": ["petrol", "water"]},
        {"field": "make", "op": "in", "value": ["Alfa, Romeo", "Fiat"]},
        {"field": "visits", "op": "lt", "value": 5},
        {"field": "visits", "op": "in", "value": [1, 2]},
        {"field": "last_visit_on", "op": "before_days", "value": 30},
        {"field": "last_visit_on", "op": "after_days", "value": -30},
        {"field": "last_visit_on", "op": "eq", "value": "2025-02-10"},
        {"field": "is_lost", "op": "not_empty"},
    ],
)
def test_a_rule_of_the_api_goes_through_the_builder_unchanged(dealer: Alpen, leaf: dict[str, Any]) -> None:
    segment, client = kept(dealer, {"all": [leaf]}), signed_in(dealer, "marketing")
    edit = reverse("segments:edit", args=[segment.pk])
    body = client.get(edit).content.decode()
    sent = QueryDict(mutable=True)
    for field in HtmlFields(body).fields:
        sent.appendlist(*field)
    sent["do"] = "save"
    assert client.post(edit, dict(sent.lists())).status_code == 302
    with dealer.scope():
        assert Segment.objects.get().rule == {"all": [leaf]}


def test_every_value_of_a_big_dealer_is_found_while_somebody_writes_it(dealer: Alpen) -> None:
    client, known = signed_in(dealer, "marketing"), reverse("segments:suggested")
    with dealer.scope():
        cars = Vehicle.objects.bulk_create([Vehicle(make="Mazda", model=f"Model {number:03}") for number in range(450)])
        VehicleFacts.objects.bulk_create(
            VehicleFacts(vehicle=car, make=car.make, model=car.model, city=f"Ürz {car.model}", computed_on=date(2026, 3, 2)) for car in cars
        )

    def offered(**asked: str) -> list[str]:
        return re.findall('<option value="(.*?)">', client.get(known, asked).content.decode())

    assert offered(field="model", **{"r.0.value": "el 44"}) == [f"Model 44{number}" for number in range(10)]
    assert offered(field="model", **{"r.0.value": "GOL"}) == ["Golf"]
    assert offered(field="model", several="yes", **{"r.0.value": "Golf, Panda,oct"}) == ["Golf, Panda, Octavia"]
    assert offered(field="city", **{"r.0.1.value": "uerz model 449"}) == ["Ürz Model 449"]
    assert (offered(field="city"), offered(field="city", **{"r.0.value": "..."})) == ([], [])
    assert offered(field="postcode", **{"r.0.value": "3"}) == []
    page = client.post(reverse("segments:new"), {"r.join": "all", "r.0.field": "model", "r.0.how": "in", "do": "look:r.0"}).content.decode()
    assert 'list="suggested-model"' in page
    assert "?field=model&several=yes" in page.replace("&amp;", "&")


class HtmlFields(HTMLParser):
    """What a browser would send of the form of a segment."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._select = ""
        self.feed(body[body.index('id="segment"') :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = told["name"]
            self.fields.append((self._select, ""))
        elif tag == "option" and self._select and "selected" in told:
            self.fields[-1] = (self._select, told["value"])
        elif tag == "input" and told.get("name") and (told.get("type") not in {"checkbox", "radio"} or "checked" in told):
            self.fields.append((told["name"], told.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def test_chinese_cities_are_found_by_their_letters_and_by_their_names_in_ours(dealer: Alpen) -> None:
    client, known = signed_in(dealer, "marketing"), reverse("segments:suggested")
    cities = ("上海", "上饶", "北京市", "Shangri-La", "苏州", "宿州")
    with dealer.scope():
        cars = Vehicle.objects.bulk_create([Vehicle(make="NIO", model=city) for city in cities])
        VehicleFacts.objects.bulk_create(VehicleFacts(vehicle=car, city=car.model, computed_on=date(2026, 3, 2)) for car in cars)

    def offered(text: str, **asked: str) -> list[tuple[str, str]]:
        body = client.get(known, {"field": "city", "r.0.value": text, **asked}).content.decode()
        return re.findall('<option value="(.*?)"(?: label="(.*?)")?>', body)

    assert offered("上") == [("上海", ""), ("上饶", "")]
    # A browser offers what has the letters that were typed: in its value, or beside it.
    assert offered("Shang") == [("Shangri-La", ""), ("上海", "Shanghai · 上海"), ("上饶", "Shangrao · 上饶")]
    assert offered("beijing") == [("北京市", "Beijing · 北京市")]
    assert offered("SUZHOU") == [("宿州", "Suzhou · 宿州"), ("苏州", "Suzhou · 苏州")]
    assert offered("北京, shangh", several="yes") == [("北京, 上海", "北京, Shanghai · 上海")]
    assert offered("北京, 上", several="yes") == [("北京, 上海", ""), ("北京, 上饶", "")]
    assert offered("Peking") == [("北京市", "Peking · 北京市")]
    assert offered("s") == [("Shangri-La", "")], "one letter of ours is too little for a name in other letters"
    assert offered("海") == []
