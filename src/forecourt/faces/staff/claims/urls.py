"""Papers that customers sent to show that a car is theirs."""

from django.urls import path

from forecourt.faces.staff.claims import views

app_name = "claims"
urlpatterns = [
    path("", views.claim_list, name="list"),
    path("<uuid:claim_id>/", views.claim_page, name="claim"),
    path("<uuid:claim_id>/decide/", views.decide, name="decide"),
]
