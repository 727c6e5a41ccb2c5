"""Answers `/healthz`. Opens no transaction: it must answer while the database is away."""

from dataclasses import asdict

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forecourt.faces.hooks.health import checks


@require_safe
@never_cache
@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; the body says which and why."""
    answers = checks.ask_all()
    works = all(answer.works for answer in answers.values())
    body = {"works": works, "parts": {name: asdict(answer) for name, answer in answers.items()}}
    return JsonResponse(body, status=200 if works else 503, json_dumps_params={"indent": 1})
