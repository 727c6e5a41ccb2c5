"""The mails that say that a fetched file waits, or that a source cannot be reached. Imported when the app is ready."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from forecourt.engines.intake.events import SourceFileWaits, SourceStumbled
from forecourt.engines.intake.models import Import, Source
from forecourt.engines.messaging import outbox, registry
from forecourt.engines.messaging.letters import Button, Heading, Paragraph, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.faces.staff.sources import words
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import clock
from forecourt.runtime.events import subscriber

CAUSE = "source"


@subscriber(SourceFileWaits)
def tell_of_a_waiting_file(event: SourceFileWaits) -> None:
    """Once a day for each reason: a hundred files that wait for one mapping are one mail."""
    _tell(event.source_id, f"waits:{event.because}", {"because": event.because, "import_id": str(event.import_id or "")})


@subscriber(SourceStumbled)
def tell_of_a_failing_source(event: SourceStumbled) -> None:
    _tell(event.source_id, f"fails:{event.because}", {"problem": event.because})


@registry.gate(CAUSE)
def still_there(message: Message) -> Verdict | None:
    """Whether it is still so: what was mended meanwhile needs no mail."""
    found = Source.objects.filter(pk=message.cause_id).first()
    if found is None or (message.facts.get("problem") and not found.problem):
        return Verdict(allowed=False, reason_code="withdrawn")
    import_id = message.facts.get("import_id")
    if import_id and Import.objects.filter(Q(state="applied") | Q(refusal_code="discarded"), pk=import_id).exists():
        return Verdict(allowed=False, reason_code="withdrawn")
    return None


@registry.composer(CAUSE)
def source_letter(message: Message) -> Content:
    found = Source.objects.get(pk=message.cause_id)
    name = {"name": found.name}
    if problem := message.facts.get("problem"):
        subject, why = _("%(name)s cannot be reached") % name, words.problem(problem)
        calm = _("Nothing is lost: what lies there is fetched as soon as it can be reached again.")
        button = Button(_("See the source"), settings.PUBLIC_URL + reverse("sources:show", args=[found.pk]))
    else:
        import_id = message.facts.get("import_id")
        came = Import.objects.filter(pk=import_id).first() if import_id else None
        subject = _("A file from %(name)s waits for you") % name
        why = str(words.REASONS.get(message.facts["because"], came.refusal_text if came else "")) or _("The file could not be imported.")
        calm = _("Nothing was changed yet.")
        address = reverse("imports:show", args=[came.pk]) if came else reverse("sources:show", args=[found.pk])
        button = Button(_("See the file"), settings.PUBLIC_URL + address)
    return letter(message, subject=subject, blocks=[Heading(subject), Paragraph(why), Paragraph(calm), button])


def _tell(source_id: UUID, step: str, facts: dict[str, str]) -> None:
    """Whoever set the source up; where they are gone, the administrators."""
    found = Source.objects.filter(pk=source_id).first()
    if found is None:
        return
    members = StaffMember.objects.select_related("account").filter(is_active=True)
    owners = list(members.filter(pk=found.made_by_id)) if found.made_by_id else []
    for member in owners or list(members.filter(role="administrator")):
        outbox.queue(
            cause_kind=CAUSE, cause_id=found.pk, step=f"{step[:32]}:{clock.now():%y%m%d}", customer_id=None, address=member.account.email,
            purpose="contract", language=member.account.language, template=CAUSE, facts=facts, site_id=None,
        )  # fmt: skip
