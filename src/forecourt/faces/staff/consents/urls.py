"""What a customer agreed to, with its proof."""

from django.urls import path

from forecourt.faces.staff.consents import views

app_name = "consents"
urlpatterns = [
    path("<uuid:customer_id>/consents/", views.page, name="page"),
    path("<uuid:customer_id>/consents/enter/", views.enter, name="enter"),
]
