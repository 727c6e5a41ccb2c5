"""Where a gateway tells what became of a text message."""

from django.urls import path

from forecourt.faces.hooks.texts import views

app_name = "texts"
urlpatterns = [path("hooks/texts/<uuid:letter_id>/", views.told, name="told")]
