"""Job cards: list, page, and what is done on them."""

from django.urls import path

from forecourt.faces.staff.job_cards import deeds, views

app_name = "job_cards"
urlpatterns = [
    path("", views.card_list, name="list"),
    path("<uuid:job_card_id>/", views.card, name="card"),
    path("<uuid:job_card_id>/advance/", deeds.advance, name="advance"),
    path("<uuid:job_card_id>/assign/", deeds.assign, name="assign"),
    path("<uuid:job_card_id>/find/", deeds.find, name="find"),
    path("<uuid:job_card_id>/put/", deeds.put, name="put"),
    path("<uuid:job_card_id>/invoice/", deeds.invoice, name="invoice"),
    path("<uuid:job_card_id>/invoice.pdf", views.invoice_pdf, name="invoice_pdf"),
    path("<uuid:job_card_id>/collect/", deeds.collect, name="collect"),
    path("lines/<uuid:line_id>/start/", deeds.line, {"deed": "start"}, name="start_line"),
    path("lines/<uuid:line_id>/finish/", deeds.line, {"deed": "finish"}, name="finish_line"),
    path("items/<uuid:item_id>/decide/", deeds.decide, name="decide"),
]
