"""Support looking in."""

from django.urls import path

from forecourt.faces.staff.support import views

app_name = "support"
urlpatterns = [
    path("", views.visits, name="visits"),
    path("over/", views.over, name="over"),
    path("end/", views.end, name="end"),
    path("<uuid:support_visit_id>/stop/", views.stop, name="stop"),
    path("begin/<str:token>/", views.begin, name="begin"),
]
