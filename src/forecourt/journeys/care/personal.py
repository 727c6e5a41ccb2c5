"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.utils.translation import gettext_noop

from forecourt.journeys.care.models import Survey
from forecourt.runtime import personal_data, references

references.declare(Survey)
personal_data.declare(
    Survey, gettext_noop("Your answers to our questions"), person="customer_id", car="vehicle_id", erase=personal_data.clear(comment="")
)
