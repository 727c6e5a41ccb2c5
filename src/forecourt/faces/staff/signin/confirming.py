"""“Confirm that it is you”: asked again before powerful acts, unless that was less than ten minutes ago."""

import functools
from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from forecourt.faces.staff.door import StaffRequest, View
from forecourt.faces.staff.signin import sessions
from forecourt.kernel.errors import Refusal


def confirmed(view: View) -> View:
    """Put inside the door: lets pass whoever has just shown that it is them, and sends the others to do so and come back."""

    @functools.wraps(view)
    def ask(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _refuse_support(request)
        if sessions.is_confirmed(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path()
        if request.method != "GET":
            messages.info(request, _("Please confirm that it is you, then do it again. Nothing was changed."))
            back = _page_before(request)
        return redirect(f"{reverse('own:confirm')}?next={quote(back)}")

    return ask


def oneself(view: View) -> View:
    """Put inside the door: for staff themselves, not for support that looks in as them."""

    @functools.wraps(view)
    def ask(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _refuse_support(request)
        return view(request, *args, **kwargs)

    return ask


def personal(view: View) -> View:
    """For what belongs to the person: not with a session that a dealer's identity provider opened, and not for support."""

    @functools.wraps(view)
    def ask(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _refuse_support(request)
        if sessions.only_at(request):
            raise Refusal(
                "house_session",
                _("You came in by your dealership's own sign-in. It decides how you sign in, so nothing can be changed here."),
            )
        return view(request, *args, **kwargs)

    return ask


def _refuse_support(request: StaffRequest) -> None:
    if request.support is not None:
        raise Refusal("support_visit", _("Not while support is looking in: this needs the person themselves."))


def _page_before(request: StaffRequest) -> str:
    before = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return reverse("staff_home")
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
