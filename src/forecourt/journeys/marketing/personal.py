"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.db.models import Q
from django.utils.translation import gettext_noop

from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Term

references.declare(Invitation)
references.declare(Invitation, "vehicle_id", kind="vehicle")
personal_data.declare(
    Invitation, gettext_noop("Invitations to you"), person="customer_id", car="vehicle_id", erase=personal_data.clear(reason={}),
    keep=gettext_noop("why it was sent for three years; that it was stays as a figure"),
    term=Term(3 * personal_data.YEAR, "planned_at", ~Q(reason={})),
)  # fmt: skip
personal_data.impersonal(Flow, because="a rule of the dealer")
