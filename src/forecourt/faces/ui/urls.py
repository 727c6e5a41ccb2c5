"""Addresses of the design system itself: theme, language, gallery."""

from django.urls import path

from forecourt.faces.ui import views

app_name = "ui"

urlpatterns = [
    path("theme/", views.choose_theme, name="theme"),
    path("language/", views.choose_language, name="language"),
    path("", views.gallery, name="gallery"),
]
