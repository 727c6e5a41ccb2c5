"""What a customer wants to get, and how: no sign-in, a signed link is enough. Looking changes nothing, every button is a POST."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forecourt.engines.messaging import pauses
from forecourt.faces.customer.door import CustomerRequest, door
from forecourt.faces.ui.context import LANGUAGE_NAMES
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Site
from forecourt.records.people import consent, controllers, customers
from forecourt.records.people.consent import choices, texts, wordings
from forecourt.records.people.consent.choices import Choice
from forecourt.runtime import clock

PAUSE = timedelta(days=91)
ASKED_FOR_A_PAUSE = "customer_asked"
HISTORY_LENGTH = 100


@dataclass(frozen=True)
class Box:
    """One channel of one purpose."""

    value: str
    label: str
    is_on: bool
    note: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@door("preferences")
def page(request: CustomerRequest, token: str) -> HttpResponse:
    """Everything on one page; `done` names the change that is confirmed and can be undone."""
    if request.link.subject_id != request.customer.pk:
        raise NotFound
    _tell_time_as_at_home(request)
    if request.method == "POST":
        done = _act(request)
        address = reverse("customer_preferences", kwargs={"token": token})
        return redirect(f"{address}?done={done}" if done else f"{address}?done=")
    return render(request, "customer/preferences/page.html", _context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@door("consent_confirm")
def confirm(request: CustomerRequest, token: str) -> HttpResponse:
    """The second half of a double opt-in: a page with a button, because scanners follow every link."""
    _tell_time_as_at_home(request)
    entry = consent.asked(customer_id=request.customer.pk, entry_id=request.link.subject_id)
    choice = Choice(entry.controller, entry.purpose, entry.channel)
    problem, is_done = "", entry.confirmations.exists()
    if request.method == "POST":
        try:
            consent.confirm(actor=request.actor, entry_id=entry.pk)
        except Refusal as refusal:
            problem = str(refusal)
        else:
            return redirect("customer_consent_confirm", token)
    name = controllers.names().get(entry.controller, entry.controller)
    about = {"text": texts.beside(choice, name), "is_done": is_done, "problem": problem, "entry": entry}
    return render(request, "customer/preferences/confirm.html", about, status=422 if problem else 200)


def _tell_time_as_at_home(request: CustomerRequest) -> None:
    """On the wall clock of the customer's site."""
    sites = Site.objects.order_by("pk")
    home = request.customer.home_site_id
    site = (sites.filter(pk=home).first() if home else None) or sites.first()
    if site is not None:
        timezone.activate(site.zone)


def _act(request: CustomerRequest) -> UUID | str | None:
    """What the button says; the id of the change, or the word for what else was done."""
    names, done = controllers.names(), ""
    about: dict[str, Any] = {"actor": request.actor, "customer_id": request.customer.pk, "language": get_language() or "en"}
    match request.POST.get("do"):
        case "save":
            given = request.POST
            return choices.choose(shown=_chosen(given, "shown"), wanted=_chosen(given, "wanted"), words=_beside(names), **about)
        case "stop_all":
            return choices.stop_all(controllers=list(names), words=texts.stop_all(request.organisation.name), **about)
        case "undo":
            return choices.undo(change=_uuid(request.POST.get("change", "")), words=_beside(names), **about)
        case "pause":
            until = clock.now() + PAUSE
            pauses.begin(
                customer_id=request.customer.pk, purposes=consent.ADVERTISING, reason=ASKED_FOR_A_PAUSE, cause_id=request.customer.pk,
                until_at=until,
            )  # fmt: skip
            done = "paused"
        case "resume":
            pauses.end(cause_id=request.customer.pk)
            done = "resumed"
        case "language":
            customers.write_in(actor=request.actor, customer_id=request.customer.pk, language=request.POST.get("language", ""))
            done = "language"
    return done or None


def _context(request: CustomerRequest) -> dict[str, Any]:
    names = controllers.names()
    return {
        "senders": [(name, _purposes(request, key)) for key, name in names.items()],
        "always": [(texts.title(purpose), texts.meaning(purpose)) for purpose in ("contract", "recall")],
        "pause": pauses.of_cause(request.customer.pk),
        "history": _history(request, names),
        "languages": [(code, LANGUAGE_NAMES.get(code, name)) for code, name in settings.LANGUAGES],
        "language": request.customer.language,
        "dealer": request.organisation.name,
        **_done(request, names),
    }


def _purposes(request: CustomerRequest, controller: str) -> list[tuple[str, str, list[Box]]]:
    state = consent.state(customer_id=request.customer.pk, controller=controller)
    return [
        (
            texts.title(purpose),
            texts.meaning(purpose),
            [_box(controller, purpose, channel, state) for channel in consent.CHANNELS_OF[purpose]],
        )
        for purpose in texts.ASKED
    ]


def _box(controller: str, purpose: str, channel: str, state: dict[tuple[str, str], consent.Verdict]) -> Box:
    verdict = state[purpose, channel]
    waits = verdict.reason_code in {"unconfirmed", "needs_double_opt_in"}
    note = _("not confirmed yet") if waits else ""
    return Box(f"{controller}|{purpose}|{channel}", texts.way(channel), verdict.allowed, note)


def _done(request: CustomerRequest, names: dict[str, str]) -> dict[str, Any]:
    """What the last button did."""
    done = request.GET.get("done")
    said = {
        "": _("Nothing was changed."),
        "paused": _("You get no advertising for three months."),
        "resumed": _("The pause is over."),
        "language": _("We write to you in this language from now on."),
    }
    if done is None or done in said:
        return {"done": said.get(done, "") if done is not None else ""}
    about: dict[str, Any] = {"customer_id": request.customer.pk, "change": _uuid(done)}
    entries = choices.of_change(**about)
    is_all = entries[0].wording == "preferences.stop_all"
    lines = [texts.stop_all(request.organisation.name)] if is_all else [_change(entry, names) for entry in entries]
    undoable = [] if any(entry.evidence.get("undoes") for entry in entries) else choices.undoable(**about)
    return {"done": _("Your choice is kept."), "changes": lines, "change": done if undoable else ""}


def _change(entry: Any, names: dict[str, str]) -> str:
    what = f"{texts.title(entry.purpose)}, {texts.way(entry.channel)}"
    if len(names) > 1:
        what = f"{names.get(entry.controller, entry.controller)}: {what}"
    return _("%(what)s: yes") % {"what": what} if entry.act == "give" else _("%(what)s: no") % {"what": what}


def _history(request: CustomerRequest, names: dict[str, str]) -> list[dict[str, Any]]:
    entries = list(consent.ledger(actor=request.actor, customer_id=request.customer.pk)[:HISTORY_LENGTH])
    known = wordings.of(entries)
    return [
        {
            "entry": entry,
            "act": texts.act(entry.act),
            "what": f"{texts.title(entry.purpose)}, {texts.way(entry.channel)}",
            "text": known.get((entry.wording, entry.language, entry.wording_version), ""),
            "sender": names.get(entry.controller, entry.controller) if len(names) > 1 else "",
        }
        for entry in entries
    ]


def _beside(names: dict[str, str]) -> choices.Words:
    return lambda choice: texts.beside(choice, names[choice.controller])


def _chosen(given: QueryDict, name: str) -> set[Choice]:
    """The boxes as sent; what is no box of the page is passed over."""
    known = controllers.names()
    found = (Choice(*parts) for value in given.getlist(name) if len(parts := value.split("|")) == 3)
    return {
        choice
        for choice in found
        if choice.controller in known and choice.purpose in texts.ASKED and choice.channel in consent.CHANNELS_OF[choice.purpose]
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong
