"""Only what was approved is invoiced, numbers have no gap, and an issued invoice stands."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from forecourt.engines.offers import decisions, invoices, paper, requests
from forecourt.engines.offers.models import Decision, Invoice, InvoiceLine, InvoiceSequence, Item
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.models import LegalEntity
from forecourt.runtime import actors, files, scope
from tests.engines.offers.samples import PARTIES, approved, issue, line, new_item, open_request


@pytest.fixture(autouse=True)
def dealer(db: None, settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    with scope.of(uuid7()):
        LegalEntity.objects.create(name="Autohaus Alpen GmbH", address="Bozen", tax_number="IT0", invoice_prefix="AL", currency="EUR")
        yield


def system() -> actors.Actor:
    return actors.system(scope.organisation_id())


def refused(code: str, *args: Any, **more: Any) -> Refusal:
    before = (Invoice.objects.count(), InvoiceLine.objects.count(), InvoiceSequence.objects.values_list("next_number", flat=True).first())
    with pytest.raises(Refusal) as caught, transaction.atomic():
        issue(*args, **more)
    assert caught.value.code == code
    assert before == (
        Invoice.objects.count(),
        InvoiceLine.objects.count(),
        InvoiceSequence.objects.values_list("next_number", flat=True).first(),
    )
    return caught.value


def settle() -> None:
    """What a commit checks."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_totals_are_summed_per_rate_and_taxed_once() -> None:
    items = approved(system(), new_item("0.10"), new_item("0.10"), new_item("0.10", tax_rate=Decimal("10.00")), new_item("99.95"))
    invoice = issue([line(item) for item in items])
    settle()
    # 22 % of 100.15 is 22.033; line by line it would have been 0.02 + 0.02 + 21.99
    assert invoice.tax_groups == [{"rate": "10.00", "net": "0.10", "tax": "0.01"}, {"rate": "22.00", "net": "100.15", "tax": "22.03"}]
    assert (invoice.net, invoice.tax, invoice.gross) == (Decimal("100.25"), Decimal("22.04"), Decimal("122.29"))
    assert [(each.position, each.net, each.tax_rate) for each in invoice.lines.all()] == [
        (1, Decimal("0.10"), Decimal("22.00")),
        (2, Decimal("0.10"), Decimal("22.00")),
        (3, Decimal("0.10"), Decimal("10.00")),
        (4, Decimal("99.95"), Decimal("22.00")),
    ]


def test_numbers_follow_each_other_also_after_an_invoice_that_failed() -> None:
    first = issue([line(approved(system())[0])])
    with suppress(RuntimeError), transaction.atomic():
        issue([line(approved(system())[0])])
        raise RuntimeError("the desk's connection broke")
    second = issue([line(approved(system())[0])])
    assert (first.number, second.number) == ("AL-000001", "AL-000002")


def test_work_that_was_not_approved_is_not_invoiced() -> None:
    pending = open_request().items.get()
    rejected = open_request().items.get()
    decisions.decide(actor=system(), item_id=rejected.pk, verdict="rejected", shown_digest=rejected.shown_digest, how="link")
    good = approved(system())[0]
    for item in (pending, rejected):
        assert refused("not_approved", [line(good), line(item)]).facts == {"item_id": item.pk}


def test_more_than_was_approved_is_not_invoiced_also_not_in_two_lines() -> None:
    item = approved(system())[0]
    assert refused("above_approved", [line(item, "100.01")]).facts == {
        "item_id": item.pk,
        "approved": Decimal("100.00"),
        "asked": Decimal("100.01"),
    }
    refused("above_approved", [line(item, "60.00"), line(item, "40.01")])
    refused("above_approved", [line(item, "50.00", quantity=Decimal("2.01"))])
    assert issue([line(item, "60.00"), line(item, "40.00")]).net == Decimal("100.00")


def test_a_subject_is_invoiced_once_and_not_for_nothing() -> None:
    subject = uuid7()
    item = approved(system())[0]
    invoice = issue([line(item)], subject_id=subject)
    refused("already_invoiced", [line(item)], subject_id=subject)
    refused("nothing_to_invoice", [])
    assert invoices.of_subject("job_card", subject) == invoice
    with pytest.raises(NotFound), transaction.atomic():
        issue([invoices.NewLine(item_id=uuid7(), text="?", unit_price=Decimal(1))])


