"""The kinds of work that every dealer starts with, declared as data; each dealer changes its own rows afterwards.

Times and intervals are the defaults of requirement W12 where it names one (oil 15,000 km or 12 months, service 20,000 km or 24 months)
and customary values otherwise. Prices are net, in the currency of the site's legal entity. `skill` is what the technician must have,
`equipment` what must stand in the bay.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from forecourt.records.catalogue.events import StandardWorkInstalled
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish

Names = tuple[str, str, str, str, str]
_LANGUAGES = ("en", "de", "it", "ro", "zh-hans")


@dataclass(frozen=True)
class Standard:
    code: str
    names: Names
    minutes: int
    price: str | None
    skill: str = "basic"
    equipment: str = "lift"
    months: int | None = None
    km: int | None = None
    invited: bool = False
    paid: bool = True


STANDARD: tuple[Standard, ...] = (
    Standard("inspection", ("Inspection", "Inspektion", "Tagliando", "Revizie periodică", "常规保养"),
             120, "249.00", months=24, km=20_000, invited=True),
    Standard("oil_service", ("Oil service", "Ölservice", "Cambio olio", "Schimb de ulei", "更换机油"),
             60, "129.00", months=12, km=15_000, invited=True),
    Standard("tyre_change", ("Tyre change", "Räderwechsel", "Cambio gomme", "Schimb de anvelope", "更换轮胎"),
             45, "39.00", equipment="tyres", months=6, invited=True),
    Standard("tyre_storage", ("Tyre storage", "Rädereinlagerung", "Deposito gomme", "Depozitare anvelope", "轮胎寄存"),
             15, "45.00", equipment="tyres"),
    Standard("brakes", ("Brakes", "Bremsen", "Freni", "Frâne", "制动系统"), 120, "289.00", skill="brakes"),
    Standard("brake_fluid", ("Brake fluid", "Bremsflüssigkeit", "Liquido freni", "Lichid de frână", "更换制动液"),
             45, "79.00", skill="brakes", months=24, invited=True),
    Standard("statutory_test", ("Statutory test", "Hauptuntersuchung", "Revisione", "Inspecție tehnică (ITP)", "法定年检"),
             45, "119.00", skill="testing", equipment="test_lane", months=24, invited=True),
    Standard("air_conditioning", ("Air conditioning service", "Klimaservice", "Servizio climatizzatore", "Service climatizare", "空调保养"),
             60, "99.00", skill="air_conditioning", months=24, invited=True),
    Standard("battery", ("Battery", "Batterie", "Batteria", "Baterie", "蓄电池"), 30, "149.00", skill="electrics"),
    Standard("diagnosis", ("Diagnosis", "Diagnose", "Diagnosi", "Diagnosticare", "故障诊断"),
             60, "110.00", skill="electrics", equipment="diagnostics"),
    Standard("body", ("Body and paint", "Karosserie und Lack", "Carrozzeria e verniciatura", "Tinichigerie și vopsitorie", "钣金喷漆"),
             240, None, skill="body", equipment="body"),
    Standard("recall", ("Recall", "Rückruf", "Richiamo", "Rechemare în service", "召回"), 60, "0.00", invited=True, paid=False),
    Standard("accessories", ("Accessories", "Zubehör", "Accessori", "Accesorii", "附件安装"), 60, None),
    Standard("warranty", ("Warranty work", "Garantiearbeit", "Lavori in garanzia", "Lucrări în garanție", "保修作业"),
             60, "0.00", paid=False),
)  # fmt: skip


@transaction.atomic
def install(*, actor: Actor | None = None) -> list[WorkKind]:
    """Give the organisation in scope the standard kinds it does not have yet; returns all its kinds. Repeatable."""
    actor = actor or system(scope.organisation_id(), via="founding")
    access.require(actor, "catalogue.edit")
    known = set(WorkKind.objects.values_list("code", flat=True))
    added = WorkKind.objects.bulk_create(
        [_row(kind, position) for position, kind in enumerate(STANDARD, start=1) if kind.code not in known]
    )
    if added:
        publish(StandardWorkInstalled(kinds=len(added)), by=actor)
    return list(WorkKind.objects.all())


def _row(kind: Standard, position: int) -> WorkKind:
    return WorkKind(
        code=kind.code,
        names=dict(zip(_LANGUAGES, kind.names, strict=True)),
        minutes=kind.minutes,
        skill=kind.skill,
        equipment=kind.equipment,
        interval_months=kind.months,
        interval_km=kind.km,
        price_net=None if kind.price is None else Decimal(kind.price),
        is_invited=kind.invited,
        is_paid_service=kind.paid,
        position=position,
    )
