"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from forecourt.journeys.workshop.models import Appointment, Counter, JobCard, Media, StageChange, WorkLine
from forecourt.runtime import clock, personal_data, references
from forecourt.runtime.personal_data import Subject, Term

references.declare(Appointment)
references.declare(JobCard)
references.declare(Appointment, "vehicle_id", kind="vehicle")
references.declare(JobCard, "vehicle_id", kind="vehicle")


def _open_job(subject: Subject) -> str:
    card = JobCard.objects.filter(customer_id__in=subject.customer_ids).exclude(stage="collected").order_by("number").first()
    return _("Job %(number)s is still open: the car has to be collected first.") % {"number": card.number} if card else ""


def _agreed_visit(subject: Subject) -> str:
    agreed = Appointment.objects.filter(customer_id__in=subject.customer_ids, state__in=("requested", "confirmed"), ends_at__gt=clock.now())
    first = agreed.order_by("starts_at").first()
    return _("Appointment %(number)s is still to come: cancel it first, or let it pass.") % {"number": first.number} if first else ""


def _empty_cards(subject: Subject, rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True))
    return JobCard.objects.filter(pk__in=ids).update(valuables="", damage=[], signed_name="")


def _of_either(subject: Subject) -> Q:
    either = Q()
    for owner in ("appointment", "job_card"):
        either |= Q(**{f"{owner}__customer_id__in": subject.customer_ids}) | Q(**{f"{owner}__vehicle_id__in": subject.vehicle_ids})
    return either


personal_data.hold(_open_job)
personal_data.hold(_agreed_visit)
personal_data.declare(
    Appointment, gettext_noop("Your appointments"), person="customer_id", car="vehicle_id", erase=personal_data.clear(note=""),
    keep=gettext_noop("the note for a year after it; the appointment while the person is a customer"),
    term=Term(personal_data.YEAR, "ends_at", ~Q(note="")),
)  # fmt: skip
personal_data.declare(JobCard, gettext_noop("Your job cards"), person="customer_id", car="vehicle_id", erase=_empty_cards)
personal_data.declare(
    WorkLine,
    gettext_noop("Work on your car"),
    person="job_card__customer_id",
    car="job_card__vehicle_id",
    erase=personal_data.clear(title="–"),
)
personal_data.declare(
    StageChange, gettext_noop("Stages of the work"), person="job_card__customer_id", car="job_card__vehicle_id", erase=personal_data.leave
)
personal_data.declare(
    Media, gettext_noop("Photos, videos and signatures"), person=_of_either, erase=personal_data.delete, files=("stored_file_id",),
    keep=gettext_noop("four years, until no claim about the work can be made any more"),
    term=Term(4 * personal_data.YEAR, "added_at", ~Q(purpose="finding")),  # those are what an estimate shows
)  # fmt: skip
personal_data.impersonal(Counter, because="the next number")
