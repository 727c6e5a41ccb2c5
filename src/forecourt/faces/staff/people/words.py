"""Rights in words. Each has its line here; a test sees to it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: Final[dict[str, str | Promise]] = {
    "accounts": _("Accounts and programs"), "audience": _("Due work and segments"), "care": _("Questions after a visit"), "cases": _("Cases"),
    "catalogue": _("Kinds of work"), "dealership": _("The dealership"), "exchange": _("Connections"), "history": _("Visits"), "intake": _("Imports"),
    "marketing": _("Flows"), "messaging": _("Messages"), "people": _("Customers"), "staff": _("Coming in"), "vehicles": _("Cars"),
    "workshop": _("Workshop"),
}  # fmt: skip
RIGHTS: Final[dict[str, str | Promise]] = {
    "accounts.manage_tokens": _("Make and end tokens for programs"),
    "accounts.check_papers": _("Check papers of cars"),
    "accounts.give_code": _("Give a customer the code for a car"),
    "audience.edit_segments": _("Make and change segments"),
    "audience.export_segments": _("Take the members of a segment as a file"),
    "audience.decide_lines": _("Decide what lines of work are that no rule understands"),
    "audience.edit_rules": _("Change how lines of work are understood"),
    "audience.refresh": _("Work out anew what is due"),
    "audience.see_due": _("See what is due"),
    "audience.see_segments": _("See segments and who is in them"),
    "audience.see_rules": _("See how lines of work are understood"),
    "care.answer": _("Answer after a visit"),
    "care.see_answers": _("See answers after a visit"),
    "cases.open_case": _("Open a case"),
    "cases.see_cases": _("See cases"),
    "cases.work_on_case": _("Work on a case"),
    "catalogue.edit": _("Change kinds of work and prices"),
    "catalogue.see": _("See kinds of work and prices"),
    "dealership.export_trail": _("Take a copy of the audit trail"),
    "dealership.manage_bays": _("Change bays"),
    "dealership.manage_rights": _("Change rights and name deputies"),
    "dealership.manage_sign_in": _("Decide how staff sign in"),
    "dealership.manage_staff": _("Invite staff and let them go"),
    "dealership.see_trail": _("See the audit trail"),
    "dealership.see": _("See the dealership's set-up"),
    "dealership.set_up": _("Set the dealership up"),
    "exchange.manage": _("Connect programs and renew their secrets"),
    "history.see_visit": _("See past visits"),
    "intake.manage_sources": _("Set up where files are fetched"),
    "intake.run_imports": _("Import files"),
    "intake.see_imports": _("See imports"),
    "marketing.answer_invitation": _("Answer an invitation for a customer"),
    "marketing.edit_flow": _("Change flows"),
    "marketing.run_flow": _("Run flows"),
    "marketing.see_flows": _("See flows"),
    "messaging.release": _("Decide on messages that wait"),
    "messaging.see": _("See messages"),
    "people.choose_language": _("Choose the language of a customer"),
    "people.edit_customer": _("Change customers"),
    "people.enter_consent": _("Enter consent"),
    "people.erase": _("Erase a person"),
    "people.manage_controllers": _("Change who decides on data"),
    "people.manage_shares": _("Record shares between controllers"),
    "people.merge": _("Merge customers and take it back"),
    "people.see_consent": _("See consent"),
    "people.see_lookers": _("See who looked at a person"),
    "people.see_retention": _("See how long things are kept"),
    "people.set_consent_rules": _("Set the rules of consent"),
    "people.see_customer": _("See customers"),
    "people.take_out": _("Hand out what is known of a person"),
    "staff.come_in": _("Come in at all"),
    "vehicles.edit_vehicle": _("Change cars"),
    "vehicles.end_holding": _("Say that a car changed hands"),
    "vehicles.merge": _("Merge cars and take it back"),
    "vehicles.read_odometer": _("Enter mileages"),
    "vehicles.see_vehicle": _("See cars"),
    "workshop.accept": _("Accept a car"),
    "workshop.add_finding": _("Add a finding"),
    "workshop.advance_stage": _("Move a job card on"),
    "workshop.book": _("Book appointments"),
    "workshop.cancel_appointment": _("Cancel appointments"),
    "workshop.check_in": _("Check in arrivals"),
    "workshop.collect": _("Hand a car over"),
    "workshop.decide": _("Decide on an estimate"),
    "workshop.decide_for_customer": _("Enter a customer's decision"),
    "workshop.invoice": _("Write invoices"),
    "workshop.miss_appointment": _("Note who did not come"),
    "workshop.move_appointment": _("Move appointments"),
    "workshop.quality_check": _("Check quality"),
    "workshop.see_board": _("See the board"),
    "workshop.see_job_card": _("See job cards"),
    "workshop.work_on_line": _("Work on a car"),
}


def right_name(right: str) -> str:
    return str(RIGHTS.get(right, right))


def group_name(right: str) -> str:
    room = right.partition(".")[0]
    return str(GROUPS.get(room, room))
