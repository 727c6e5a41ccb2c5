"""How I sign in, my devices, and acting for a colleague."""

from django.urls import path

from forecourt.faces.staff.own import standing, views

app_name = "own"
urlpatterns = [
    path("", views.security, name="security"),
    path("password/", views.set_password, name="password"),
    path("app/", views.app, name="app"),
    path("codes/", views.recovery_codes, name="codes"),
    path("passkey/", views.passkey, name="passkey"),
    path("remove/", views.remove_factor, name="remove"),
    path("devices/end/", views.end_device, name="end_device"),
    path("devices/end-all/", views.end_all_devices, name="end_all_devices"),
    path("confirm/", views.confirm, name="confirm"),
    path("confirm/options/", views.confirm_options, name="confirm_options"),
    path("act-for/", standing.act_for, name="act_for"),
]
