"""Files out of dealer management systems: what kind of file it is, and its one table, row by row.

Decides by content, never by name. What the columns mean is for `engines.intake`.
"""

from forecourt.adapters.dms.reader import open_table

__all__ = ["open_table"]
