"""Nothing of this context hangs on a person."""

from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import personal_data

personal_data.impersonal(WorkKind, because="kinds of work")
