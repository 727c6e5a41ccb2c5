"""Where programs hand in files."""

from django.urls import path

from forecourt.faces.hooks.inlets import views

app_name = "inlets"
urlpatterns = [path("hooks/in/<uuid:inlet_id>/", views.receive, name="receive")]
