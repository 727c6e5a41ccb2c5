"""What is put to a customer stands as it was shown."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from forecourt.engines.offers import decisions, requests
from forecourt.engines.offers.models import Decision, Item, Request
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.runtime import actors, files, scope
from forecourt.runtime.actors import Actor
from tests.engines.offers.samples import draft, new_item, open_request


@pytest.fixture(autouse=True)
def organisation(db: None, settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    with scope.of(uuid7()):
        yield


def customer() -> Actor:
    return Actor(kind="customer", organisation_id=scope.organisation_id(), id=uuid7(), via="link:visit")


def decide(item: Item, verdict: Any = "approved", **more: Any) -> Decision:
    return decisions.decide(
        **{"actor": customer(), "item_id": item.pk, "verdict": verdict, "shown_digest": item.shown_digest, "how": "link", **more}
    )


def refused(code: str, call: Any, *args: Any, **more: Any) -> Refusal:
    before = (Decision.objects.count(), list(Item.objects.values("pk", "state")), list(Request.objects.values("pk", "state")))
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(*args, **more)
    assert caught.value.code == code
    assert before == (Decision.objects.count(), list(Item.objects.values("pk", "state")), list(Request.objects.values("pk", "state")))
    return caught.value


def test_a_request_is_numbered_per_subject_and_prices_are_with_tax() -> None:
    subject = uuid7()
    first = draft(new_item("123.45"), subject_id=subject)
    assert (first.number, first.state, draft(subject_id=subject).number, draft().number) == (1, "draft", 2, 1)
    item = first.items.get()
    assert (item.position, item.net, item.gross, item.state, item.shown_digest) == (1, Decimal("123.45"), Decimal("150.61"), "pending", "")


def test_what_is_shown_is_bound_by_a_digest_over_words_price_and_pictures() -> None:
    photo = files.keep(actor=customer(), name="pads", data=b"a photo", media_type="image/jpeg")
    request = open_request(new_item(detail="2 mm left", urgency="safety", minutes=45, photos=(photo.pk,)))
    item = request.items.get()
    assert request.state == "open"
    assert requests.shown(item, "EUR") == {
        "title": "Front brake pads", "detail": "2 mm left", "urgency": "safety", "net": "100.00", "tax_rate": "22.00",
        "gross": "122.00", "currency": "EUR", "minutes": 45, "photos": [photo.sha256],
    }  # fmt: skip
    assert item.shown_digest == requests.digest(requests.shown(item, "EUR"))
    for changed in ({"title": "Front pads"}, {"net": "99.99"}, {"photos": []}, {"currency": "RON"}, {"minutes": 30}):
        assert requests.digest({**requests.shown(item, "EUR"), **changed}) != item.shown_digest


def test_a_decision_keeps_who_when_how_and_the_exact_wording() -> None:
    item = open_request(new_item()).items.get()
    dana = customer()
    decision = decide(item, actor=dana, address="192.0.2.7")
    assert (decision.decided_by_kind, decision.decided_by_id, decision.how, decision.address) == ("customer", dana.id, "link", "192.0.2.7")
    assert decision.shown == requests.shown(item, "EUR")
    item.refresh_from_db()
    assert item.state == "approved"
    assert Request.objects.get().state == "answered"


def test_items_are_decided_one_by_one() -> None:
    pads, discs = open_request(new_item(), new_item("210.00", title="Discs")).items.all()
    decide(pads)
    assert Request.objects.get().state == "open"
    decide(discs, "rejected")
    assert {item.title: item.state for item in Item.objects.all()} == {"Front brake pads": "approved", "Discs": "rejected"}
    assert Request.objects.get().state == "answered"


def test_a_decision_on_something_else_than_what_stands_there_is_refused() -> None:
    item = open_request(new_item()).items.get()
    refused("changed_meanwhile", decide, item, shown_digest="0" * 64)
    refused("changed_meanwhile", decide, item, shown_digest="")


def test_what_was_not_put_withdrawn_or_already_decided_cannot_be_decided() -> None:
    refused("not_put", decide, draft().items.get())
    decided = open_request().items.get()
    decide(decided)
    assert refused("already_decided", decide, decided, "rejected").facts == {"state": "approved", "same": False}
    assert refused("already_decided", decide, decided).facts["same"] is True
    gone = open_request().items.get()
    requests.withdraw(item_id=gone.pk)
    refused("withdrawn", decide, gone)
    with pytest.raises(NotFound):
        decide(Item(pk=uuid7(), shown_digest="x"))


def test_an_item_of_another_organisation_is_not_there() -> None:
    item = open_request().items.get()
    with scope.of(uuid7()), pytest.raises(NotFound):
        decide(item)
    assert Item.objects.get().state == "pending"


def test_a_request_is_put_once_and_only_with_something_in_it() -> None:
    request = open_request()
    refused("already_put", requests.put, request_id=request.pk)
    refused("already_put", requests.add, request_id=request.pk, item=new_item())
    empty = requests.create(
        subject_kind="job_card", subject_id=uuid7(), site_id=uuid7(), customer_id=uuid7(), kind="extra", currency="EUR", items=[]
    )
    refused("nothing_to_decide", requests.put, request_id=empty.pk)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "no_title"),
        ({"net": Decimal("-1.00")}, "wrong_price"),
        ({"net": Decimal("1.005")}, "wrong_price"),
        ({"urgency": "at once"}, "wrong_urgency"),
    ],
)
def test_an_unsound_item_is_refused(changes: dict[str, Any], code: str) -> None:
    request = draft()
    refused(code, requests.add, request_id=request.pk, item=new_item(**changes))


def test_an_item_with_a_photo_of_another_organisation_is_refused() -> None:
    with scope.of(uuid7()):
        foreign = files.keep(actor=actors.system(scope.organisation_id()), name="x", data=b"y", media_type="image/jpeg")
    with pytest.raises(NotFound), transaction.atomic():
        draft(new_item(photos=(foreign.pk,)))
    assert Item.objects.count() == 0


def test_a_withdrawn_request_is_closed() -> None:
    item = open_request().items.get()
    requests.withdraw(item_id=item.pk)
    assert Request.objects.get().state == "withdrawn"
    refused("wrong_state", requests.withdraw, item_id=item.pk)


@pytest.mark.parametrize(
    "change", [{"net": Decimal("1.00")}, {"title": "Other"}, {"photos": [uuid7()]}, {"shown_digest": "0" * 64}, {"state": "approved"}]
)
def test_the_database_keeps_a_shown_item_as_it_was_shown(change: dict[str, Any]) -> None:
    open_request()
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.update(**change)


def test_the_database_takes_no_decision_back_and_forgets_none() -> None:
    item = open_request().items.get()
    decide(item, "rejected")
    for state in ("pending", "approved"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Item.objects.update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(verdict="approved")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(request=item.request, position=9, title="x", urgency="soon", net=1, tax_rate=0, gross=1, state="approved")
