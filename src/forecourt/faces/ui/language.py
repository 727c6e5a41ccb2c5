"""The language of a page: the one chosen in this browser, then that of the person's account, then what the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]
CODES = frozenset(code for code, _ in settings.LANGUAGES)


class PersonsLanguage:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(chosen(request)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response


def chosen(request: HttpRequest) -> str:
    own = getattr(request.user, "language", "") if request.user.is_authenticated else ""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    for code in (cookie, own):
        if code in CODES:
            return code
    return translation.get_language_from_request(request)
