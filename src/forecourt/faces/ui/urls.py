"""Addresses of the design system itself: theme, language, gallery."""

from django.urls import path

from forecourt.faces.ui import views

app_name = "ui"

urlpatterns = [
    path("ui/theme/", views.choose_theme, name="theme"),
    path("ui/language/", views.choose_language, name="language"),
    path("ui/cards/<slug:card_id>/", views.move_specimen, name="move_specimen"),
    path("ui/", views.gallery, name="gallery"),
]
