"""The whole house's addresses, and some where something goes wrong."""

from http import HTTPStatus
from typing import NoReturn

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from forecourt.kernel.errors import Refusal


def break_down(request: HttpRequest) -> NoReturn:
    raise RuntimeError("on purpose")


def refuse(request: HttpRequest) -> NoReturn:
    raise Refusal("period_full", "Bay 2 is taken from 09:00 to 10:30.")


def misread(request: HttpRequest) -> HttpResponse:
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def stood_open(request: HttpRequest) -> HttpResponse:
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


urlpatterns = [
    path("wrong/400/", misread),
    path("wrong/403-csrf/", stood_open),
    path("wrong/409/", refuse),
    path("wrong/429/", too_many),
    path("wrong/500/", break_down),
    path("", include("forecourt.config.urls")),
]
