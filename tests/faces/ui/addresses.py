"""Only the addresses of the design system, so that its tests stand on nothing above it."""

from django.urls import include, path

urlpatterns = [path("", include("forecourt.faces.ui.urls"))]
