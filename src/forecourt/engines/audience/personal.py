"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from django.utils.translation import gettext_noop

from forecourt.engines.audience import naming
from forecourt.engines.audience.models import (
    Build,
    Classification,
    DecidedText,
    DueExperience,
    DueWork,
    Learner,
    LeavingExperience,
    Membership,
    Rule,
    RuleVersion,
    Segment,
    SegmentDay,
    VehicleFacts,
    WorkDone,
)
from forecourt.runtime import personal_data, references

references.declare(DueWork)
references.declare(VehicleFacts)
for _derived in (VehicleFacts, WorkDone, DueWork):
    references.stay(_derived, "vehicle_id", kind="vehicle", because="it is worked out anew for both records")
references.stay(
    Membership, "vehicle_id", kind="vehicle", because="who was in a group on a day is as it was; the next day counts the car that stands"
)
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
personal_data.declare(
    Membership,
    gettext_noop("Groups of customers that your cars were in"),
    car="vehicle_id",
    erase=personal_data.delete,
    keep=gettext_noop("five weeks after the car left the group"),
)
personal_data.impersonal(SegmentDay, because="how many cars a group had on a day")
personal_data.declare(
    Segment,
    gettext_noop("Groups of customers whose words name you"),
    person=naming.segments_of,
    erase=naming.unname,
    keep=gettext_noop("until the dealer writes the group anew; its words about you go"),
    export=False,
)
personal_data.impersonal(RuleVersion, because="what rules of the trade were, and which member of staff wrote them, by id")
personal_data.impersonal(DueExperience, because="medians over many cars; no row speaks of one of them")
personal_data.impersonal(LeavingExperience, because="how many cars stayed away; no row speaks of one of them")
personal_data.impersonal(Rule, Classification, DecidedText, because="what words of the trade mean, by digest of the text")
personal_data.impersonal(
    Learner, because="counts and shares; what was learned are weights of hashed pieces of words, from which no text can be read"
)
personal_data.impersonal(Build, because="when facts of a whole dealer were worked out")
