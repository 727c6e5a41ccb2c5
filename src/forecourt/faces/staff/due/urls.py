"""Addresses of this screen."""

from django.urls import URLPattern

app_name = "due"
urlpatterns: list[URLPattern] = []
