"""What of this context hangs on a dealer's customer: it follows when two records are merged, is handed out, and erased.

An account belongs to the person and not to a dealer. A dealer that erases somebody cuts its own link; the account itself goes when that was
the last one and nobody works here with it.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from forecourt.records.accounts.models import (
    Account,
    AddressChange,
    ApiToken,
    CarClaim,
    CustomerLink,
    DealerCode,
    Device,
    DriverInvitation,
    Passkey,
    Phone,
    Proof,
    SignIn,
)
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Subject, Term

_GOES_WITH_ACCOUNT = "it goes with its account"

references.declare(CustomerLink)  # type: ignore[arg-type]  # it spans dealers, but a customer's id is theirs alone
references.declare(DealerCode)
references.declare(CarClaim)
references.declare(CustomerLink, "vehicle_id", kind="vehicle")  # type: ignore[arg-type]  # as above
references.declare(DriverInvitation, "vehicle_id", kind="vehicle")  # type: ignore[arg-type]  # as above


def _of_addresses(subject: Subject) -> Q:
    return Q(address__in={word.lower() for word in subject.words})


def _claimed(subject: Subject) -> Q:
    """Claims that were approved for the person, and those of their account that still wait."""
    accounts = CustomerLink.objects.filter(customer_id__in=subject.customer_ids).values_list("account_id", flat=True)
    return Q(customer_id__in=subject.customer_ids) | Q(account_id__in=list(accounts), customer_id=None)


def _cut(subject: Subject, rows: QuerySet[Any]) -> int:
    accounts = set(rows.values_list("account_id", flat=True))
    gone = personal_data.delete(subject, rows)
    Account.objects.filter(pk__in=accounts, customer_links=None, employments=None).delete()
    return gone


def _words(subject: Subject) -> set[str]:
    """The number that the person proved for their account may be another one than the dealer has."""
    owning = CustomerLink.objects.filter(customer_id__in=subject.customer_ids, vehicle_id=None).values("account_id")
    return set(Phone.objects.filter(account_id__in=owning).values_list("number", flat=True))


personal_data.words(_words)
personal_data.declare(CustomerLink, gettext_noop("Your account here"), person="customer_id", erase=_cut)
personal_data.declare(DriverInvitation, gettext_noop("Drivers you invited"), person="owner_link__customer_id", erase=personal_data.delete)
personal_data.declare(
    DealerCode, gettext_noop("Codes handed to you"), person="customer_id", erase=personal_data.delete, keep=gettext_noop("a day"), export=False,
    term=Term(1, "ends_at"),
)  # fmt: skip
personal_data.declare(
    CarClaim, gettext_noop("Cars you said are yours"), person=_claimed, erase=personal_data.delete, files=("paper_id",),
    keep=gettext_noop("ninety days after staff decided, with the paper"),
    term=Term(90, "decided_at"),
)  # fmt: skip
personal_data.declare(
    Proof,
    gettext_noop("Codes sent to your address"),
    person=_of_addresses,
    erase=personal_data.delete,
    keep=gettext_noop("ten minutes"),
    export=False,
)
personal_data.impersonal(Account, because="the person's own over all dealers; it goes with its last link, staff's with their employment")
personal_data.impersonal(Device, AddressChange, Passkey, Phone, SignIn, because=_GOES_WITH_ACCOUNT)
personal_data.impersonal(ApiToken, because="logins of programs")
