"""What cars and people are recognised by, in the one form in which it is compared and stored.

`vin` and its `makers`, `decoding` (what a VIN tells), `plate`, `contact` (telephone, e-mail) and `words` (names, free text).
Normal forms are for matching; what somebody typed is kept beside them by the rows that need it.
"""

from forecourt.kernel.identifiers.contact import is_mobile, normal_email, normal_phone, show_phone
from forecourt.kernel.identifiers.makers import make_key
from forecourt.kernel.identifiers.plate import is_from_abroad, normal_plate, plates_meant, show_plate
from forecourt.kernel.identifiers.vin import (
    NoVin,
    normal_vin,
    read_vin,
    vin_check_digit_ok,
    vin_make,
    vin_region,
)
from forecourt.kernel.identifiers.words import (
    folded,
    normal_code,
    normal_name,
    normal_words,
    sort_key,
    text_key,
    without_accents,
)

__all__ = [
    "NoVin",
    "folded",
    "is_from_abroad",
    "is_mobile",
    "make_key",
    "normal_code",
    "normal_email",
    "normal_name",
    "normal_phone",
    "normal_plate",
    "normal_vin",
    "normal_words",
    "plates_meant",
    "read_vin",
    "show_phone",
    "show_plate",
    "sort_key",
    "text_key",
    "vin_check_digit_ok",
    "vin_make",
    "vin_region",
    "without_accents",
]
