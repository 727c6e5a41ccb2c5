"""Addresses of this screen."""

from django.urls import URLPattern

app_name = "arrivals"
urlpatterns: list[URLPattern] = []
