"""Tokens by which programs sign in: made, shown once, ended. Only who was given the right in person comes here."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.people import tabs
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.records.accounts import tokens
from forecourt.records.accounts.models import ApiToken
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import access


class TokenForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80, help_text=_("Which program it is for."))
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_NAMES.items()), help_text=_("It may what this role may."))


@never_cache
@require_http_methods(["GET", "POST"])
@door("accounts.manage_tokens")
@confirmed
def token_list(request: StaffRequest) -> HttpResponse:
    """All tokens; a POST makes one and shows its secret this once."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _token, secret = tokens.create(actor=request.actor, **form.cleaned_data)
        form = TokenForm()
    names = dict(StaffMember.objects.values_list("pk", "name"))
    rows = [
        {"token": each, "role": ROLE_NAMES.get(each.role, each.role), "made_by": names.get(each.made_by) if each.made_by else ""}
        for each in ApiToken.objects.order_by("-created_at")[:200]
    ]
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "staff/people/tokens.html", tabs.of(request) | {"form": form, "rows": rows, "secret": secret}, status=status)


@require_POST
@door("accounts.manage_tokens")
@confirmed
def end(request: StaffRequest, token_id: UUID) -> HttpResponse:
    """From now on it opens nothing."""
    token = access.fetch(ApiToken, token_id, actor=request.actor, right="accounts.manage_tokens")
    tokens.end(actor=request.actor, token=token)
    return redirect("people:tokens")
