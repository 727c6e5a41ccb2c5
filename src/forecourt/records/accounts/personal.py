"""What of this context hangs on a dealer's customer: it follows when two records are merged."""

from forecourt.records.accounts.models import CarClaim, CustomerLink, DealerCode
from forecourt.runtime import references

references.declare(CustomerLink)  # type: ignore[arg-type]  # it spans dealers, but a customer's id is theirs alone
references.declare(DealerCode)
references.declare(CarClaim)
