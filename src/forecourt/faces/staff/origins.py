"""Where one record came from, in a line on its own page: the import that made it and the last one that changed it."""

from dataclasses import dataclass

from forecourt.engines.intake.models import Import
from forecourt.faces.staff.door import StaffRequest
from forecourt.runtime import access
from forecourt.runtime.origins import Origin


@dataclass(frozen=True)
class Told:
    """One of the two."""

    by: Import
    is_open: bool  # to whoever asks


def told(request: StaffRequest, thing: Origin) -> dict[str, Told]:
    """Under "brought" and "changed", as far as an import did it."""
    numbers = {name: number for name, number in (("brought", thing.brought_by), ("changed", thing.changed_by)) if number}
    if not numbers:
        return {}
    may_see = access.may(request.actor, "intake.see_imports")
    imports = {
        each.number: Told(each, may_see and (each.site_id is None or request.actor.may_act_at(each.site_id)))
        for each in Import.objects.filter(number__in=numbers.values()).only("number", "site_id", "finished_at")
    }
    return {name: imports[number] for name, number in numbers.items() if number in imports}
