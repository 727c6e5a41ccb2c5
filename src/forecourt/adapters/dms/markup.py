"""XML of the trade, read piece by piece without a tree: repair orders in the shape of STAR, leads in ADF.

No document type, no entities of its own, nothing fetched; depth, size and number of elements of one record are bounded, so that a small
file cannot grow and a large one never lies in memory as a whole. What the elements of a record become is for `repair_orders` and `leads`.
"""

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lxml import etree

from forecourt.adapters.dms import leads, records, repair_orders
from forecourt.adapters.dms.elements import Element
from forecourt.adapters.dms.records import Record
from forecourt.engines.intake.ports import Cell, Table
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

BLOCK: Final = 64 * 1024
DEPTH: Final = 64
ELEMENTS: Final = 50_000
PROLOG_BYTES: Final = 64 * 1024
_ENCODING: Final = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")

_SHAPES: Final[dict[str, Callable[[Element], Iterator[dict[str, Cell]]]]] = {
    "repairorder": repair_orders.rows,
    "prospect": leads.rows,
}


class _Hostile(Exception):
    """What no export has; the words are chosen by whoever reads."""


def open_table(path: Path, *, name: str) -> Table:
    """The table in an XML file. Raises Refusal, also while rows are taken."""
    try:
        return records.table(lambda: _records(path, name), kind="xml", name=name, size_bytes=path.stat().st_size)
    except Refusal as refusal:
        raise _unknown(name) if refusal.code == "empty_file" else refusal from refusal


def _blocks(path: Path) -> Iterator[bytes]:
    """The file's bytes; what is in UTF-16 as UTF-8, since the parser is told no encoding but the declared one."""
    with path.open("rb") as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            stream.seek(0)
            text = io.TextIOWrapper(stream, encoding="utf-16", errors="replace")
            yield text.read(PROLOG_BYTES).encode()
            while letters := text.read(BLOCK):
                yield letters.encode()
            return
        stream.seek(0)
        yield stream.read(PROLOG_BYTES)
        while block := stream.read(BLOCK):
            yield block


def _root(head: bytes, name: str) -> int:
    """Where the root element begins: what stands above it says nothing to us, and a document type there is refused unread."""
    at = 3 if head.startswith(codecs.BOM_UTF8) else 0
    while True:
        at += len(head[at:]) - len(head[at:].lstrip())
        if head.startswith(b"<?", at):
            end = head.find(b"?>", at) + 2
        elif head.startswith(b"<!--", at):
            end = head.find(b"-->", at) + 3
        elif head[at : at + 1] == b"<" and head[at + 1 : at + 2] not in (b"!", b""):
            return at
        else:
            end = 0
        if end <= at:
            raise _refused(name)
        at = end


def _records(path: Path, name: str) -> Iterator[Record]:
    collector = _Collector()
    parser = etree.XMLParser(target=collector, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    number, read_to = 1, 0
    try:
        for block in _blocks(path):
            read_to += len(block)
            collector.fed += len(block)
            parser.feed(block if number > 1 or read_to > len(block) else _without_prolog(block, name))
            if collector.fed > records.RECORD_BYTES:
                raise records.endless(name, number)
            for element, rows in collector.taken():
                for cells in rows(element):
                    yield Record(cells, read_to)
                number += 1
        parser.close()
    except _Hostile as error:
        raise _refused(name) from error
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise records.broken(name, number) from error


def _without_prolog(head: bytes, name: str) -> bytes:
    """From the root on, under the encoding that the first line declares."""
    at = _root(head, name)
    declared = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    encoding = declared[1] if declared and not declared[1].lower().startswith(b"utf") else b"utf-8"
    return b'<?xml version="1.0" encoding="' + encoding + b'"?>' + head[at:]


@dataclass
class _Collector:
    """Told of each beginning, text and end, it keeps the one record that is open and those that are whole."""

    fed: int = 0  # bytes since the last whole record, or since anything was told at all
    _depth: int = 0
    _elements: int = 0
    _open: list[Element] = field(default_factory=list)
    _rows: Callable[[Element], Iterator[dict[str, Cell]]] | None = None
    _whole: list[tuple[Element, Callable[[Element], Iterator[dict[str, Cell]]]]] = field(default_factory=list)

    def start(self, tag: str, attributes: Any) -> None:
        self._depth += 1
        if self._depth > DEPTH:
            raise _Hostile
        name = tag.rpartition("}")[2]
        if not self._open:
            self._rows = _SHAPES.get(name.lower())
            if self._rows is None:
                self.fed = 0
                return
            self._elements = 0
        self._elements += 1
        if self._elements > ELEMENTS:
            raise _Hostile
        element = Element(name, {key.rpartition("}")[2]: value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(text)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        element = self._open.pop()
        if not self._open:
            assert self._rows is not None
            self._whole.append((element, self._rows))
            self.fed = 0

    def doctype(self, *_told: object) -> None:
        raise _Hostile

    def close(self) -> None:
        """The file is at its end."""

    def taken(self) -> list[tuple[Element, Callable[[Element], Iterator[dict[str, Cell]]]]]:
        whole, self._whole = self._whole, []
        return whole


def _refused(name: str) -> Refusal:
    return Refusal(
        "not_a_table",
        _("“%(name)s” is XML with a document type, or nested too deep or too large. Please export it without, or as CSV.") % {"name": name},
    )


def _unknown(name: str) -> Refusal:
    return Refusal(
        "not_a_table",
        _(
            "“%(name)s” is XML of a kind that is not known. Known are repair orders (STAR) and leads (ADF). Please export the list as CSV or XLSX."
        )
        % {"name": name},
    )
