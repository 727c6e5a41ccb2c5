"""Places from which files are fetched."""

from django.urls import path

from forecourt.faces.staff.sources import views

app_name = "sources"
urlpatterns = [
    path("", views.source_list, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:source_id>/", views.show, name="show"),
    path("<uuid:source_id>/state/", views.state, name="state"),
    path("<uuid:source_id>/change/", views.change, name="change"),
    path("<uuid:source_id>/look/", views.look, name="look"),
    path("<uuid:source_id>/try/", views.try_out, name="try_out"),
    path("<uuid:source_id>/pause/", views.pause, name="pause"),
    path("<uuid:source_id>/resume/", views.resume, name="resume"),
    path("<uuid:source_id>/remove/", views.remove, name="remove"),
]