def test_the_database_refuses_what_the_code_would_let_slip() -> None:
    good = approved(system())[0]
    invoice = issue([line(good, "90.00")])
    pending = open_request().items.get()
    values: dict[str, Any] = {"invoice": invoice, "position": 9, "text": "x", "quantity": 1, "unit_price": 1, "tax_rate": Decimal("22.00")}
    for wrong in (
        {"item": pending, "net": Decimal("1.00")},
        {"item": good, "net": Decimal("10.01")},
        {"item": good, "net": Decimal("-1.00")},
        {"item": good, "net": Decimal("1.00"), "tax_rate": Decimal("0.00")},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceLine.objects.create(**{**values, **wrong})
    # A line within what was approved, but added after the invoice was issued, falls when it is committed.
    with pytest.raises(IntegrityError, match="make up its total"), transaction.atomic():
        InvoiceLine.objects.create(**{**values, "item": good, "net": Decimal("5.00")})
        settle()


def test_an_issued_invoice_is_not_changed() -> None:
    item = approved(system())[0]
    issue([line(item)])
    for change in ({"gross": 1}, {"number": "AL-7"}, {"parties": {}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.update(**change)
    for rows in (InvoiceLine.objects.all(), Invoice.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.update(net=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceSequence.objects.update(next_number=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        requests.withdraw(item_id=item.pk)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "approve", "reject", "withdraw", "invoice", "force line"]),
        st.integers(0, 4),
        st.sampled_from(["50.00", "100.00", "100.01", "0.00"]),
    ),
    max_size=25,
)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_acts_invoices_more_than_was_approved(steps: list[tuple[str, int, str]]) -> None:
    with suppress(_Undo), transaction.atomic():
        for act, number, price in steps:
            items = list(Item.objects.order_by("pk"))
            item = items[number % len(items)] if items else None
            with suppress(Refusal, IntegrityError), transaction.atomic():
                _act(act, item, price)
        settle()
        for invoice in Invoice.objects.all():
            assert invoice.net == (invoice.lines.aggregate(sum=Sum("net"))["sum"] or 0)
        for item in Item.objects.all():
            invoiced = InvoiceLine.objects.filter(item=item).aggregate(sum=Sum("net"))["sum"] or Decimal(0)
            agreed = Decision.objects.filter(item=item, verdict="approved", shown_digest=item.shown_digest).first()
            assert invoiced <= (Decimal(agreed.shown["net"]) if agreed else Decimal(0))
            assert not invoiced or item.state == "approved"
        raise _Undo


class _Undo(Exception):
    pass


def _act(act: str, item: Item | None, price: str) -> None:
    if act == "put":
        open_request(new_item("100.00"))
    elif item is None:
        return
    elif act in {"approve", "reject"}:
        verdict: Any = "approved" if act == "approve" else "rejected"
        decisions.decide(actor=system(), item_id=item.pk, verdict=verdict, shown_digest=item.shown_digest, how="link")
    elif act == "withdraw":
        requests.withdraw(item_id=item.pk)
    elif act == "invoice":
        issue([line(item, price)])
    else:
        invoice = Invoice.objects.first()
        if invoice:
            InvoiceLine.objects.create(
                invoice=invoice,
                item=item,
                position=invoice.lines.count() + 1,
                text="x",
                quantity=1,
                unit_price=price,
                net=Decimal(price),
                tax_rate=22,
            )
            settle()


# On paper


def text_of(pdf: bytes) -> str:
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "de",
            ["Rechnung AL-000001", "122,00", "BZ 346 AN", "WVWZZZ1KZAW000011", "84.210 km", "IT60", "Autohaus Alpen GmbH", "Dana Dorfer"],
        ),
        ("en", ["Invoice AL-000001", "€122.00", "84,210 km", "Total with VAT", "VAT 22% on €100.00"]),
        ("it", ["Fattura AL-000001", "122,00", "84.210 km"]),
        ("ro", ["122,00", "84.210 km", "Frână față ș ț"]),
        ("zh-hans", ["122.00", "84,210 公里"]),
    ],
)
def test_the_paper_says_all_in_the_customers_language(language: str, said: list[str]) -> None:
    title = "Frână față ș ț" if language == "ro" else "Front brake pads"
    invoice = issue([line(approved(system(), new_item(title=title))[0])], language=language)
    text = text_of(paper.render(invoice))
    for words in said:
        assert words in text


def test_words_that_look_like_commands_are_words_on_paper() -> None:
    evil = '#panic("x") $ *bold* ] #read("/etc/passwd") <label> @ref \\'
    invoice = issue([line(approved(system(), new_item(title=evil))[0])], language="en")
    assert '#panic("x")' in text_of(paper.render(invoice))


def test_an_invoice_is_printed_once() -> None:
    invoice = issue([line(approved(system())[0])])
    printed = invoices.printed(actor=system(), invoice_id=invoice.pk)
    assert (printed.name, printed.media_type) == ("AL-000001.pdf", "application/pdf")
    assert invoices.printed(actor=system(), invoice_id=invoice.pk) == printed
    assert files.open_bytes(printed) == paper.render(Invoice.objects.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.update(pdf=None)


def test_a_paper_is_set_also_where_no_font_of_the_system_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    from forecourt.runtime.documents import typesetting

    typesetting.families.cache_clear()
    monkeypatch.setattr(typesetting, "_fonts", lambda: typst.Fonts(include_system_fonts=False))
    assert typesetting.families("zh-hans") == ["Libertinus Serif"]
    invoice = issue([line(approved(system(), new_item(title="前刹车片"))[0])], language="zh-hans", parties=PARTIES)
    assert paper.render(invoice).startswith(b"%PDF-")
    typesetting.families.cache_clear()
