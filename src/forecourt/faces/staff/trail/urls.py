"""The audit trail: who did or looked at what, when and how."""

from django.urls import path

from forecourt.faces.staff.trail import views

app_name = "trail"
urlpatterns = [
    path("", views.trail, name="list"),
    path("check/", views.check, name="check"),
    path("export/", views.export, name="export"),
]
