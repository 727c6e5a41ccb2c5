"""The pages as a WSGI application: `granian --interface wsgi forecourt.config.wsgi:application` runs it."""

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")

_pages = get_wsgi_application()
_log = logging.getLogger(__name__)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's, and where even its page for errors fails, words of our own: granian would write the error out with all that it quotes."""
    try:
        answer: Iterable[bytes] = _pages(environ, start_response)
    except Exception:  # noqa: BLE001 - whatever it was, granian would tell it
        _log.exception("Not even the page for errors could be shown")
        start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"This did not work. Please try again in a moment."]
    return answer
