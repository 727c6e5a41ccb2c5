"""Promises with a deadline."""

from django.urls import path

from forecourt.faces.staff.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.case_list, name="list"),
    path("<uuid:case_id>/", views.case_page, name="case"),
    path("<uuid:case_id>/<slug:step>/", views.act, name="act"),
]
