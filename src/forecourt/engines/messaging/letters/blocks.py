"""The pieces of a letter. Each knows its shape (what is compiled), its values (what is spliced in) and its plain text."""

import textwrap
from dataclasses import dataclass
from typing import Protocol

_WIDTH = 72


class Block(Protocol):
    """A piece of a letter."""

    def mjml(self, put: "Put") -> str:
        """The MJML with a place for each value, asked of `put` in order."""

    def text(self) -> str:
        """The same for the text part."""


class Put(Protocol):
    """Notes a value and gives the mark that stands for it."""

    def __call__(self, value: str, *, is_address: bool = False) -> str: ...


@dataclass(frozen=True)
class Heading:
    words: str

    def mjml(self, put: Put) -> str:
        return f'<mj-text mj-class="heading" css-class="ink"><h1 style="margin:0;font-size:24px;line-height:31px">{put(self.words)}</h1></mj-text>'

    def text(self) -> str:
        return f"{self.words}\n{'=' * min(len(self.words), _WIDTH)}"


@dataclass(frozen=True)
class Paragraph:
    words: str

    def mjml(self, put: Put) -> str:
        return f'<mj-text css-class="ink">{put(self.words)}</mj-text>'

    def text(self) -> str:
        return wrapped(self.words)


@dataclass(frozen=True)
class Slot:
    """One choice that is one tap away."""

    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Slots:
    """Several choices of equal weight, such as three free times."""

    choices: tuple[Slot, ...]

    def mjml(self, put: Put) -> str:
        return "".join(self._choice(put, slot) for slot in self.choices)

    def _choice(self, put: Put, slot: Slot) -> str:
        detail = f'<br/><span class="muted" style="font-weight:400;font-size:14px">{put(slot.detail)}</span>' if slot.detail else ""
        return f'<mj-button mj-class="slot" css-class="slot" href="{put(slot.url, is_address=True)}">{put(slot.label)}{detail}</mj-button>'

    def text(self) -> str:
        return "\n".join(f"* {slot.label}{f' ({slot.detail})' if slot.detail else ''}\n  {slot.url}" for slot in self.choices)


@dataclass(frozen=True)
class Button:
    """The one next action."""

    label: str
    url: str

    def mjml(self, put: Put) -> str:
        return f'<mj-button mj-class="action" css-class="action" href="{put(self.url, is_address=True)}">{put(self.label)}</mj-button>'

    def text(self) -> str:
        return f"{self.label}:\n{self.url}"


@dataclass(frozen=True)
class Facts:
    """What is agreed or known, as label and value."""

    rows: tuple[tuple[str, str], ...]

    def mjml(self, put: Put) -> str:
        rows = "".join(
            f'<tr><td class="muted line" style="padding:8px 16px 8px 0;vertical-align:top;color:#565c68;border-top:1px solid #e0e3e8;width:38%">'
            f'{put(label)}</td><td class="ink line" style="padding:8px 0;vertical-align:top;font-weight:600;border-top:1px solid #e0e3e8">'
            f"{put(value)}</td></tr>"
            for label, value in self.rows
        )
        return f'<mj-table css-class="ink">{rows}</mj-table>'

    def text(self) -> str:
        return "\n".join(f"{label}: {value}" for label, value in self.rows)


@dataclass(frozen=True)
class Small:
    """What must be said but is not the point."""

    words: str

    def mjml(self, put: Put) -> str:
        return f'<mj-text mj-class="small" css-class="muted">{put(self.words)}</mj-text>'

    def text(self) -> str:
        return wrapped(self.words)


@dataclass(frozen=True)
class Aside:
    """What must be said, with a way to act on it that does not compete with the one next action."""

    words: str
    label: str
    url: str

    def mjml(self, put: Put) -> str:
        link = f'{put(self.words)} <a href="{put(self.url, is_address=True)}" style="color:#565c68">{put(self.label)}</a>'
        return f'<mj-text mj-class="small" css-class="muted">{link}</mj-text>'

    def text(self) -> str:
        return f"{wrapped(self.words)}\n{self.label}: {self.url}"


def wrapped(words: str) -> str:
    """Lines that fit a plain mail; addresses stay whole."""
    return "\n".join(
        textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False) if line else "" for line in words.splitlines()
    )
