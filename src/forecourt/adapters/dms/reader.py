"""Opens any file as one table or says in a sentence why not."""

from pathlib import Path

from forecourt.adapters.dms import delimited, json_records, kinds, markup, parquet, workbooks
from forecourt.engines.intake.ports import AS_DETECTED, MIB, Limits, Manner, Table
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _


def open_table(path: Path, *, name: str, limits: Limits | None = None, manner: Manner = AS_DETECTED) -> Table:
    """The table in this file, as detected but for what `manner` says; `name` is used in sentences only. Raises Refusal."""
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise Refusal("empty_file", _("The file “%(name)s” is empty.") % {"name": name})
    if size > limits.file_bytes:
        raise Refusal(
            "too_large",
            _("The file “%(name)s” has %(size)s MB; at most %(limit)s MB can be read. Please export a shorter period.")
            % {"name": name, "size": size // MIB, "limit": limits.file_bytes // MIB},
        )
    kind = kinds.recognise(path, name=name)
    if kind == "delimited":
        return delimited.open_table(path, name=name, manner=manner)
    if kind == "json":
        return json_records.open_table(path, name=name)
    if kind == "xml":
        return markup.open_table(path, name=name)
    if kind == "parquet":
        return parquet.open_table(path, name=name, limits=limits)
    return workbooks.open_table(path, kind=kind, name=name, limits=limits, header_line=manner.header_line)
