"""How much a file may hold, checked before anything is decoded."""

from typing import Final, Literal

Kind = Literal["image", "video", "pdf"]

MEBIBYTE: Final = 1 << 20
BYTES: Final[dict[Kind, int]] = {"image": 40 * MEBIBYTE, "video": 60 * MEBIBYTE, "pdf": 20 * MEBIBYTE}
PIXELS: Final = {"JPEG": 100_000_000, "PNG": 100_000_000, "HEIF": 60_000_000, "WEBP": 25_000_000}
"""By decoder. More than phone cameras give; a picture above it is a mistake or an attack. WebP and HEIF are decoded in several copies."""
SIDE_PIXELS: Final = 2560
THUMBNAIL_PIXELS: Final = 480
VIDEO_SECONDS: Final = 60
PDF_PAGES: Final = 50

CHECK_SECONDS: Final = 40
"""Wall-clock time for checking one file in its own process."""
CHECK_MEMORY: Final = 680 * MEBIBYTE
"""Address space, of which less than 512 MiB is ever in memory: the rest is the mapped libraries."""
