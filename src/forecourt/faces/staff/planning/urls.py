"""The planning board, moving and booking, an appointment."""

from django.urls import path

from forecourt.faces.staff.planning import appointment, booking, moving, views

app_name = "planning"
urlpatterns = [
    path("", views.day, name="day"),
    path("new/", booking.new, name="new"),
    path("<uuid:appointment_id>/", appointment.page, name="appointment"),
    path("<uuid:appointment_id>/move/", moving.move, name="move"),
    path("<uuid:appointment_id>/move/form/", moving.move_form, name="move_form"),
    path("<uuid:appointment_id>/cancel/", appointment.cancel, name="cancel"),
    path("<uuid:appointment_id>/missed/", appointment.missed, name="missed"),
    path("<uuid:appointment_id>/add/", appointment.add, name="add"),
]
