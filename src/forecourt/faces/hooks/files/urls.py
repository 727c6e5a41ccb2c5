"""Where stored files are served."""

from django.urls import path

from forecourt.faces.hooks.files import views

app_name = "files"
urlpatterns = [path("files/<str:token>", views.serve, name="serve")]
