"""Files at https addresses: asked whether they changed, written down piece by piece, through the one room for addresses that people named."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final
from urllib.parse import unquote, urlsplit

from forecourt.adapters import outside
from forecourt.engines.intake.fetching.places import Address, Found, Unchanged, Unfit, Unreached

SECONDS: Final = 1800
_WHOLE: Final = 200
_THERE: Final = (206, 416)  # a part of it, or nothing in it
_UNCHANGED: Final = 304
_LOGIN: Final = (401, 403, 407)


@contextmanager
def opened(address: Address) -> Iterator["Download"]:
    """Nothing is asked yet."""
    yield Download(address)


class Download:
    """One address with one file."""

    host_key = ""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._url = str(address.place["url"])

    def files(self) -> list[Found]:
        """The one; whether it is there and has changed is seen when it is fetched."""
        return [Found(self._name(), "", is_whole=True)]

    def fetch(self, found: Found, into: IO[bytes]) -> str:
        etag, _line, modified = self._address.taken.get(found.name, "").partition("\n")
        headers = {"If-None-Match": etag} if etag else {"If-Modified-Since": modified} if modified else {}
        told = self._ask(headers, into)
        if told.status == _UNCHANGED:
            raise Unchanged
        mark = f"{told.headers.get('etag', '')[:200]}\n{told.headers.get('last-modified', '')[:60]}"
        return mark if mark.strip() else ""

    def check(self) -> None:
        """Asked for its first bytes: some servers answer nothing else than what they would be asked in earnest."""
        self._ask({"Range": "bytes=0-1023"}, None)

    def put_away(self, found: Found, *, refused: str = "") -> None:
        """It stays where it is."""

    def _ask(self, headers: dict[str, str], into: IO[bytes] | None) -> outside.Answer:
        asked = {"User-Agent": "Forecourt", "Accept-Encoding": "identity", **self._sign_in(), **headers}
        seconds, at_most = (SECONDS, self._address.at_most) if into else (outside.SECONDS, 0)
        try:
            told = outside.ask("GET", self._url, headers=asked, seconds=seconds, at_most=at_most, into=into)
        except outside.Closed as problem:
            if problem.code == "too_long":
                raise Unfit("too_large") from problem
            raise Unreached(problem.code) from problem
        except outside.Silent as problem:
            raise Unreached(problem.code) from problem
        if told.status not in (_WHOLE, _UNCHANGED) and (into or told.status not in _THERE):
            raise Unreached(_code(told.status))
        return told

    def _sign_in(self) -> dict[str, str]:
        place, secret = self._address.place, self._address.secret
        if place.get("auth") == "bearer":
            return {"Authorization": f"Bearer {secret}"}
        if place.get("auth") == "basic":
            pair = base64.b64encode(f"{place.get('username', '')}:{secret}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}

    def _name(self) -> str:
        last = unquote(urlsplit(self._url).path.rstrip("/").rpartition("/")[2])
        return last if last and last.isprintable() else "download"


def _code(status: int) -> str:
    if status in _LOGIN:
        return "signed_out"
    if 300 <= status < 400:
        return "redirect"
    return "no_folder" if status in (404, 410) else "refused"
