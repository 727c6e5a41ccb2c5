"""Who else may use a car: the owner invites by mail address, says what they may do, and ends it; so may they."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forecourt.engines.messaging import account_letters
from forecourt.faces.customer import account_door
from forecourt.faces.customer.account_door import AccountRequest
from forecourt.faces.customer.signin import letters
from forecourt.kernel import identifiers
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts import customer_links, drivers
from forecourt.records.accounts.models import CustomerLink
from forecourt.records.dealership.models import Organisation
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import scope


@require_http_methods(["GET", "POST"])
@account_door.door
def page(request: AccountRequest, link_id: UUID, vehicle_id: UUID) -> HttpResponseBase:
    """Drivers and invitations of one car; a POST invites."""
    with account_door.linked(request, link_id, vehicle_id=vehicle_id) as (link, actor):
        vehicle = vehicles.find(actor=actor, vehicle_id=vehicle_id)
        if not link.is_owner:
            raise NotFound
        if request.method == "GET":
            return _show(request, link, vehicle)
        try:
            _invite(request, link, vehicle)
        except Refusal as refusal:
            return _show(request, link, vehicle, problem=str(refusal), status=422)
    return redirect("me_drivers", link_id, vehicle_id)


@require_POST
@account_door.door
def end(request: AccountRequest, link_id: UUID, vehicle_id: UUID, driver_link_id: UUID) -> HttpResponse:
    """The owner ends somebody's use of the car."""
    with account_door.linked(request, link_id, vehicle_id=vehicle_id) as (link, _actor):
        drivers.end(owner=link, vehicle_id=vehicle_id, driver_link_id=driver_link_id)
    return redirect("me_drivers", link_id, vehicle_id)


@require_POST
@account_door.door
def withdraw(request: AccountRequest, link_id: UUID, vehicle_id: UUID, driver_invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    with account_door.linked(request, link_id, vehicle_id=vehicle_id) as (link, _actor):
        drivers.withdraw(owner=link, vehicle_id=vehicle_id, invitation_id=driver_invitation_id)
    return redirect("me_drivers", link_id, vehicle_id)


@require_http_methods(["GET", "POST"])
@account_door.door
def invitation(request: AccountRequest, secret: str) -> HttpResponse:
    """The invitation as the invited see it; accepting is a POST."""
    found = drivers.of_secret(account=request.account, secret=secret)
    if request.method == "POST":
        link = drivers.accept(account=request.account, secret=secret)
        return redirect("me_car", link.pk, found.vehicle_id)
    with scope.of(found.owner_link.organisation_id):
        vehicle = vehicles.find(actor=customer_links.actor_of(found.owner_link), vehicle_id=found.vehicle_id)
        dealer = Organisation.objects.get(pk=found.owner_link.organisation_id)
    owner = found.owner_link.account
    context = {"invitation": found, "vehicle": vehicle, "dealer": dealer, "owner": owner.name or owner.email}
    return render(request, "customer/drivers/invitation.html", context)


@transaction.atomic
def _invite(request: AccountRequest, link: CustomerLink, vehicle: Vehicle) -> None:
    try:
        address = identifiers.normal_email(request.POST.get("email", ""))
    except ValueError as wrong:
        raise Refusal("email_wrong", _("This is not an e-mail address.")) from wrong
    invited = drivers.invite(
        owner=link, vehicle_id=vehicle.pk, address=address,
        may_book=bool(request.POST.get("may_book")), may_approve=bool(request.POST.get("may_approve")),
    )  # fmt: skip
    account_letters.queue(
        address=address, template=letters.INVITED, language=get_language() or "en", facts={"invitation_id": str(invited.pk)},
        useful_for=invited.ends_at - invited.invited_at,
    )  # fmt: skip


def _show(request: AccountRequest, link: CustomerLink, vehicle: Vehicle, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "link": link,
        "vehicle": vehicle,
        "drivers": list(customer_links.drivers_of(owner=link, vehicle_id=vehicle.pk)),
        "invitations": list(drivers.waiting(owner=link, vehicle_id=vehicle.pk)),
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "customer/drivers/page.html", context, status=status)
