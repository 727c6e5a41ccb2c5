"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.db.models import Q
from django.utils.translation import gettext_noop

from forecourt.engines.cases.models import Case, Note
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Term

references.declare(Case)
references.declare(Case, "vehicle_id", kind="vehicle")
personal_data.declare(Case, gettext_noop("Cases"), person="customer_id", car="vehicle_id", erase=personal_data.clear(vehicle_id=None))
personal_data.declare(
    Note, gettext_noop("Notes on cases"), person="case__customer_id", car="case__vehicle_id", erase=personal_data.clear(text=""),
    keep=gettext_noop("three years after the case was solved; then the words go"),
    term=Term(3 * personal_data.YEAR, "case__solved_at", ~Q(text="")),
)  # fmt: skip
