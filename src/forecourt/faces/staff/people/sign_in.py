"""How this dealer's staff sign in: whether a second factor is asked for, and the dealer's own identity provider."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from forecourt.adapters import openid
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.people import tabs
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.kernel.errors import Rejected, TryLater
from forecourt.records.dealership import identity, organisations
from forecourt.records.dealership.models import IdentityProvider, StaffMember


class ProviderForm(forms.Form):
    """The secret is written, never read: an empty field leaves the one that is kept."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("As it stands on the button, such as “Microsoft of the house”.")
    )
    issuer = forms.URLField(label=gettext_lazy("Issuer"), max_length=300, help_text=gettext_lazy("Its address, as the provider names it."))
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=200)
    secret = forms.CharField(
        label=gettext_lazy("Client secret"), max_length=500, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed and never shown again. Write a new one to replace it."),
    )  # fmt: skip
    is_on = forms.BooleanField(label=gettext_lazy("Staff may sign in by it"), required=False)

    def must_have_secret(self) -> None:
        if self.is_valid() and not self.cleaned_data["secret"]:
            self.add_error("secret", _("The first time the secret is needed."))


@require_GET
@door("dealership.manage_sign_in")
def page(request: StaffRequest) -> HttpResponse:
    return _show(request)


@require_POST
@door("dealership.manage_sign_in")
@confirmed
def second_factor(request: StaffRequest) -> HttpResponse:
    """Ask for a second factor, or no longer."""
    organisations.ask_for_second_factor(actor=request.actor, wanted=request.POST.get("wanted") == "yes")
    messages.success(request, _("Saved. It holds from the next page on."))
    return redirect("people:sign_in")


@require_POST
@door("dealership.manage_sign_in")
@confirmed
def provider(request: StaffRequest) -> HttpResponse:
    """Keep the provider's settings, if it answers under its address."""
    form = ProviderForm(request.POST)
    if identity.kept() is None:
        form.must_have_secret()
    if form.is_valid():
        try:
            openid.discover(form.cleaned_data["issuer"])
        except (Rejected, TryLater) as problem:
            form.add_error("issuer", _("The provider does not answer there: %(reason)s") % {"reason": problem})
        else:
            identity.arrange(actor=request.actor, **form.cleaned_data)
            messages.success(request, _("Saved. Staff find the button by their e-mail address on the sign-in page."))
            return redirect("people:sign_in")
    return _show(request, form=form, status=422)


@require_POST
@door("dealership.manage_sign_in")
@confirmed
def forget(request: StaffRequest) -> HttpResponse:
    """No sign-in of the house any more."""
    identity.forget(actor=request.actor)
    return redirect("people:sign_in")


def _show(request: StaffRequest, *, form: ProviderForm | None = None, status: int = 200) -> HttpResponse:
    kept = identity.kept()
    context = tabs.of(request) | {
        "kept": kept,
        "form": form or ProviderForm(initial=_initial(kept)),
        "callback": request.build_absolute_uri(reverse("house_callback")),
        "sign_in_url": request.build_absolute_uri(reverse("house_sign_in", args=[request.organisation.slug])),
        "joined": StaffMember.objects.filter(is_active=True).exclude(identity_subject="").count(),
        "staff": StaffMember.objects.filter(is_active=True).count(),
    }
    return render(request, "staff/people/sign_in.html", context, status=status)


def _initial(kept: IdentityProvider | None) -> dict[str, object]:
    if kept is None:
        return {"is_on": True}
    return {"name": kept.name, "issuer": kept.issuer, "client_id": kept.client_id, "is_on": kept.is_on}
