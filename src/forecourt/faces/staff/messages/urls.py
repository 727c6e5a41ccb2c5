"""Messages that wait for a decision."""

from django.urls import path

from forecourt.faces.staff.messages import views

app_name = "messages"
urlpatterns = [
    path("", views.waiting, name="list"),
    path("send/", views.send_several, name="send_several"),
    path("drop/", views.drop_several, name="drop_several"),
    path("<uuid:message_id>/send/", views.send, name="send"),
    path("<uuid:message_id>/drop/", views.drop, name="drop"),
]
