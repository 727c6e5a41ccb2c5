"""What the dealer's counsel decided about confirming consents by e-mail, for the whole house: as the country asks, always, or never."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, get_args

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Organisation
from forecourt.records.people.consent import terms
from forecourt.records.people.events import ConsentRuleSet
from forecourt.records.people.models import ConsentRule, Customer
from forecourt.runtime import access, audit, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

CHOICES: Final[tuple[str, ...]] = get_args(terms.DoubleOptIn)


@dataclass(frozen=True)
class Country:
    """Where customers live; "" stands for those of whom it is not known, who count as living where the dealer is."""

    code: str
    customers: int
    asks: bool


def chosen() -> str:
    """The rule that holds; `by_country` until somebody decides."""
    return ConsentRule.objects.values_list("double_opt_in", flat=True).first() or "by_country"


@transaction.atomic
def decide(*, actor: Actor, double_opt_in: str) -> str:
    """The rule from now on, for consents already in the ledger too; returns what held before. Refusal("unknown_rule")."""
    access.require(actor, "people.set_consent_rules")
    if double_opt_in not in CHOICES:
        raise Refusal("unknown_rule", _("There is no such rule."))
    rule, _made = ConsentRule.objects.select_for_update().get_or_create()
    before = rule.double_opt_in
    if before != double_opt_in:
        rule.double_opt_in = double_opt_in
        rule.save(update_fields=["double_opt_in"])
        audit.record(
            by=actor, act="people.consent_rule_set", object_kind="consent_rule", object_id=rule.pk, before=before, after=double_opt_in
        )
        publish(ConsentRuleSet(rule_id=rule.pk, double_opt_in=double_opt_in), by=actor)
    return before


def countries(*, rule: str, at_most: int = 40) -> Collection[Country]:
    """The countries of customers, the most first, and whether advertising by e-mail needs a confirmation there under a rule."""
    home = Organisation.objects.filter(pk=scope.organisation_id()).values_list("country", flat=True).first() or ""
    people = Customer.objects.filter(merged_into=None).exclude(kind="internal")
    rows = people.values("country").annotate(customers=Count("pk")).order_by("-customers", "country")[:at_most]
    return [Country(row["country"], row["customers"], _asks(row["country"] or home, rule)) for row in rows]


def _asks(country: str, rule: str) -> bool:
    return terms.needs_double_opt_in(purpose="offers", channel="email", country=country, rule=rule)
