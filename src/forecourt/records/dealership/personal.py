"""Nothing of this context hangs on a customer."""

from forecourt.records.dealership.models import (
    Absence,
    Bay,
    Deputy,
    IdentityProvider,
    Invitation,
    LegalEntity,
    Organisation,
    Site,
    StaffMember,
    SupportVisit,
)
from forecourt.runtime import personal_data

personal_data.impersonal(Organisation, LegalEntity, Site, Bay, IdentityProvider, because="the dealer's own house")
personal_data.impersonal(StaffMember, Absence, Deputy, Invitation, SupportVisit, because="staff, whose employment has rules of its own")
