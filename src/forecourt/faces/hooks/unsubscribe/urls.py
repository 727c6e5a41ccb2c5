"""Where the way out of marketing mail leads."""

from django.urls import path

from forecourt.faces.hooks.unsubscribe import views

app_name = "unsubscribe"
urlpatterns = [path("unsubscribe/<str:token>", views.unsubscribe, name="unsubscribe")]
