"""Reading and changing the dealer's kinds of work."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.catalogue.events import WorkKindChanged
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish


def kinds(codes: Sequence[str]) -> list[WorkKind]:
    """The active kinds with these codes, in the order asked for. Refusal("unknown_work") names those that are not offered."""
    by_code = {kind.code: kind for kind in WorkKind.objects.filter(code__in=codes, is_active=True)}
    missing = [code for code in codes if code not in by_code]
    if missing or not codes:
        raise Refusal("unknown_work", _("This work is not offered here: %(work)s") % {"work": ", ".join(missing) or "–"}, missing=missing)
    return [by_code[code] for code in codes]


def labels(language: str | None = None) -> dict[str, str]:
    """Code to name of every kind, in this language or the current one."""
    shown_in = language or get_language() or "en"
    return {kind.code: kind.label(shown_in) for kind in WorkKind.objects.all()}


@transaction.atomic
def change(
    *,
    actor: Actor,
    code: str,
    minutes: int | None = None,
    price_net: Decimal | None = None,
    skill: str | None = None,
    equipment: str | None = None,
    is_active: bool | None = None,
) -> WorkKind:
    """Change what is given; None leaves it."""
    access.require(actor, "catalogue.edit")
    kind = WorkKind.objects.select_for_update().filter(code=code).first()
    if kind is None:
        raise NotFound
    wanted = {"minutes": minutes, "price_net": price_net, "skill": skill, "equipment": equipment, "is_active": is_active}
    for field, value in wanted.items():
        if value is not None:
            setattr(kind, field, value)
    kind.save()
    publish(WorkKindChanged(code=code), by=actor)
    return kind
