"""Records that may be one person, or one car."""

from django.urls import path

from forecourt.faces.staff.duplicates import cars, views

app_name = "duplicates"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("look/", views.look, name="look"),
    path("policy/", views.policy, name="policy"),
    path("<uuid:likeness_id>/merge/", views.merge, name="merge"),
    path("<uuid:likeness_id>/different/", views.different, name="different"),
    path("<uuid:likeness_id>/ask-again/", views.ask_again, name="ask_again"),
    path("merges/<uuid:merge_id>/undo/", views.undo, name="undo"),
    path("cars/", cars.queue, name="cars"),
    path("cars/look/", cars.look, name="look_at_cars"),
    path("cars/<uuid:vehicle_likeness_id>/merge/", cars.merge, name="merge_cars"),
    path("cars/<uuid:vehicle_likeness_id>/different/", cars.different, name="different_cars"),
    path("cars/<uuid:vehicle_likeness_id>/ask-again/", cars.ask_again, name="ask_again_car"),
    path("cars/merges/<uuid:vehicle_merge_id>/undo/", cars.undo, name="undo_car"),
]
