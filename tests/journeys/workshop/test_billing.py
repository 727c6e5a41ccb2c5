"""The invoice rests on what was approved and done, and the visit stands in the car's history."""

from decimal import Decimal

import pytest

from forecourt.engines.offers.models import Invoice
from forecourt.journeys.workshop import billing, findings, job_cards
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.identifiers import text_key
from forecourt.records.history.models import JobLine, Visit
from forecourt.runtime import files
from tests.cast import Alpen, Rosso, customer_actor
from tests.journeys.workshop.visit import MONDAY, asked, checked, dana, events, found, fresh, huber, in_work, ready


def test_approved_and_finished_work_is_invoiced_and_nothing_else(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        found(alpen, job_card, title="Wiper blades", net=Decimal("25.00"), urgency="can_wait")
        pads = asked(alpen, job_card)
        wipers = findings.to_decide(job_card).get(title="Wiper blades")
        findings.decide(actor=dana(alpen), item_id=pads.pk, verdict="approved", shown_digest=pads.shown_digest, how="link")
        findings.decide(actor=dana(alpen), item_id=wipers.pk, verdict="rejected", shown_digest=wipers.shown_digest, how="link")
        checked(alpen, job_card)

        invoice = billing.invoice(actor=alpen.alice, job_card_id=job_card.pk)

        assert [(line.text, line.net) for line in invoice.lines.all()] == [
            ("Ölservice", Decimal("129.00")),
            ("Front brake pads", Decimal("180.00")),
        ]
        assert (invoice.number, invoice.net, invoice.tax, invoice.gross) == (
            "AU-000001",
            Decimal("309.00"),
            Decimal("58.71"),
            Decimal("367.71"),
        )
        assert (invoice.language, str(invoice.issued_on), invoice.about["due_on"]) == ("de", MONDAY, "2026-03-16")
        assert (invoice.about["plate"], invoice.about["mileage"], invoice.about["order_number"]) == ("BZ 346 AN", 84_210, "1")
        assert (invoice.parties["buyer"]["name"], invoice.parties["seller"]["name"]) == ("Dana Dorfer", "Autohaus Alpen GmbH")
        lines = JobLine.objects.filter(visit=job_card.visit).order_by("position")
        assert [(line.code, line.text, line.hours, line.net_amount) for line in lines] == [
            ("oil_service", "Ölservice", Decimal("1.00"), Decimal("129.00")),
            ("", "Front brake pads", Decimal("1.00"), Decimal("180.00")),
        ]
        assert lines[0].text_key == text_key("oil_service", "Ölservice")
        assert Visit.objects.get().net_total == Decimal("309.00")
        assert events()[-1] == "invoice_issued"
        assert billing.summary(fresh(job_card)) == billing.Summary(["Ölservice", "Front brake pads"], ["Wiper blades"], [])


def test_what_was_declined_but_matters_is_advised(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        pads = asked(alpen, job_card)
        findings.decide(actor=alpen.alice, item_id=pads.pk, verdict="rejected", shown_digest=pads.shown_digest, how="phone")
        assert billing.summary(fresh(job_card)) == billing.Summary([], ["Front brake pads"], ["Front brake pads"])


def test_asked_twice_it_is_the_same_invoice(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = ready(alpen)
        first = billing.invoice(actor=alpen.alice, job_card_id=job_card.pk)
        told = events()
        assert billing.invoice(actor=alpen.alice, job_card_id=job_card.pk) == first
        job_cards.collect(actor=alpen.alice, job_card_id=job_card.pk)
        assert billing.invoice(actor=alpen.alice, job_card_id=job_card.pk) == first
        assert events() == [*told, "car_collected"]
        assert Invoice.objects.count() == 1
        assert JobLine.objects.count() == 1


def test_a_car_that_is_not_ready_is_not_invoiced(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        told = events()
        with pytest.raises(Refusal) as caught:
            billing.invoice(actor=alpen.alice, job_card_id=job_card.pk)
        assert caught.value.code == "wrong_state"
        assert Invoice.objects.count() == JobLine.objects.count() == 0
        assert events() == told


def test_only_those_who_may_issue_and_read_it(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        job_card = ready(alpen)
        for actor in (alpen.bob, huber(alpen), dana(alpen)):
            with pytest.raises(NotPermitted):
                billing.invoice(actor=actor, job_card_id=job_card.pk)
        with pytest.raises(NotFound):
            billing.paper(actor=dana(alpen), job_card_id=job_card.pk)
        assert Invoice.objects.count() == 0
        invoice = billing.invoice(actor=alpen.alice, job_card_id=job_card.pk)
        paper = billing.paper(actor=dana(alpen), job_card_id=job_card.pk)
        assert (paper.name, files.open_bytes(paper)[:5]) == (f"{invoice.number}.pdf", b"%PDF-")
        assert billing.paper(actor=alpen.bob, job_card_id=job_card.pk) == paper
        for actor in (customer_actor(alpen.customers["dieter"]), customer_actor(rosso.eve)):
            with pytest.raises(NotFound):
                billing.paper(actor=actor, job_card_id=job_card.pk)
