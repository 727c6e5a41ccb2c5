"""Job cards."""

from django.urls import path

from forecourt.faces.staff.job_cards import views

app_name = "job_cards"
urlpatterns = [path("", views.card_list, name="list"), path("<uuid:job_card_id>/", views.card, name="card")]
