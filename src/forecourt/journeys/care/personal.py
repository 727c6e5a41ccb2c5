"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.db.models import Q
from django.utils.translation import gettext_noop

from forecourt.journeys.care.models import Survey
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Term

references.declare(Survey)
references.declare(Survey, "vehicle_id", kind="vehicle")
personal_data.declare(
    Survey, gettext_noop("Your answers to our questions"), person="customer_id", car="vehicle_id", erase=personal_data.clear(comment=""),
    keep=gettext_noop("the words for three years; the score stays as a figure"),
    term=Term(3 * personal_data.YEAR, "answered_at", ~Q(comment="")),
)  # fmt: skip
