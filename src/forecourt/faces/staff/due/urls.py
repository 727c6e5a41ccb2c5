"""Who is due."""

from django.urls import path

from forecourt.faces.staff.due import views

app_name = "due"
urlpatterns = [
    path("", views.due_list, name="list"),
    path("refresh/", views.refresh, name="refresh"),
    path("state/", views.state, name="state"),
    path("experience/", views.experience, name="experience"),
    path("<uuid:due_work_id>/", views.why, name="why"),
]
