"""The REST API at `/api/v1/`, described at `/api/v1/openapi.json`."""

from typing import Any

from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from forecourt.faces.api import appointments, customers, imports, job_cards, slots, vehicles
from forecourt.faces.api.door import Token
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal

api = NinjaAPI(
    title="Forecourt",
    version="1",
    description="Customers, vehicles, free slots, appointments, job cards and imports of one dealer.",
    auth=Token(),
    servers=[{"url": "/"}],  # the paths are whole, and a document that is carried elsewhere names no machine
    urls_namespace="api",
    docs_url=None,
)
for prefix, room in (
    ("customers", customers),
    ("vehicles", vehicles),
    ("slots", slots),
    ("appointments", appointments),
    ("job-cards", job_cards),
    ("imports", imports),
):
    api.add_router(f"/{prefix}", room.router, tags=[prefix])


@api.exception_handler(NotFound)
def _not_found(request: HttpRequest, error: NotFound) -> HttpResponse:
    return api.create_response(request, {"code": "not_found", "text": _("There is no such thing here.")}, status=404)


@api.exception_handler(NotPermitted)
def _not_permitted(request: HttpRequest, error: NotPermitted) -> HttpResponse:
    text = _("This token's role may not do that.")
    return api.create_response(request, {"code": "not_permitted", "text": text, "right": error.right}, status=403)


@api.exception_handler(DataError)
def _not_to_be_kept(request: HttpRequest, error: DataError) -> HttpResponse:
    """A NUL character, a number beyond every column."""
    transaction.set_rollback(True)
    answer = {"code": "not_to_be_kept", "text": _("What was sent holds something that cannot be kept.")}
    return api.create_response(request, answer, status=400)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    answer: dict[str, Any] = {"code": error.code, "text": str(error)}
    if "import_id" in error.facts:
        answer["import_id"] = str(error.facts["import_id"])
    if error.code == "already_booked":
        known: Any = error.facts["appointment"]
        answer["appointment_id"] = str(known.pk)
    if "alternatives" in error.facts:
        found: Any = error.facts["alternatives"]
        answer["alternatives"] = [{"starts_at": each.starts_at, "ends_at": each.ends_at} for each in found]
    return api.create_response(request, answer, status=409)


urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
