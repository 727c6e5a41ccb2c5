"""What a person decides for themselves: how they are addressed, when it is quiet, where they are signed in, which address they have."""

from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.engines.messaging import account_letters
from forecourt.faces.customer import account_door, browser, own_choices
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.cars import garage
from forecourt.faces.customer.profile import visits
from forecourt.faces.customer.signin import letters
from forecourt.faces.customer.signin.views import ask
from forecourt.faces.ui import nearness
from forecourt.faces.ui.context import LANGUAGE_NAMES
from forecourt.kernel import identifiers
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import addresses, customer_links, devices, passkeys, phones, profile, proofs
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import scope

THEMES = (("auto", gettext_lazy("As the device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark")))


class ProfileForm(forms.Form):
    """As the page sends it."""

    name = forms.CharField(required=False, max_length=120)
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    theme = forms.ChoiceField(choices=THEMES)
    quiet_from = forms.TimeField(required=False)
    quiet_until = forms.TimeField(required=False)
    favourite = forms.UUIDField(required=False)


@require_http_methods(["GET", "POST"])
@account_door.door
def page(request: AccountRequest) -> HttpResponseBase:
    """Everything of the account on one page."""
    if request.method == "GET":
        return show(request)
    form = ProfileForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal("unreadable", _("Something in the form cannot be read. Please look again."))
        given = form.cleaned_data
        account = profile.change(
            account=request.account, name=given["name"], language=given["language"], theme=given["theme"],
            quiet_from=given["quiet_from"], quiet_until=given["quiet_until"], favourite_organisation_id=given["favourite"],
        )  # fmt: skip
    except Refusal as refusal:
        return show(request, problem=str(refusal), status=422)
    if account.language != request.account.language:
        own_choices.write_in(account, account.language)
    response = redirect("me_profile")
    browser.show_as(response, account)
    return response


@require_POST
@account_door.door
def end_device(request: AccountRequest, device_id: UUID) -> HttpResponse:
    """Sign one device out."""
    devices.end(account=request.account, device_id=device_id)
    return redirect("me_profile")


@require_POST
@account_door.door
def end_devices(request: AccountRequest) -> HttpResponse:
    """Sign all others out."""
    devices.end_all(account=request.account, but=request.device.pk)
    return redirect("me_profile")


@require_POST
@account_door.door
def address(request: AccountRequest) -> HttpResponseBase:
    """Ask for another mail address: the old and the new one each get a code."""
    try:
        wanted = identifiers.normal_email(request.POST.get("email", ""))
        _refuse_staff(request)
    except ValueError:
        return show(request, address_problem=_("This is not an e-mail address."), status=422)
    except Refusal as refusal:
        return show(request, address_problem=str(refusal), status=409)
    if wanted == request.account.email.casefold():
        return show(request, address_problem=_("This is your address already."), status=422)
    proofs.allow(address=wanted, source=nearness.address(request), is_known_browser=False)
    mark = browser.mark(request)
    with transaction.atomic():
        old = ask(kind="old_address", address=request.account.email, mark=mark, account=request.account, template=letters.CHANGE_CODE)
        new = _ask_new(request, wanted, mark)
        addresses.begin(account=request.account, address=wanted, old_proof=old, new_proof=new)
    response = redirect("me_profile")
    browser.keep_mark(response, mark)
    return response


@require_POST
@account_door.door
def confirm(request: AccountRequest) -> HttpResponseBase:
    """Both codes: the address changes, the old one is told, every other device signs in anew."""
    typed = [request.POST.get(name, "").strip() for name in ("old_code", "new_code")]
    try:
        old = addresses.confirm(account=request.account, old_code=typed[0], new_code=typed[1], browser=browser.mark_of(request))
    except Refusal as refusal:
        return show(request, code_problem=str(refusal), status=422)
    with transaction.atomic():
        devices.end_all(account=request.account, but=request.device.pk)
        _tell(old, letters.CHANGED)
    return redirect("me_profile")


def _ask_new(request: AccountRequest, wanted: str, mark: str) -> Any:
    """A code to the new address; if it has an account already, its owner is told that instead, and the page shows no difference."""
    if addresses.is_free(wanted):
        return ask(kind="new_address", address=wanted, mark=mark, account=request.account, template=letters.CHANGE_CODE)
    _tell(wanted, letters.HAS_ACCOUNT)
    return None


def _tell(address: str, template: str) -> None:
    account_letters.queue(
        address=address, template=template, language=get_language() or "en", facts={}, useful_for=proofs.TOLD_WITHIN
    )  # fmt: skip


def _refuse_staff(request: AccountRequest) -> None:
    """Whoever also signs in as staff has their address from the dealer."""
    with scope.everywhere("whether this person works at any dealer"):
        works = StaffMember.objects.filter(account_id=request.account.pk, is_active=True).exists()
    if works:
        raise Refusal("is_staff", _("You also sign in at work with this address. Your administrator can change it."))


def show(
    request: AccountRequest,
    *,
    problem: str = "",
    address_problem: str = "",
    code_problem: str = "",
    phone_problem: str = "",
    phone_code_problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, with what went wrong on its card."""
    account, posted = request.account, request.POST if problem else None
    links = list(customer_links.of(account))
    context = {
        "name": posted["name"] if posted and "name" in posted else account.name,
        "language": account.language,
        "languages": [(code, LANGUAGE_NAMES.get(code, str(name))) for code, name in settings.LANGUAGES],
        "theme": account.theme,
        "themes": THEMES,
        "quiet_from": _clock(account.quiet_from),
        "quiet_until": _clock(account.quiet_until),
        "favourite": str(account.favourite_organisation_id or ""),
        "dealers": [(str(each.pk), each.name) for each in garage.dealers(links)],
        "devices": list(devices.living(account)),
        "passkeys": list(passkeys.of(account)),
        "support": visits.of(links),
        "waiting": addresses.waiting(account),
        "problem": problem,
        "address_problem": address_problem,
        "code_problem": code_problem,
        **_phone(request, phone_problem, phone_code_problem),
    }
    return render(request, "customer/profile/page.html", context, status=status)


def _phone(request: AccountRequest, problem: str, code_problem: str) -> dict[str, Any]:
    """The proven number, the one whose code is awaited, and the one that another account has too."""
    phone, mark = phones.of(request.account), browser.mark_of(request)
    awaited = phones.waiting(account=request.account, browser=mark)
    contested = None if awaited else phones.contested(account=request.account, browser=mark)
    return {
        "has_texts": settings.HAS_TEXTS,
        "phone": identifiers.show_phone(phone.number) if phone else "",
        "phone_awaited": identifiers.show_phone(awaited.address) if awaited else "",
        "phone_contested": identifiers.show_phone(contested.address) if contested else "",
        "phone_typed": request.POST.get("phone", "")[:40] if problem else "",
        "phone_problem": problem,
        "phone_code_problem": code_problem,
    }


def _clock(value: time | None) -> str:
    return f"{value:%H:%M}" if value else ""
