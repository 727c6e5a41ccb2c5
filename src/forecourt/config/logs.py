"""What our processes say of themselves, and what they keep to themselves: `configuration()` is for Django, and for the live process without it.

Logs lie outside the database, go to service managers and into mails to whoever helps. So they hold ids and places in the code. What came with a
request (its fields, cookies, headers and the secret in its address), what an error quotes, long random words, mail addresses and telephone numbers
are left out. An error that belongs to a request is told here and nowhere else: Django by itself would drop it where DEBUG is off.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

OMITTED: Final = "[…]"
_LONGEST: Final = 2_000
_SHORTEST_VALUE: Final = 4
_HEADERS: Final = (
    "HTTP_AUTHORIZATION",
    "HTTP_WEBHOOK_SIGNATURE",
    "HTTP_X_TWILIO_SIGNATURE",
    "HTTP_X_CSRFTOKEN",
    "HTTP_REFERER",
    "QUERY_STRING",
)

_ID: Final = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_SECRET: Final = re.compile(
    rf"(?P<kept>\b{_ID}\b)"
    r"|(?<=://)[^\s/@]+@"  # name and password of an address
    r"|[\w.%+-]+@[\w-]+\.[\w.-]+"
    r"|(?<![\w.])\+\d{7,15}\b"
    r"|(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}"
)
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_NAME: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+|/[\w./-]*")  # of a constraint or a file


def configuration(*, debug: bool = False) -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything to standard error, which the supervisor writes into the part's log."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"discreet": {"()": Discreet}},
        "handlers": {"output": {"class": "logging.StreamHandler", "formatter": "discreet"}},
        "root": {"handlers": ["output"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO" if debug else "WARNING"},
            # An address that is not there is no news, and may be somebody's link.
            "django.request": {"level": "WARNING" if debug else "ERROR"},
            "_granian": {"handlers": ["output"], "level": "WARNING", "propagate": False},
        },
    }


class Discreet(logging.Formatter):
    """Level, who says it and what; of an error where it happened and its kind."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        values = sorted(set(_sent(getattr(record, "request", None))), key=len, reverse=True)
        told = [f"{self.formatTime(record)} {record.levelname} {record.name}: {_without(values, record.getMessage())}"]
        if record.exc_info and record.exc_info[1] is not None:
            told += _errors(record.exc_info[1], values)
        return "\n".join(told)


def _errors(error: BaseException, values: list[str]) -> Iterator[str]:
    """The chain as Python tells it, the cause first, without the values that its texts quote."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _errors(earlier, values)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    kind, said = type(error), str(error).strip().partition("\n")[0]  # PostgreSQL names the row from the second line on
    said = _without(values, said)
    if not kind.__module__.startswith("forecourt."):
        said = _QUOTED.sub(lambda found: found[0] if _NAME.fullmatch(found[0][1:-1]) else OMITTED, said)
    yield f"{kind.__module__}.{kind.__qualname__}: {said}"


def _without(values: list[str], text: str) -> str:
    for value in values:
        text = text.replace(value, OMITTED)
    return _SECRET.sub(lambda found: found["kept"] or OMITTED, text[:_LONGEST])


def _sent(request: Any) -> Iterator[str]:
    """Whatever came with a request and could be a secret or somebody's."""
    if request is None:
        return
    match = getattr(request, "resolver_match", None)
    found = [str(value) for value in match.kwargs.values() if isinstance(value, str)] if match else [request.path]
    found += [*request.COOKIES.values(), *(request.META.get(name, "") for name in _HEADERS)]
    found += _words([request.GET.getlist(name) for name in request.GET])
    read = vars(request)  # what nobody has read yet is in no error, and is not read for this
    found += _words([read["_post"].getlist(name) for name in read["_post"]]) if "_post" in read else ()
    with suppress(ValueError):
        found += _words(json.loads(read["_body"])) if "_body" in read and request.content_type == "application/json" else ()
    yield from (each for each in found if len(each) >= _SHORTEST_VALUE)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _words(each)
    elif isinstance(value, str | int | float):
        yield str(value)
