"""Taking somebody's place for as long as one stands in for them, and coming back to oneself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forecourt.faces.staff.door import IN_PLACE_OF, StaffRequest, door
from forecourt.faces.staff.signin.confirming import oneself
from forecourt.faces.ui import asked
from forecourt.records.dealership import deputies
from forecourt.runtime import audit
from forecourt.runtime.live import fragments


@require_POST
@door("staff.come_in")
@oneself
def act_for(request: StaffRequest) -> HttpResponse:
    """Act in the place of a colleague who named me, or (without one) as myself again."""
    absent_id = asked.identifier(request.POST.get("colleague", ""))
    request.session.pop(IN_PLACE_OF, None)
    fragments.rights_changed([request.session.session_key or ""])
    if absent_id is None:
        return redirect("staff_home")
    absent = deputies.place_of(request.staff.pk, absent_id)
    request.session[IN_PLACE_OF] = str(absent.pk)
    audit.record(by=request.actor, act="place_taken", object_kind="staff_member", object_id=absent.pk)
    messages.info(request, _("You now act for %(name)s.") % {"name": absent.name})
    return redirect("staff_home")
