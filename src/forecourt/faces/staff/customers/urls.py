"""Customers and everything known about each."""

from django.urls import path

from forecourt.faces.staff.customers import changing, codes, entering, views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("new/", entering.new, name="new"),
    path("<uuid:customer_id>/", views.customer_page, name="customer"),
    path("<uuid:customer_id>/edit/", changing.edit, name="edit"),
    path("corrections/<uuid:customer_correction_id>/release/", changing.release, name="release"),
    path("<uuid:customer_id>/code/", codes.give, name="code"),
    path("<uuid:customer_id>/erase/", views.erase, name="erase"),
    path("<uuid:customer_id>/take-out/", views.take_out, name="take_out"),
    path("archives/<uuid:takeout_id>/", views.archive, name="archive"),
    path("erasures/<uuid:erasure_id>/keep/", views.keep, name="keep"),
]
