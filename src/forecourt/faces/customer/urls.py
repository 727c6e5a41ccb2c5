"""Addresses of customers: each opens with a signed link."""

from django.urls import path

from forecourt.faces.customer.appointment import views as appointment

urlpatterns = [
    path("a/<str:token>/", appointment.page, name="customer_appointment"),
    path("a/<str:token>/move/", appointment.move, name="customer_move"),
    path("a/<str:token>/cancel/", appointment.cancel, name="customer_cancel"),
    path("a/<str:token>/add/", appointment.add, name="customer_add"),
    path("a/<str:token>/calendar.ics", appointment.calendar, name="customer_calendar"),
]
