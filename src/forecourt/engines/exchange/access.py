"""Rights over the programs that are told what happens here, and over those that may send us files."""

from forecourt.runtime import access

access.declare("exchange.manage", roles=("administrator",))
