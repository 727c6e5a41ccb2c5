"""Addresses of customers: one thing each, opened by a signed link or as one's own; and the pages of an account, under `me/`."""

from django.urls import path

from forecourt.faces.customer.adding import views as adding
from forecourt.faces.customer.appointment import views as appointment
from forecourt.faces.customer.booking import views as booking
from forecourt.faces.customer.cars import booking as car_booking
from forecourt.faces.customer.cars import views as cars
from forecourt.faces.customer.drivers import views as drivers
from forecourt.faces.customer.preferences import views as preferences
from forecourt.faces.customer.profile import phone
from forecourt.faces.customer.profile import views as profile
from forecourt.faces.customer.signin import passkeys
from forecourt.faces.customer.signin import views as signin
from forecourt.faces.customer.survey import views as survey
from forecourt.faces.customer.visit import views as visit

_CAR = "me/cars/<uuid:link_id>/<uuid:vehicle_id>/"

urlpatterns = [
    path("b/<str:token>/", booking.page, name="customer_booking"),
    path("b/<str:token>/not-mine/", booking.not_mine, name="customer_not_mine"),
    path("a/<str:token>/", appointment.page, name="customer_appointment"),
    path("a/<str:token>/move/", appointment.move, name="customer_move"),
    path("a/<str:token>/cancel/", appointment.cancel, name="customer_cancel"),
    path("a/<str:token>/add/", appointment.add, name="customer_add"),
    path("a/<str:token>/calendar.ics", appointment.calendar, name="customer_calendar"),
    path("v/<str:token>/", visit.page, name="customer_visit"),
    path("v/<str:token>/decide/", visit.decide, name="customer_decide"),
    path("v/<str:token>/invoice.pdf", visit.invoice, name="customer_invoice"),
    path("v/<str:token>/live/", visit.renew, name="customer_live"),
    path("s/<str:token>/", survey.page, name="customer_survey"),
    path("p/<str:token>/", preferences.page, name="customer_preferences"),
    path("c/<str:token>/", preferences.confirm, name="customer_consent_confirm"),
    path("j/<str:token>/", adding.join, name="customer_join"),
    path("me/", cars.cars, name="me_cars"),
    path("me/sign-in/", signin.sign_in, name="me_sign_in"),
    path("me/sign-in/passkey/", passkeys.sign_in, name="me_passkey"),
    path("me/sign-in/<uuid:proof_id>/", signin.code, name="me_code"),
    path("me/sign-in/link/<str:secret>/", signin.link, name="me_link"),
    path("me/sign-out/", signin.sign_out, name="me_sign_out"),
    path(_CAR, cars.car, name="me_car"),
    path(f"{_CAR}book/", car_booking.book, name="me_book"),
    path(f"{_CAR}leave/", cars.leave, name="me_leave"),
    path(f"{_CAR}drivers/", drivers.page, name="me_drivers"),
    path(f"{_CAR}drivers/<uuid:driver_link_id>/end/", drivers.end, name="me_driver_end"),
    path(f"{_CAR}drivers/invitations/<uuid:driver_invitation_id>/withdraw/", drivers.withdraw, name="me_driver_withdraw"),
    path("me/invitations/<str:secret>/", drivers.invitation, name="me_invitation"),
    path("me/add/", adding.page, name="me_add"),
    path("me/add/code/", adding.by_code, name="me_add_code"),
    path("me/add/papers/", adding.by_papers, name="me_add_papers"),
    path("me/profile/", profile.page, name="me_profile"),
    path("me/profile/address/", profile.address, name="me_address"),
    path("me/profile/address/confirm/", profile.confirm, name="me_address_confirm"),
    path("me/profile/phone/", phone.add, name="me_phone"),
    path("me/profile/phone/confirm/", phone.confirm, name="me_phone_confirm"),
    path("me/profile/phone/take/", phone.take, name="me_phone_take"),
    path("me/profile/phone/remove/", phone.remove, name="me_phone_remove"),
    path("me/profile/passkeys/", passkeys.make, name="me_passkeys"),
    path("me/profile/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="me_passkey_remove"),
    path("me/profile/devices/<uuid:device_id>/end/", profile.end_device, name="me_device_end"),
    path("me/profile/devices/end/", profile.end_devices, name="me_devices_end"),
]
