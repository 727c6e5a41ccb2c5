"""How much a file may hold, checked before anything is decoded."""

from typing import Final, Literal

Kind = Literal["image", "video", "pdf"]

MEBIBYTE: Final = 1 << 20
BYTES: Final[dict[Kind, int]] = {"image": 40 * MEBIBYTE, "video": 60 * MEBIBYTE, "pdf": 20 * MEBIBYTE}
PIXELS: Final = 100_000_000
"""More than the largest phone cameras give; a picture above it is a mistake or an attack."""
SIDE_PIXELS: Final = 2560
THUMBNAIL_PIXELS: Final = 480
VIDEO_SECONDS: Final = 60
PDF_PAGES: Final = 50

CHECK_SECONDS: Final = 40
"""Wall-clock time for checking one file in its own process."""
CHECK_MEMORY: Final = 1536 * MEBIBYTE
