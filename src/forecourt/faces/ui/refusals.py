"""Turns what an action raises into an answer: 404 for absent and foreign alike, 403 for not allowed, 409 for an expected "no"."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class AnswerRefusals:
    """The last resort: a view that knows a better place for the reason catches the refusal itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            return render(request, "404.html", status=404)
        if isinstance(exception, NotPermitted):
            return render(request, "403.html", {"right": exception.right}, status=403)
        if isinstance(exception, Refusal):
            return render(request, "ui/refused.html", {"refusal": exception}, status=409)
        return None
