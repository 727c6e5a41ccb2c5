"""Records that may be one person."""

from django.urls import path

from forecourt.faces.staff.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("look/", views.look, name="look"),
    path("policy/", views.policy, name="policy"),
    path("<uuid:likeness_id>/merge/", views.merge, name="merge"),
    path("<uuid:likeness_id>/different/", views.different, name="different"),
    path("<uuid:likeness_id>/ask-again/", views.ask_again, name="ask_again"),
    path("merges/<uuid:merge_id>/undo/", views.undo, name="undo"),
]
