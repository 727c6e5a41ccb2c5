"""What is ours between Django and PostgreSQL: the scope of each transaction, the policies, work on whole sets."""

from typing import Final

SCOPE_SETTING: Final = "forecourt.organisation"
EVERYWHERE_ROLE: Final = "forecourt_everywhere"
"""The role that `scope.everywhere` takes on. Nobody signs in as it; it reads the tables that say why, and writes none."""
