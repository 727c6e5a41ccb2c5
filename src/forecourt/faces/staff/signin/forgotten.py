"""Forgotten password: a mail with a link, and the page that it opens.

The page says the same whoever asks and takes as long: whether somebody works here with that address is looked up when the letter leaves.
A new password signs nobody in; the second factor is asked for as ever.
"""

from typing import Final
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from forecourt.engines.messaging import account_letters
from forecourt.faces.staff.signin import tries
from forecourt.faces.staff.signin.forms import NewPasswordForm
from forecourt.records.accounts import resets
from forecourt.records.accounts.models import Account
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import audit, limits, scope
from forecourt.runtime.actors import system

FORGOTTEN: Final = "staff_password_forgotten"
CHANGED: Final = "staff_password_changed"
_MAILS_AN_HOUR: Final = 5


class AskForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Which address; the answer is the same for every one."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        try:
            tries.take(request, email, what="forgotten")
        except limits.TooMany as problem:
            return tries.too_many(request, problem)
        _send(email)
        return redirect("staff_forgotten_sent")
    return render(request, "staff/signin/forgotten.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Where to look now, whoever asked."""
    return render(request, "staff/signin/forgotten_sent.html")


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, account_id: UUID, secret: str) -> HttpResponse:
    """The new password. Following the link changes nothing; only the POST does."""
    try:
        tries.take_from_address(request, what="forgotten_link")
    except limits.TooMany as problem:
        return tries.too_many(request, problem)
    account = resets.by_secret(account_id, secret)
    if account is None:
        return render(request, "staff/signin/forgotten_over.html", status=404)
    form = NewPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        if not _change(account, secret, form.cleaned_data["password"]):
            return render(request, "staff/signin/forgotten_over.html", status=404)
        return redirect("staff_password_changed")
    context = {"form": form, "email": account.email}
    return render(request, "staff/signin/forgotten_choose.html", context, status=422 if form.is_bound else 200)


@require_GET
def changed(request: HttpRequest) -> HttpResponse:
    """On to signing in."""
    return render(request, "staff/signin/forgotten_changed.html")


def who_works_here(email: str) -> Account | None:
    """The account of this address, if somebody works anywhere with it."""
    account = Account.objects.filter(email__iexact=email, is_active=True).first()
    if account is None:
        return None
    with scope.everywhere("whether this person works at any dealer"):
        works = StaffMember.objects.filter(account_id=account.pk, is_active=True).exists()
    return account if works else None


def _send(email: str) -> None:
    """However often somebody asks from however many places, an owner gets few mails; the links of the earlier ones still open."""
    try:
        limits.spend("forgotten:mails", email, most=_MAILS_AN_HOUR, seconds=3600)
    except limits.TooMany:
        return
    with transaction.atomic():
        account_letters.queue(address=email, template=FORGOTTEN, language=get_language() or "en", facts={}, useful_for=resets.GOOD_FOR)


@transaction.atomic
def _change(account: Account, secret: str, password: str) -> bool:
    """The owner is told by mail, and each dealer's trail that it happened."""
    if resets.set_anew(account_id=account.pk, secret=secret, password=password) is None:
        return False
    account_letters.queue(
        address=account.email, template=CHANGED, language=account.language, facts={}, useful_for=resets.GOOD_FOR * 24
    )  # fmt: skip
    with scope.everywhere("at which dealers somebody works"):
        places = list(StaffMember.objects.filter(account_id=account.pk, is_active=True).values_list("organisation_id", "pk"))
    for organisation_id, member_id in places:
        with scope.of(organisation_id):
            audit.record(
                by=system(organisation_id, via="forgotten"), act="password_set_anew", object_kind="staff_member", object_id=member_id
            )
    return True
