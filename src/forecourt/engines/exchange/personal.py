"""Nothing of this context is a person's."""

from forecourt.engines.exchange.models import Attempt, Delivery, Inlet, Receipt, Subscription
from forecourt.runtime import personal_data

personal_data.impersonal(Subscription, Inlet, because="names and addresses of programs, with sealed secrets")
personal_data.impersonal(
    Delivery, because="ids and codes only, as events: the shapes of what is told are tested for it; gone after thirty days"
)
personal_data.impersonal(Attempt, because="a time, a status and a code; what the other side answered is not kept")
personal_data.impersonal(Receipt, because="a digest of the sender's own id; gone after thirty days")
