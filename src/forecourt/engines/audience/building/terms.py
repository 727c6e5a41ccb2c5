"""What a build goes by: today, the kinds of work of the dealer, and from when on a customer counts as what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from forecourt.kernel.quantities import months_later

TYRE_WORK: Final = "tyre_change"
TYRE_STORAGE: Final = "tyre_storage"
#: No kind of work, but has a bit beside them: tyre storage whose text does not say that tyres were handed back.
TYRES_THERE: Final = "~tyres_there"
TEST_WORK: Final = "statutory_test"
FIRST_SERVICE: Final = "inspection"  # falls due from the first registration, before the car was ever here
SERVICE_CUSTOMER_MONTHS: Final = 18
TYRE_CUSTOMER_MONTHS: Final = 24
LOST_AFTER_MONTHS: Final = 24
#: Months from first registration to the first test: § 29 StVZO, art. 80 CdS, RNTR-1, Road Traffic Act s. 47, 机动车查验.
FIRST_TEST_MONTHS: Final[Mapping[str, int]] = {"DE": 36, "AT": 36, "IT": 48, "RO": 36, "GB": 36, "CN": 72}
FIRST_TEST_MONTHS_ELSEWHERE: Final = 48
FURTHEST_DAYS: Final = 50 * 366
#: A next service that was named is still to come if it lies further than this behind the last one, in days or in kilometres.
SERVICE_IS_NEXT_AFTER: Final = 90
SERVICE_IS_NEXT_AFTER_KM: Final = 2_500
#: Bits of a mask; the sign is left alone.
MOST_KINDS: Final = 62


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of work; `bit` is its place in the masks of lines. `falls_due`: active, invited, and with an interval."""

    code: str
    bit: int
    months: int | None = None
    km: int | None = None
    falls_due: bool = False
    is_paid_service: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    today: date
    kinds: tuple[Kind, ...]

    def ago(self, months: int) -> int:
        """The day so many months ago, as a whole number."""
        return months_later(self.today, -months).toordinal()

    def mask(self, code: str) -> int:
        """The bit of a kind, or none where the dealer has no such kind."""
        return sum(1 << kind.bit for kind in self.kinds if kind.code == code)

    def bit(self, code: str) -> int | None:
        """The place of a kind in masks; none where the dealer has no such kind."""
        return next((kind.bit for kind in self.kinds if kind.code == code), None)

    @property
    def done_kinds(self) -> tuple[Kind, ...]:
        """Kinds of work; not what only has a bit beside them."""
        return tuple(kind for kind in self.kinds if kind.code != TYRES_THERE)

    @property
    def paid_mask(self) -> int:
        return sum(1 << kind.bit for kind in self.kinds if kind.is_paid_service)

    @property
    def due_kinds(self) -> tuple[Kind, ...]:
        return tuple(kind for kind in self.kinds if kind.falls_due)
