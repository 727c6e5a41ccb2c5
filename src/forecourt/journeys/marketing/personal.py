"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.utils.translation import gettext_noop

from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.runtime import personal_data, references

references.declare(Invitation)
personal_data.declare(
    Invitation, gettext_noop("Invitations to you"), person="customer_id", car="vehicle_id", erase=personal_data.clear(reason={})
)
personal_data.impersonal(Flow, because="a rule of the dealer")
