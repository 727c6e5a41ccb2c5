"""Every address, by face."""

from django.urls import include, path

urlpatterns = [
    path("", include("forecourt.faces.hooks.urls")),
    path("", include("forecourt.faces.ui.urls")),
    path("", include("forecourt.faces.staff.urls")),
    path("", include("forecourt.faces.customer.urls")),
    path("api/v1/", include("forecourt.faces.api.urls")),
]
