"""The address that tells how Forecourt is."""

from django.urls import path

from forecourt.faces.hooks.health import views

urlpatterns = [path("healthz", views.healthz, name="healthz")]
