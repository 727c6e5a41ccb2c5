"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from forecourt.engines.offers.models import Decision, Invoice, InvoiceLine, InvoiceSequence, Item, Request
from forecourt.records.dealership.models import Organisation
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Subject

references.declare(Invoice)
references.declare(Request)

#: Whole years after the year of issue that invoices are kept; defaults, the dealer's counsel decides.
#: DE § 14b UStG (8 since 2025), AT § 132 BAO, IT art. 2220 codice civile, CH Art. 958f OR, FR L123-22 code de commerce, RO legea 82/1991
#: art. 25, GB HMRC VAT notice 700/21, CN 会计档案管理办法 (vouchers).
YEARS: Final = {"DE": 8, "AT": 7, "IT": 10, "CH": 10, "FR": 10, "RO": 5, "GB": 6, "CN": 30}
_OTHERWISE: Final = 10


def _kept(rows: QuerySet[Any]) -> list[dict[str, str]]:
    countries = dict(Organisation.objects.values_list("pk", "country"))
    return [
        {"number": row.number, "until": f"{row.issued_on.year + YEARS.get(countries.get(row.organisation_id, ''), _OTHERWISE)}-12-31"}
        for row in rows
    ]


def _invoiced(item: str) -> Exists:
    return Exists(InvoiceLine.objects.filter(item_id=OuterRef(item)))


def _erase_items(subject: Subject, rows: QuerySet[Any]) -> int:
    """What an invoice rests on stays with its price; all else goes."""
    ids = list(rows.values_list("pk", flat=True))
    gone = Item.objects.filter(pk__in=ids).exclude(_invoiced("pk")).delete()[0]
    return gone + Item.objects.filter(pk__in=ids).update(detail="", photos=[])


def _erase_decisions(subject: Subject, rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True))
    gone = Decision.objects.filter(pk__in=ids).exclude(_invoiced("item_id")).delete()[0]
    return gone + Decision.objects.filter(pk__in=ids).update(address="", shown={}, decided_by_id=None)


def _erase_requests(subject: Subject, rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True))
    return int(Request.objects.filter(pk__in=ids).exclude(Exists(Item.objects.filter(request_id=OuterRef("pk")))).delete()[0])


personal_data.declare(Request, gettext_noop("Estimates and approvals asked"), person="customer_id", erase=_erase_requests)
personal_data.declare(Item, gettext_noop("Work put to you"), person="request__customer_id", erase=_erase_items, files=("photos",))
personal_data.declare(Decision, gettext_noop("Your decisions"), person="item__request__customer_id", erase=_erase_decisions)
personal_data.declare(
    Invoice,
    gettext_noop("Your invoices"),
    person="customer_id",
    erase=personal_data.leave,
    keep=personal_data.LAW,
    files=("pdf_id",),
    kept=_kept,
)
personal_data.declare(
    InvoiceLine, gettext_noop("Lines of your invoices"), person="invoice__customer_id", erase=personal_data.leave, keep=personal_data.LAW
)
personal_data.impersonal(InvoiceSequence, because="the next number")
