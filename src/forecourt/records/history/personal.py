"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.utils.translation import gettext_noop

from forecourt.records.history.models import JobLine, Visit, VisitCorrection
from forecourt.runtime import personal_data, references

references.declare(Visit)
references.declare(Visit, "vehicle_id", kind="vehicle")
personal_data.declare(
    Visit, gettext_noop("Your visits"), person="customer_id", car="vehicle_id", erase=personal_data.clear(customer_id=None)
)
personal_data.declare(
    VisitCorrection, gettext_noop("What was put right about your visits"), person="visit__customer_id", car="visit__vehicle_id",
    erase=personal_data.delete,
)  # fmt: skip
personal_data.declare(
    JobLine, gettext_noop("Work on your visits"), person="visit__customer_id", car="visit__vehicle_id", erase=personal_data.clear(text="")
)
