"""What each act of the audit trail is called, and the kinds by which one asks for them. Each act has its line here; a test sees to it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Final[dict[str, str | Promise]] = {
    "read.appointment": _("Looked at an appointment"),
    "read.appointments": _("Saw a list of appointments"),
    "read.arrivals": _("Saw today's arrivals"),
    "read.board": _("Saw the planning board"),
    "read.case": _("Looked at a case"),
    "read.cases": _("Saw the list of cases"),
    "read.consents": _("Looked at the consents of a customer"),
    "read.customer": _("Looked at a customer"),
    "read.customers": _("Saw a list of customers"),
    "read.due": _("Saw the due list"),
    "read.due_work": _("Looked at why a car is due"),
    "read.duplicates": _("Looked at two records that may be one person"),
    "read.export.rejected_rows": _("Took a file of rejected rows"),
    "read.export.segment": _("Took the members of a segment"),
    "read.export.trail": _("Took a copy of the audit trail"),
    "read.flow_rows": _("Saw whom a flow writes to"),
    "read.import_rows": _("Saw rows of a file that were not taken"),
    "read.invoice": _("Opened an invoice"),
    "read.job_card": _("Looked at a job card"),
    "read.job_cards": _("Saw a list of job cards"),
    "read.messages": _("Saw messages that wait"),
    "read.paper": _("Looked at the papers of a car"),
    "read.papers": _("Saw the list of papers to check"),
    "read.segment": _("Saw the members of a segment"),
    "read.share": _("Looked at a share between controllers"),
    "read.trail": _("Saw the audit trail"),
    "read.vehicle": _("Looked at a car"),
    "read.vehicles": _("Saw a list of cars"),
    "audience.rules_changed": _("Changed the rules for reading job lines"),
    "car_claim_approved": _("Approved the papers of a car"),
    "car_claim_rejected": _("Rejected the papers of a car"),
    "dealer_code_given": _("Gave a customer a code"),
    "deputy_ended": _("Ended that somebody stands in"),
    "deputy_named": _("Let somebody stand in"),
    "exchange.inlet_made": _("Opened a door for files of a program"),
    "exchange.inlet_paused": _("Closed a door for files"),
    "exchange.inlet_removed": _("Removed a door for files"),
    "exchange.inlet_resumed": _("Opened a door for files again"),
    "exchange.inlet_secret": _("Made a new secret for a door"),
    "exchange.sent_again": _("Had a program told once more"),
    "exchange.subscription_changed": _("Changed what a program is told"),
    "exchange.subscription_made": _("Connected a program"),
    "exchange.subscription_paused": _("Paused a program"),
    "exchange.subscription_removed": _("Removed a program"),
    "exchange.subscription_resumed": _("Let a program go on"),
    "exchange.subscription_secret": _("Made a new secret for a program"),
    "identity_joined": _("Came in by the sign-in of the house for the first time"),
    "identity_provider_forgotten": _("Removed the sign-in of the house"),
    "identity_provider_set": _("Set up the sign-in of the house"),
    "invitation_accepted": _("Accepted an invitation"),
    "messaging.give_up": _("Gave up a message"),
    "messaging.send_again": _("Sent a message again"),
    "papers_seen": _("Opened the papers of a car"),
    "people.archive_fetched": _("Fetched the archive of a person"),
    "people.archive_requested": _("Asked for the archive of a person"),
    "people.asked_again": _("Took back that two records are two people"),
    "people.consent_rule_set": _("Decided when consents are confirmed"),
    "people.controller_added": _("Added who decides on data"),
    "people.controller_left": _("Removed who decides on data"),
    "people.erased": _("Erased a person"),
    "people.erasure_requested": _("Asked to erase a person"),
    "people.erasure_withdrawn": _("Called off an erasure"),
    "people.merge_policy": _("Decided whether clear pairs merge by themselves"),
    "people.merge_undone": _("Undid a merge"),
    "people.merged": _("Merged two records"),
    "people.person_returned": _("Let an erased person be a customer again"),
    "people.retention_carried_out": _("Took away what was past its time"),
    "people.seen_by_share": _("Saw a customer by a share"),
    "people.share_ended": _("Ended a share between controllers"),
    "people.share_recorded": _("Recorded a share between controllers"),
    "people.told_apart": _("Said that two records are two people"),
    "password_set_anew": _("Set a forgotten password anew"),
    "place_taken": _("Began to act in the place of"),
    "right_granted": _("Gave a powerful right"),
    "right_taken": _("Took a powerful right back"),
    "right_used": _("Used a powerful right"),
    "role_adjusted": _("Changed what a role may"),
    "sign_in_rules_changed": _("Changed how staff sign in"),
    "staff_changed": _("Changed role or sites"),
    "staff_left": _("Entered that somebody left"),
    "support_began": _("Support came in"),
    "support_ended": _("Support ended"),
    "support_invited": _("A link for support was made"),
    "token_created": _("Made a token for a program"),
    "token_ended": _("Ended a token of a program"),
}
KINDS: Final[dict[str, tuple[str | Promise, tuple[str, ...]]]] = {
    "looks": (_("Looking and lists"), ("read.", "papers_seen")),
    "exports": (_("Files and archives taken"), ("read.export.", "people.archive_")),
    "customers": (_("Customers and papers"), ("people.", "car_claim_", "dealer_code_")),
    "rights": (
        _("Rights, staff and sign-in"),
        ("right_", "role_", "staff_", "invitation_", "deputy_", "place_", "identity_", "sign_in_", "token_", "password_"),
    ),
    "messages": (_("Messages"), ("messaging.",)),
    "connections": (_("Connections"), ("exchange.", "token_")),
    "support": (_("Support"), ("support_",)),
}
"""Label and how the acts begin. `support` also means whatever was done during a visit of support."""

WAYS: Final[dict[str, str | Promise]] = {
    "session": _("signed in"),
    "token": _("with a token"),
    "command": _("on the operator's machine"),
    "demo": _("the demo"),
    "hook": _("by a signed door"),
    "link": _("by a link in a message"),
    "account": _("with their account"),
    "deputy": _("standing in"),
    "support": _("support"),
    "upgrade": _("by an upgrade of Forecourt"),
}


def act_name(act: str) -> str:
    return str(ACTS.get(act, act))


def way_name(via: str) -> str:
    """How somebody came in, without the ids; what has no word came about by itself."""
    return str(WAYS.get(via.partition(":")[0], _("by itself")))
