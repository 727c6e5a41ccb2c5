"""Lines to decide."""

from django.urls import path

from forecourt.faces.staff.lines import views

app_name = "lines"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("decide/", views.decide, name="decide"),
    path("accept/", views.accept, name="accept"),
    path("decided/", views.decided, name="decided"),
    path("decided/<uuid:batch_id>/take-back/", views.take_back, name="take_back"),
    path("learner/", views.switch, name="switch"),
]
