"""Addresses of this screen."""

from django.urls import URLPattern

app_name = "cases"
urlpatterns: list[URLPattern] = []
