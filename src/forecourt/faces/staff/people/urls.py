"""People who work here, what they may, and how they sign in."""

from django.urls import path

from forecourt.faces.staff.people import member, rights, sign_in, tokens, views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<uuid:staff_invitation_id>/send/", views.send_again, name="send_again"),
    path("invitations/<uuid:staff_invitation_id>/withdraw/", views.withdraw, name="withdraw"),
    path("rights/", rights.table, name="rights"),
    path("rights/adjust/", rights.adjust, name="adjust"),
    path("sign-in/", sign_in.page, name="sign_in"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second_factor"),
    path("sign-in/provider/", sign_in.provider, name="provider"),
    path("sign-in/provider/forget/", sign_in.forget, name="forget_provider"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<uuid:token_id>/end/", tokens.end, name="end_token"),
    path("deputies/<uuid:deputy_id>/end/", member.end_deputy, name="end_deputy"),
    path("<uuid:staff_member_id>/", member.page, name="member"),
    path("<uuid:staff_member_id>/grant/", member.grant, name="grant"),
    path("<uuid:staff_member_id>/deputies/", member.name_deputy, name="name_deputy"),
    path("<uuid:staff_member_id>/leave/", member.leave, name="leave"),
]
