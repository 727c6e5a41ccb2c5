"""What a vehicle identification number tells, offline: maker, country, model year, plant; with the extra `vin-us` the model too.

Nothing is guessed in silence: every fact says how sure it is and where it comes from, and what is not known is None.
"""

from forecourt.kernel.identifiers.decoding.facts import DecodedVin, decode
from forecourt.kernel.identifiers.decoding.north_america import EXTRA, is_installed
from forecourt.kernel.identifiers.decoding.years import Certainty, ModelYear

__all__ = ["EXTRA", "Certainty", "DecodedVin", "ModelYear", "decode", "is_installed"]
