"""Programs that we tell, and doors for those that send us files."""

from django.urls import path

from forecourt.faces.staff.connections import doors, views

app_name = "connections"
urlpatterns = [
    path("", views.connection_list, name="list"),
    path("new/", views.new, name="new"),
    path("doors/new/", doors.new, name="new_inlet"),
    path("doors/<uuid:inlet_id>/", doors.show, name="inlet"),
    path("doors/<uuid:inlet_id>/secret/", doors.secret, name="inlet_secret"),
    path("doors/<uuid:inlet_id>/close/", doors.close, name="close_inlet"),
    path("doors/<uuid:inlet_id>/reopen/", doors.reopen, name="reopen_inlet"),
    path("doors/<uuid:inlet_id>/remove/", doors.remove, name="remove_inlet"),
    path("deliveries/<uuid:delivery_id>/again/", views.send_again, name="send_again"),
    path("<uuid:subscription_id>/", views.show, name="show"),
    path("<uuid:subscription_id>/change/", views.change, name="change"),
    path("<uuid:subscription_id>/secret/", views.secret, name="secret"),
    path("<uuid:subscription_id>/pause/", views.pause, name="pause"),
    path("<uuid:subscription_id>/resume/", views.resume, name="resume"),
    path("<uuid:subscription_id>/test/", views.try_out, name="try_out"),
    path("<uuid:subscription_id>/again/", views.send_parked_again, name="send_parked_again"),
    path("<uuid:subscription_id>/remove/", views.remove, name="remove"),
]
