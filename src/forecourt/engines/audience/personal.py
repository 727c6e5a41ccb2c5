"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.utils.translation import gettext_noop

from forecourt.engines.audience.models import Build, Classification, DueWork, Rule, Segment, VehicleFacts, WorkDone
from forecourt.runtime import personal_data, references

references.declare(DueWork)
references.declare(VehicleFacts)
personal_data.declare(
    VehicleFacts, gettext_noop("What we worked out about your cars"), person="customer_id", car="vehicle_id", erase=personal_data.delete,
    keep=personal_data.DERIVED,
)  # fmt: skip
personal_data.declare(
    DueWork,
    gettext_noop("Work that falls due"),
    person="customer_id",
    car="vehicle_id",
    erase=personal_data.delete,
    keep=personal_data.DERIVED,
)
personal_data.declare(
    WorkDone,
    gettext_noop("When work was last done on your cars"),
    car="vehicle_id",
    erase=personal_data.delete,
    keep=personal_data.DERIVED,
)
personal_data.impersonal(Segment, because="a rule for whole groups, in the dealer's words; who is in it is asked each time and never kept")
personal_data.impersonal(Rule, Classification, because="what words of the trade mean, by digest of the text")
personal_data.impersonal(Build, because="when facts of a whole dealer were worked out")
