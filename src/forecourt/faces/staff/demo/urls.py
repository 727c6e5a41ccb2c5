"""Looking around in the demo."""

from django.urls import path

from forecourt.faces.staff.demo import views

app_name = "demo"
urlpatterns = [path("", views.page, name="page"), path("sign-in/", views.sign_in, name="sign_in")]
