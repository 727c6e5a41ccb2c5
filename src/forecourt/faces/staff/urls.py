"""Addresses of staff: one folder a screen."""

from django.urls import include, path

from forecourt.faces.staff.home import views as home
from forecourt.faces.staff.signin import forgotten, house, join
from forecourt.faces.staff.signin import views as signin

urlpatterns = [
    path("", home.front, name="front"),
    path("signin/", signin.SignIn.as_view(), name="account_login"),
    path("signin/second-factor/", signin.SecondFactor.as_view(), name="mfa_authenticate"),
    path("signin/passkey/", signin.passkey, name="mfa_login_webauthn"),
    path("signin/house/", house.find, name="house_find"),
    path("signin/house/back/", house.callback, name="house_callback"),
    path("signin/house/<slug:slug>/", house.go, name="house_sign_in"),
    path("signin/forgotten/", forgotten.ask, name="staff_forgotten"),
    path("signin/forgotten/sent/", forgotten.sent, name="staff_forgotten_sent"),
    path("signin/forgotten/changed/", forgotten.changed, name="staff_password_changed"),
    path("signin/forgotten/<uuid:account_id>/<str:secret>/", forgotten.choose, name="staff_choose_password"),
    path("join/<str:token>/", join.page, name="staff_join"),
    path("join/<str:token>/passkey/", join.passkey_options, name="staff_join_passkey"),
    path("signout/", signin.SignOut.as_view(), name="account_logout"),
    path("signup/", signin.invited_only, name="account_signup"),
    path("demo/", include("forecourt.faces.staff.demo.urls")),
    path("staff/", home.home, name="staff_home"),
    path("staff/site/", home.choose_site, name="staff_site"),
    path("staff/live/", home.renew_live, name="staff_live"),
    path("staff/board/", include("forecourt.faces.staff.planning.urls")),
    path("staff/arrivals/", include("forecourt.faces.staff.arrivals.urls")),
    path("staff/job-cards/", include("forecourt.faces.staff.job_cards.urls")),
    path("staff/due/", include("forecourt.faces.staff.due.urls")),
    path("staff/lines/", include("forecourt.faces.staff.lines.urls")),
    path("staff/segments/", include("forecourt.faces.staff.segments.urls")),
    path("staff/rules/", include("forecourt.faces.staff.rules.urls")),
    path("staff/flows/", include("forecourt.faces.staff.flows.urls")),
    path("staff/cases/", include("forecourt.faces.staff.cases.urls")),
    path("staff/messages/", include("forecourt.faces.staff.messages.urls")),
    path("staff/customers/duplicates/", include("forecourt.faces.staff.duplicates.urls")),
    path("staff/customers/", include("forecourt.faces.staff.customers.urls")),
    path("staff/customers/", include("forecourt.faces.staff.consents.urls")),
    path("staff/papers/", include("forecourt.faces.staff.claims.urls")),
    path("staff/vehicles/", include("forecourt.faces.staff.vehicles.urls")),
    path("staff/own/", include("forecourt.faces.staff.own.urls")),
    path("staff/people/", include("forecourt.faces.staff.people.urls")),
    path("staff/support/", include("forecourt.faces.staff.support.urls")),
    path("staff/trail/", include("forecourt.faces.staff.trail.urls")),
    path("staff/privacy/", include("forecourt.faces.staff.privacy.urls")),
    path("staff/connections/", include("forecourt.faces.staff.connections.urls")),
    path("staff/imports/sources/", include("forecourt.faces.staff.sources.urls")),
    path("staff/imports/", include("forecourt.faces.staff.imports.urls")),
]
