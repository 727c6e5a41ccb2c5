"""Files that people send and that we make.

A file is known by its content, never by its name. What comes in is checked and cleaned in a bounded process before it is kept;
the bytes lie under `FORECOURT_DATA/files/<organisation>/<sha256>`, one copy however often they are stored, and leave only through
a signed link of a quarter of an hour. Which object a file belongs to is said by the context that stored it.
"""

from forecourt.runtime.files.serving import opened, signed_url
from forecourt.runtime.files.shelf import open_bytes, path, thumbnail
from forecourt.runtime.files.storing import keep, store

__all__ = ["keep", "open_bytes", "opened", "path", "signed_url", "store", "thumbnail"]
