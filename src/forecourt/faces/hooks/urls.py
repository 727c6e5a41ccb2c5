"""Addresses of this face."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("forecourt.faces.hooks.health.urls")),
    path("", include("forecourt.faces.hooks.files.urls")),
    path("", include("forecourt.faces.hooks.inlets.urls")),
    path("", include("forecourt.faces.hooks.mailbox.urls")),
    path("", include("forecourt.faces.hooks.texts.urls")),
    path("", include("forecourt.faces.hooks.unsubscribe.urls")),
]
