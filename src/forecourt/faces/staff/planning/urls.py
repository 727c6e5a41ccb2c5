"""Addresses of this screen."""

from django.urls import URLPattern

app_name = "planning"
urlpatterns: list[URLPattern] = []
