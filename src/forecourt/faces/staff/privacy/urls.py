"""What the dealer answers for towards its customers."""

from django.urls import path

from forecourt.faces.staff.privacy import controllers, opt_in, retention, shares

app_name = "privacy"
urlpatterns = [
    path("", retention.page, name="retention"),
    path("shares/", shares.share_list, name="shares"),
    path("shares/new/", shares.new, name="new_share"),
    path("shares/<uuid:share_id>/", shares.page, name="share"),
    path("shares/<uuid:share_id>/end/", shares.end, name="end_share"),
    path("controllers/", controllers.page, name="controllers"),
    path("controllers/<uuid:controller_id>/leave/", controllers.leave, name="leave_controller"),
    path("opt-in/", opt_in.page, name="opt_in"),
    path("opt-in/decide/", opt_in.decide, name="decide_opt_in"),
]
