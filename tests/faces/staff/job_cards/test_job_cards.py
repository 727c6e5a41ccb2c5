"""The job card on screen: list, page, what is done on it, and what travels live."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from forecourt.engines.offers.models import Item
from forecourt.faces.staff.job_cards import live as card_live
from forecourt.journeys.workshop import findings
from forecourt.journeys.workshop.models import JobCard
from forecourt.journeys.workshop.visit_events import ItemApproved
from forecourt.runtime.models.live import LiveFragment
from tests.cast import Alpen, Rosso
from tests.faces.staff.arrivals.test_arrivals import png
from tests.faces.staff.planning.test_board import _early_on_monday, signed_in  # noqa: F401 - the fixture is used
from tests.journeys.workshop import visit

LIST_QUERIES = 16  # twelve of them open the door and tell what waits, one is the line of the audit trail


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def page(dealer: Any, job_card: JobCard, name: str = "Alice Adler") -> str:
    return signed_in(dealer, name).get(f"/staff/job-cards/{job_card.pk}/").content.decode()


def test_the_list_shows_cars_in_the_house_and_is_filtered_and_searched(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
    client = signed_in(alpen)

    def plates(query: str) -> list[str]:
        return [row.vehicle.plate for row, _ in client.get(f"/staff/job-cards/{query}").context["rows"]]

    assert plates("") == ["BZ 346 AN"]
    assert plates("?stage=in_work") == ["BZ 346 AN"]
    assert plates("?stage=ready") == []
    assert plates(f"?q={job_card.number}") == ["BZ 346 AN"]
    assert plates("?q=nobody") == []


def test_the_list_needs_as_many_queries_for_two_as_for_one(alpen: Alpen, django_assert_num_queries: Any) -> None:
    with alpen.scope():
        visit.in_work(alpen)
    client = signed_in(alpen)
    client.get("/staff/job-cards/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/staff/job-cards/")
    with alpen.scope():
        visit.arrived(alpen, vehicle_id=alpen.panda.pk, at="2026-03-02 10:00")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/staff/job-cards/")


def test_only_the_stages_that_can_follow_are_offered_and_forward_only_when_all_is_done(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
    ways = signed_in(alpen).get(f"/staff/job-cards/{job_card.pk}/").context["ways"]
    assert [(way.to, str(way.why_not)) for way in ways] == [("waiting_parts", ""), ("quality_check", "Not all work is finished.")]
    refused = signed_in(alpen).post(f"/staff/job-cards/{job_card.pk}/advance/", {"to": "quality_check"})
    assert refused.status_code == 409
    assert "Not finished yet:" in refused.content.decode()


def test_a_technician_clocks_in_and_out_and_a_colleague_checks(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.accepted(alpen)
        line = job_card.lines.get()
    huber = signed_in(alpen, "M. Huber")
    assert huber.post(f"/staff/job-cards/lines/{line.pk}/start/").status_code == 302
    assert huber.post(f"/staff/job-cards/lines/{line.pk}/finish/").status_code == 302
    assert huber.post(f"/staff/job-cards/{job_card.pk}/advance/", {"to": "quality_check"}).status_code == 302
    own = huber.post(f"/staff/job-cards/{job_card.pk}/advance/", {"to": "ready"})
    assert own.status_code == 409
    assert "Somebody other than the technician must check the car." in own.content.decode()
    assert signed_in(alpen).post(f"/staff/job-cards/{job_card.pk}/advance/", {"to": "ready"}).status_code == 302
    assert "Checked by" in page(alpen, job_card)


def test_an_outdated_page_changes_nothing_and_shows_the_present(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
    old = signed_in(alpen).post(f"/staff/job-cards/{job_card.pk}/advance/", {"to": "waiting_parts", "version": "1"})
    assert old.status_code == 409
    assert "The job card has changed meanwhile" in old.content.decode()


def test_a_finding_is_noted_sent_and_decided_on_the_telephone(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
    huber = signed_in(alpen, "M. Huber")
    values = {
        "title": "Front brake pads", "detail": "2 mm left", "urgency": "safety", "net": "1.180,50", "minutes": "60",
        "photos": SimpleUploadedFile("pads.png", png(), "image/png"),
    }  # fmt: skip
    assert huber.post(f"/staff/job-cards/{job_card.pk}/find/", values).status_code == 302
    assert huber.post(f"/staff/job-cards/{job_card.pk}/put/").status_code == 302
    with alpen.scope():
        item = Item.objects.get(title="Front brake pads")
        assert (str(item.net), item.state, len(item.photos)) == ("1180.50", "pending", 1)
    assert "Waits for the customer" in page(alpen, job_card)
    wrong = signed_in(alpen).post(f"/staff/job-cards/items/{item.pk}/decide/", {"verdict": "approved", "shown_digest": "another"})
    assert wrong.status_code == 409
    right = {"verdict": "approved", "how": "phone", "shown_digest": item.shown_digest}
    assert signed_in(alpen).post(f"/staff/job-cards/items/{item.pk}/decide/", right).status_code == 302
    with alpen.scope():
        assert list(visit.fresh(job_card).lines.values_list("title", flat=True))[1:] == ["Front brake pads"]
    assert huber.post(f"/staff/job-cards/items/{item.pk}/decide/", right).status_code == 403


def test_a_finding_without_price_keeps_words_and_photo(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
    values = {"title": "Wiper", "urgency": "soon", "minutes": "10", "photos": SimpleUploadedFile("w.png", png(), "image/png")}
    refused = signed_in(alpen, "M. Huber").post(f"/staff/job-cards/{job_card.pk}/find/", values)
    assert refused.status_code == 422
    assert 'value="Wiper"' in refused.content.decode()
    assert len(refused.context["taken"].photos) == 1


def test_the_invoice_is_issued_shown_and_the_key_handed_over(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.ready(alpen)
    client = signed_in(alpen)
    assert client.get(f"/staff/job-cards/{job_card.pk}/invoice.pdf").status_code == 302
    assert client.post(f"/staff/job-cards/{job_card.pk}/invoice/").status_code == 302
    shown = client.get(f"/staff/job-cards/{job_card.pk}/")
    assert [str(amount) for amount in shown.context["owed"]] == ["129.00", "24.51", "153.51"]
    paper = client.get(f"/staff/job-cards/{job_card.pk}/invoice.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content[:5] == b"%PDF-"
    assert client.post(f"/staff/job-cards/{job_card.pk}/collect/").status_code == 302
    assert client.post(f"/staff/job-cards/{job_card.pk}/collect/").status_code == 409


def test_a_technician_of_another_site_is_not_assigned(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.accepted(alpen)
    client = signed_in(alpen)
    given = client.post(f"/staff/job-cards/{job_card.pk}/assign/", {"technician": alpen.staff["L. Rossi"].pk})
    assert given.status_code == 302
    other = client.post(f"/staff/job-cards/{job_card.pk}/assign/", {"technician": alpen.staff["T. Moser"].pk})
    assert other.status_code == 409
    with alpen.scope():
        assert visit.fresh(job_card).technician_id == alpen.staff["L. Rossi"].pk


def test_who_only_reads_sees_a_job_card_without_buttons(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
    shown = page(alpen, job_card, "Bob Brenner")
    assert "Dana Dorfer" in shown
    assert "/advance/" not in shown
    assert "/finish/" not in shown
    assert signed_in(rosso, "Charlie Conti").get(f"/staff/job-cards/{job_card.pk}/").status_code == 404


def test_what_the_customer_decides_travels_with_the_buttons_of_each_class_of_readers(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = visit.in_work(alpen)
        item = visit.asked(alpen, job_card)
        findings.decide(actor=visit.dana(alpen), item_id=item.pk, verdict="approved", shown_digest=item.shown_digest, how="link")
        LiveFragment.objects.all().delete()
        about = {
            "job_card_id": job_card.pk, "appointment_id": job_card.appointment_id, "customer_id": job_card.customer_id,
            "vehicle_id": job_card.vehicle_id, "site_id": job_card.site_id,
        }  # fmt: skip
        card_live.show_on_job_card(ItemApproved(**about, item_id=item.pk, how="link", gross=item.gross))
        told = LiveFragment.objects.get()
    assert told.topic == f"job_card:{job_card.pk}"
    assert len(told.variants) == 15
    desk, floor, look = (told.variants[f"en:{rights}"] for rights in ("work", "floor", "look"))
    assert "Approved</span>" in desk
    assert "/start/" in desk
    assert "/start/" in floor
    assert "/start/" not in look
    assert 'id="job-bill"' in desk
    assert 'id="job-bill"' not in look
