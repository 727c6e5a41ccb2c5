"""One question and a comment."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forecourt.faces.customer.door import CustomerRequest, door
from forecourt.faces.ui import asked
from forecourt.journeys.care import surveys
from forecourt.journeys.care.models import Survey
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Site
from forecourt.records.vehicles.models import Vehicle


@require_http_methods(["GET", "POST"])
@door("survey")
def page(request: CustomerRequest, token: str) -> HttpResponse:
    """The question; after the answer, thanks."""
    survey = Survey.objects.filter(pk=request.link.subject_id, customer_id=request.customer.pk).first()
    if survey is None:
        raise NotFound
    problem, comment = "", ""
    if request.method == "POST":
        score, comment = request.POST.get("score", ""), request.POST.get("comment", "")
        try:
            chosen = asked.number(score)
            if chosen is None:
                raise Refusal("no_score", _("Please choose a number from 0 to 10."))
            surveys.answer(actor=request.actor, survey_id=survey.pk, score=chosen, comment=comment)
        except Refusal as refusal:
            problem = str(refusal)
        else:
            return redirect("customer_survey", token)
    context = {
        "survey": survey,
        "vehicle": Vehicle.objects.get(pk=survey.vehicle_id),
        "site": Site.objects.get(pk=survey.site_id),
        "scores": range(11),
        "problem": problem,
        "comment": comment,
        "chosen": request.POST.get("score", ""),
        "was_low": survey.score is not None and survey.score <= surveys.LOW_SCORE,
    }
    return render(request, "customer/survey/page.html", context, status=422 if problem else 200)
