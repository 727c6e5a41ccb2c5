"""Segments: whom one could write to, and why."""

from django.urls import path

from forecourt.faces.staff.segments import building, comparing, views

app_name = "segments"
urlpatterns = [
    path("", views.segment_list, name="list"),
    path("new/", building.new, name="new"),
    path("suggested/", building.suggested, name="suggested"),
    path("compare/", comparing.compare, name="compare"),
    path("<uuid:segment_id>/", views.members, name="members"),
    path("<uuid:segment_id>/edit/", building.edit, name="edit"),
    path("<uuid:segment_id>/duplicate/", views.duplicate, name="duplicate"),
    path("<uuid:segment_id>/archive/", views.archive, name="archive"),
    path("<uuid:segment_id>/restore/", views.restore, name="restore"),
    path("<uuid:segment_id>/changes/", comparing.changes, name="changes"),
    path("<uuid:segment_id>/export/", views.export, name="export"),
]
