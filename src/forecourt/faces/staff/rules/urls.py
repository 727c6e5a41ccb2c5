"""Kinds of work and rules: what lines of orders mean, and what other rules would make of them."""

from django.urls import path

from forecourt.faces.staff.rules import history, views, writing

app_name = "rules"
urlpatterns = [
    path("", views.kind_list, name="list"),
    path("line/", views.line, name="line"),
    path("reading/", views.reading, name="reading"),
    path("versions/", history.version_list, name="versions"),
    path("versions/<int:rule_version>/restore/", history.restore, name="restore"),
    path("kinds/<str:work_kind>/", views.kind, name="kind"),
    path("kinds/<str:work_kind>/write/", writing.write, name="write"),
]
