"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop

from forecourt.engines.messaging import suppression
from forecourt.engines.messaging.models import Click, Message, Pause, PersonalLetter, Suppression
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Subject, Term

references.declare(Message)
references.declare(Pause)


def _empty(subject: Subject, rows: QuerySet[Any]) -> int:
    """What was not sent never will be; of what was, the figure stays."""
    ids = list(rows.values_list("pk", flat=True))
    gone = Message.objects.filter(pk__in=ids, state__in=("queued", "parked")).delete()[0]
    address = Concat(Value("erased:"), Cast(F("id"), CharField()))
    kept = Message.objects.filter(pk__in=ids).update(
        address=address, subject="", html="", text="", facts={}, headers={}, relay_answer="", reason="", language=""
    )
    return gone + kept


def _of_addresses(subject: Subject) -> Q:
    return Q(address__in={word.lower() for word in subject.words})


def _hide(subject: Subject, rows: QuerySet[Any]) -> int:
    """An address that must get nothing more still gets nothing: its digest stays."""
    hidden = list(rows)
    for row in hidden:
        Suppression.objects.filter(channel=row.channel, address=suppression.hidden(row.address)).delete()
        Suppression.objects.filter(pk=row.pk).update(address=suppression.hidden(row.address))
    return len(hidden)


personal_data.declare(
    Message, gettext_noop("Messages to you"), person="customer_id", erase=_empty,
    keep=gettext_noop("three years, for as long as somebody may ask what was written; then it is a figure"),
    term=Term(3 * personal_data.YEAR, "queued_at", ~Q(address__startswith="erased:")),
)  # fmt: skip
personal_data.declare(
    Click, gettext_noop("Links you opened"), person="message__customer_id", erase=personal_data.clear(user_agent="", headers={}),
    keep=gettext_noop("ninety days with what the browser said of itself; then it is a figure"),
    term=Term(90, "at", ~Q(user_agent="") | ~Q(headers={})),
)  # fmt: skip
personal_data.declare(
    Pause, gettext_noop("Times we kept silent"), person="customer_id", erase=personal_data.delete, keep=gettext_noop("a year after its end"),
    term=Term(personal_data.YEAR, "until_at"),
)  # fmt: skip
personal_data.declare(
    Suppression, gettext_noop("Addresses we no longer write to"), person=_of_addresses, erase=_hide,
    keep=gettext_noop("as a digest, so that nobody is written to again by mistake"),
)  # fmt: skip
personal_data.declare(
    PersonalLetter,
    gettext_noop("Letters about your account"),
    person=_of_addresses,
    erase=personal_data.delete,
    keep=gettext_noop("until it has left"),
)
