"""How columns and values of tables are called in the archive that a person takes along."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from forecourt.runtime.documents import formats

_COLUMNS: Final = {
    "number": gettext_noop("Number"), "first_name": gettext_noop("First name"), "last_name": gettext_noop("Last name"),
    "company": gettext_noop("Company"), "email": gettext_noop("E-mail"), "phone": gettext_noop("Telephone"), "mobile": gettext_noop("Mobile"),
    "street": gettext_noop("Street"), "postcode": gettext_noop("Postcode"), "city": gettext_noop("City"), "country": gettext_noop("Country"),
    "language": gettext_noop("Language"), "vin": gettext_noop("VIN"), "plate": gettext_noop("Plate"), "make": gettext_noop("Make"),
    "model": gettext_noop("Model"), "mileage": gettext_noop("Mileage"), "source": gettext_noop("Source"), "purpose": gettext_noop("Purpose"),
    "channel": gettext_noop("Channel"), "state": gettext_noop("State"), "note": gettext_noop("Note"), "text": gettext_noop("Text"),
    "title": gettext_noop("Title"), "comment": gettext_noop("Comment"), "subject": gettext_noop("Subject"), "address": gettext_noop("Address"),
    "starts_at": gettext_noop("From"), "ends_at": gettext_noop("Until"), "from_on": gettext_noop("From"), "until_on": gettext_noop("Until"),
    "opened_on": gettext_noop("Opened"), "due_on": gettext_noop("Due"), "net": gettext_noop("Net"), "gross": gettext_noop("Gross"),
    "score": gettext_noop("Score"), "kind": gettext_noop("Kind"), "act": gettext_noop("Said"), "entered_at": gettext_noop("Entered"),
    "created_at": gettext_noop("Created"), "sent_at": gettext_noop("Sent"),
}  # fmt: skip


def of_column(name: str) -> str:
    """A column in the reader's language; what has no word of its own shows its plain English name."""
    return _(_COLUMNS[name]) if name in _COLUMNS else name.replace("_", " ").capitalize()


def of_value(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, list):
        return ", ".join(of_value(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {of_value(each)}" for name, each in value.items())
    return "" if value is None else _of_one(value)


def _of_one(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        local = value.astimezone(timezone.get_current_timezone())
        return f"{formats.short_day(local.date())}, {local:%H:%M}"
    if isinstance(value, date):
        return formats.short_day(value)
    return formats.quantity(value) if isinstance(value, Decimal) else str(value)
