"""Signing out ends the live pages too; signing up is by invitation of a dealer."""

from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from forecourt.runtime.live import fragments


class SignOut(LogoutView):  # type: ignore[misc]  # allauth carries no types
    """Only a POST signs out."""

    template_name = "account/logout.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        key = self.request.session.session_key
        if key:
            fragments.sessions_ended(key)
        response: HttpResponse = super().post(*args, **kwargs)
        return response


@require_GET
def invited_only(request: HttpRequest) -> HttpResponse:
    """Where sign-up would be."""
    return render(request, "account/invited_only.html")
