"""Automatic invitations and what they brought."""

from django.urls import path

from forecourt.faces.staff.flows import views

app_name = "flows"
urlpatterns = [
    path("", views.flow_list, name="list"),
    path("<uuid:flow_id>/", views.flow_page, name="flow"),
    path("<uuid:flow_id>/rows/<slug:measure>/", views.rows, name="rows"),
    path("<uuid:flow_id>/start/", views.start, name="start"),
    path("<uuid:flow_id>/stop/", views.stop, name="stop"),
    path("<uuid:flow_id>/run/", views.run, name="run"),
    path("<uuid:flow_id>/settings/", views.settings, name="settings"),
]
