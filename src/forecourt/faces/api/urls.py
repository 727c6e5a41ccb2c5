"""The REST API at `/api/v1/`, described at `/api/v1/openapi.json`."""

from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from forecourt.faces.api import appointments, customers, imports, job_cards, problems, slots, told, vehicles
from forecourt.faces.api.door import Token

api = NinjaAPI(
    title="Forecourt",
    version="1",
    description="Customers, vehicles, free slots, appointments, job cards and imports of one dealer; and what programs outside are told (`webhooks`).",
    auth=Token(),
    servers=[{"url": "/"}],  # the paths are whole, and a document that is carried elsewhere names no machine
    urls_namespace="api",
    docs_url=None,
    openapi_extra={"webhooks": told.document()},
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
problems.answer_with(api)

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
