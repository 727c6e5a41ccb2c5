"""Addresses of this screen."""

from django.urls import URLPattern

app_name = "job_cards"
urlpatterns: list[URLPattern] = []
