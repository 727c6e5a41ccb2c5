"""One car and everything known about it."""

from django.urls import path

from forecourt.faces.staff.vehicles import changing, orders, views

app_name = "vehicles"
urlpatterns = [
    path("<uuid:vehicle_id>/", views.vehicle_page, name="vehicle"),
    path("<uuid:vehicle_id>/edit/", changing.edit, name="edit"),
    path("corrections/<uuid:vehicle_correction_id>/release/", changing.release, name="release"),
    path("orders/<uuid:visit_id>/", orders.edit, name="order"),
    path("orders/corrections/<uuid:visit_correction_id>/release/", orders.release, name="release_order"),
]
