"""One click signs in as any of the demo's cast. It refuses where there is real data, and to anybody who is not on this machine."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff.door import ORGANISATION_KEY
from forecourt.faces.staff.signin import sessions
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.faces.ui import asked, nearness
from forecourt.journeys.workshop.models import JobCard
from forecourt.records.dealership.models import Organisation, StaffMember
from forecourt.runtime import links, scope

VISITS_SHOWN = 4


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The cast, by dealer, and some customers whose cars are here today."""
    _refuse_unless_demo(request)
    dealers = []
    for organisation in Organisation.objects.order_by("name"):
        with scope.of(organisation.pk):
            people = [(each, ROLE_NAMES.get(each.role, each.role)) for each in StaffMember.objects.select_related("home_site", "account")]
            dealers.append((organisation, people, _visits(organisation)))
    return render(request, "staff/demo/page.html", {"dealers": dealers})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast, in their language."""
    _refuse_unless_demo(request)
    with scope.everywhere("the demo's cast works at two dealers"):
        staff = get_object_or_404(StaffMember.objects.all(), pk=asked.identifier(request.POST.get("staff", "")), is_active=True)
    sessions.sign_in(request, staff.account, how="demo")
    request.session[ORGANISATION_KEY] = str(staff.organisation_id)
    response = redirect("staff_home")
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _visits(organisation: Organisation) -> list[tuple[JobCard, str]]:
    """Cars that are here, each with its customer's own page; those who have something to decide first."""
    cards = JobCard.objects.select_related("customer", "vehicle").exclude(stage="collected")
    ordered = sorted(cards, key=lambda card: (card.stage != "waiting_approval", card.number))[:VISITS_SHOWN]
    return [
        (card, links.url(purpose="visit", organisation_id=organisation.pk, subject_id=card.pk, holder_id=card.customer_id, days=1))
        for card in ordered
    ]


def _refuse_unless_demo(request: HttpRequest) -> None:
    if not nearness.is_here(request) or not Organisation.objects.exists() or Organisation.objects.filter(is_demo=False).exists():
        raise Http404(translation.gettext("There is no demo here."))
