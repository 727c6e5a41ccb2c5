"""Cars that arrive."""

from django.urls import path

from forecourt.faces.staff.arrivals import views

app_name = "arrivals"
urlpatterns = [
    path("", views.day, name="day"),
    path("<uuid:appointment_id>/check-in/", views.check_in, name="check_in"),
    path("<uuid:job_card_id>/", views.accept, name="accept"),
]
