"""Addresses of customers: each opens with a signed link."""

from django.urls import path

from forecourt.faces.customer.appointment import views as appointment
from forecourt.faces.customer.booking import views as booking
from forecourt.faces.customer.survey import views as survey
from forecourt.faces.customer.visit import views as visit

urlpatterns = [
    path("b/<str:token>/", booking.page, name="customer_booking"),
    path("b/<str:token>/not-mine/", booking.not_mine, name="customer_not_mine"),
    path("a/<str:token>/", appointment.page, name="customer_appointment"),
    path("a/<str:token>/move/", appointment.move, name="customer_move"),
    path("a/<str:token>/cancel/", appointment.cancel, name="customer_cancel"),
    path("a/<str:token>/add/", appointment.add, name="customer_add"),
    path("a/<str:token>/calendar.ics", appointment.calendar, name="customer_calendar"),
    path("v/<str:token>/", visit.page, name="customer_visit"),
    path("v/<str:token>/decide/", visit.decide, name="customer_decide"),
    path("v/<str:token>/invoice.pdf", visit.invoice, name="customer_invoice"),
    path("v/<str:token>/live/", visit.renew, name="customer_live"),
    path("s/<str:token>/", survey.page, name="customer_survey"),
]
