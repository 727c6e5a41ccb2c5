"""One car and everything known about it."""

from django.urls import path

from forecourt.faces.staff.vehicles import views

app_name = "vehicles"
urlpatterns = [path("<uuid:vehicle_id>/", views.vehicle_page, name="vehicle")]
