"""Customers and everything known about each."""

from django.urls import path

from forecourt.faces.staff.customers import codes, views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("<uuid:customer_id>/", views.customer_page, name="customer"),
    path("<uuid:customer_id>/code/", codes.give, name="code"),
]
