"""How much must be decided before anything is said, and how right it must be. Read by pages too, which do without numbers' libraries."""

from typing import Final

#: Raised when the same texts would teach something else.
METHOD: Final = 1
LEAST_TEXTS: Final = 300
LEAST_OF_A_KIND: Final = 10
LEAST_BY_PEOPLE: Final = 30
AIM: Final = 0.95
"""The share of answers that must have been right on texts held back, from the threshold up."""
LEAST_CERTAINTY: Final = 0.25
"""What is less certain is not even suggested."""
LEAST_SURE: Final = 0.8
"""What is less certain never counts by itself, however right all surer ones together were."""
