"""What the planning board shows of a site's day or week, computed once and in few queries; every number comes from the cards shown.

Positions are minutes and percent from the start of the range that is shown. Changing anything is the business of `appointments` and
of the visit's actions.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from forecourt.journeys.workshop.board_facts import Board, Card, DayLoad, Figures, Lane, Range, Week
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT, STAGE_WORDS, STAGES
from forecourt.journeys.workshop.models import Appointment, StageChange
from forecourt.kernel.errors import NotFound
from forecourt.kernel.periods import Period, without
from forecourt.records.catalogue import work
from forecourt.records.dealership import sites
from forecourt.records.dealership.models import Bay, Site, StaffMember
from forecourt.runtime import clock

__all__ = ["Board", "Card", "DayLoad", "Figures", "Lane", "Range", "Week", "day", "week"]

_SHOWN = (*OPEN_APPOINTMENT, "arrived")
_ON_CUSTOMER = "waiting_approval"
_DONE = ("ready", "collected")
_SHOWN_WHEN_CLOSED = (8, 17)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)


def day(*, site_id: UUID, day: date, department: str = "") -> Board:
    """The board of a site's day. NotFound for another dealer's site. Six queries, seven while a customer is waited for."""
    site = _site(site_id)
    open_periods = sites.hours_of(site).intervals(day)
    bays = list(Bay.objects.filter(site=site, is_active=True).select_related("technician"))
    shown = [bay for bay in bays if not department or bay.department == department]
    appointments = list(_within(site, day, day).select_related("customer", "vehicle", "job_card").order_by("starts_at", "number"))
    if department:
        ids = {bay.pk for bay in shown}
        appointments = [each for each in appointments if each.bay_id in ids]
    shown_range = _range(site, day, open_periods, appointments)
    cards = _cards(appointments, shown_range, ZoneInfo(site.zone))
    lanes = _lanes(shown, cards, open_periods)
    counts = {stage: sum(card.stage == stage for card in cards) for stage in STAGES}
    return Board(
        site_id=site.pk,
        site_name=site.name,
        zone=site.zone,
        day=day,
        is_open=bool(open_periods),
        range=shown_range,
        lanes=tuple(lanes),
        counts=counts,
        figures=_figures(lanes, counts, waiting=_waiting(cards), before=_jobs(site, day - _WEEK, shown)),
        departments=tuple(dict.fromkeys(bay.department for bay in bays)),
    )


def week(*, site_id: UUID, day: date) -> Week:
    """Load per day and bay of the week in which the day lies. Three queries."""
    site = _site(site_id)
    monday = day - timedelta(days=day.weekday())
    bays = list(Bay.objects.filter(site=site, is_active=True).select_related("technician"))
    periods = [
        (bay_id, Period(starts_at, ends_at))
        for bay_id, starts_at, ends_at in _within(site, monday, monday + timedelta(days=6)).values_list("bay_id", "starts_at", "ends_at")
    ]
    days = [_day_load(site, monday + timedelta(days=number), bays, periods) for number in range(7)]
    names = tuple((bay.pk, bay.name, bay.technician.name if bay.technician else "") for bay in bays)
    return Week(site_id=site.pk, starts_on=monday, bays=names, days=tuple(days))


def _site(site_id: UUID) -> Site:
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise NotFound
    return site


def _whole_days(site: Site, first: date, last: date) -> Period:
    zone = ZoneInfo(site.zone)
    return Period(datetime(first.year, first.month, first.day, tzinfo=zone), _midnight(last + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _within(site: Site, first: date, last: date) -> QuerySet[Appointment]:
    days = _whole_days(site, first, last)
    return Appointment.objects.filter(site=site, state__in=_SHOWN, starts_at__lt=days.ends_at, ends_at__gt=days.starts_at)


def _range(site: Site, day: date, open_periods: Sequence[Period], appointments: Sequence[Appointment]) -> Range:
    """From the full hour before the first thing to the full hour after the last, within the day."""
    zone, whole = ZoneInfo(site.zone), _whole_days(site, day, day)
    edges = [edge for period in open_periods for edge in (period.starts_at, period.ends_at)]
    if not edges:
        edges = [_midnight(day, zone).replace(hour=hour) for hour in _SHOWN_WHEN_CLOSED]
    edges += [edge for each in appointments for edge in (each.starts_at, each.ends_at)]
    first, last = max(min(edges), whole.starts_at).astimezone(zone), min(max(edges), whole.ends_at).astimezone(zone)
    starts_at = first.replace(minute=0, second=0, microsecond=0)
    ends_at = last if (last.minute, last.second) == (0, 0) else last.replace(minute=0, second=0, microsecond=0) + _HOUR
    shown = Period(starts_at, ends_at)
    now = clock.now()
    return Range(
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=_minutes(shown.duration),
        ticks=_ticks(shown, zone),
        closed=_gaps(shown, open_periods),
        now_minutes=_minutes(now - shown.starts_at) if shown.contains(now) else None,
    )


def _ticks(shown: Period, zone: ZoneInfo) -> tuple[tuple[str, int], ...]:
    hours = range(_minutes(shown.duration) // 60)
    return tuple((f"{(shown.starts_at + hour * _HOUR).astimezone(zone):%H:%M}", hour * 60) for hour in hours)


def _gaps(shown: Period, open_periods: Sequence[Period]) -> tuple[tuple[int, int], ...]:
    return tuple((_minutes(gap.starts_at - shown.starts_at), _minutes(gap.duration)) for gap in without([shown], open_periods))


def _cards(appointments: Sequence[Appointment], shown: Range, zone: ZoneInfo) -> list[Card]:
    labels = work.labels()
    technicians = dict(StaffMember.objects.filter(pk__in={each.technician_id for each in appointments}).values_list("pk", "name"))
    return [_card(each, shown, zone, labels, technicians.get(each.technician_id or each.pk, "")) for each in appointments]


def _card(appointment: Appointment, shown: Range, zone: ZoneInfo, labels: dict[str, str], technician: str) -> Card:
    job_card = getattr(appointment, "job_card", None)
    stage = job_card.stage if job_card else "booked"
    starts_at, ends_at = appointment.starts_at.astimezone(zone), appointment.ends_at.astimezone(zone)
    from_minutes = max(0, _minutes(appointment.starts_at - shown.starts_at))
    until_minutes = min(shown.minutes, _minutes(appointment.ends_at - shown.starts_at))
    return Card(
        appointment_id=appointment.pk,
        job_card_id=job_card.pk if job_card else None,
        version=appointment.version,
        number=appointment.number,
        plate=appointment.vehicle.plate,
        vehicle=str(appointment.vehicle),
        customer_id=appointment.customer_id,
        customer_name=appointment.customer.name,
        work=", ".join(labels.get(code, code) for code in appointment.work_kinds),
        stage=stage,
        stage_word=STAGE_WORDS[stage],
        bay_id=appointment.bay_id,
        technician_id=appointment.technician_id,
        technician_name=technician,
        starts_at=starts_at,
        ends_at=ends_at,
        from_minutes=from_minutes,
        minutes=until_minutes - from_minutes,
        left_percent=_percent_exactly(from_minutes, shown.minutes),
        width_percent=_percent_exactly(until_minutes - from_minutes, shown.minutes),
        is_movable=stage not in _DONE,
        is_late=bool(job_card and stage not in _DONE and job_card.expected_at and job_card.expected_at > appointment.ends_at),
    )


def _lanes(bays: Sequence[Bay], cards: Sequence[Card], open_periods: Sequence[Period]) -> list[Lane]:
    open_minutes = sum(_minutes(period.duration) for period in open_periods)
    lanes = []
    for bay in bays:
        own = tuple(card for card in cards if card.bay_id == bay.pk)
        taken = sum(_open_minutes(card.starts_at, card.ends_at, open_periods) for card in own)
        lanes.append(
            Lane(
                bay_id=bay.pk,
                name=bay.name,
                department=bay.department,
                technician_id=bay.technician_id,
                technician_name=bay.technician.name if bay.technician else "",
                taken_minutes=taken,
                open_minutes=open_minutes,
                load_percent=_percent(taken, open_minutes),
                cards=own,
            )
        )
    return lanes + _without_bay({bay.pk for bay in bays}, cards)


def _without_bay(bay_ids: set[UUID], cards: Sequence[Card]) -> list[Lane]:
    """Cards whose bay was taken out of service are still shown, last, and count for no bay's load."""
    homeless = tuple(card for card in cards if card.bay_id not in bay_ids)
    if not homeless:
        return []
    lane = Lane(
        bay_id=None, name="", department="", technician_id=None, technician_name="", taken_minutes=0, open_minutes=0, load_percent=0,
        cards=homeless,
    )  # fmt: skip
    return [lane]


def _jobs(site: Site, day: date, bays: Sequence[Bay]) -> int:
    return _within(site, day, day).filter(bay_id__in=[bay.pk for bay in bays]).count()


def _waiting(cards: Sequence[Card]) -> list[UUID]:
    return [card.job_card_id for card in cards if card.job_card_id and card.stage == _ON_CUSTOMER]


def _figures(lanes: Sequence[Lane], counts: dict[str, int], *, waiting: Sequence[UUID], before: int) -> Figures:
    return Figures(
        jobs=sum(counts.values()),
        jobs_week_before=before,
        in_work=counts["in_work"],
        bays=sum(lane.bay_id is not None for lane in lanes),
        waiting_on_customer=counts[_ON_CUSTOMER],
        oldest_wait_minutes=_oldest_wait(waiting),
        utilisation_percent=_percent(sum(lane.taken_minutes for lane in lanes), sum(lane.open_minutes for lane in lanes)),
    )


def _oldest_wait(job_card_ids: Sequence[UUID]) -> int | None:
    if not job_card_ids:
        return None
    changes = StageChange.objects.filter(job_card_id__in=job_card_ids, stage=_ON_CUSTOMER).order_by("at")
    since = dict(changes.values_list("job_card_id", "at"))  # the last time each began to wait
    return _minutes(clock.now() - min(since.values())) if since else None


def _day_load(site: Site, day: date, bays: Sequence[Bay], taken: Sequence[tuple[UUID | None, Period]]) -> DayLoad:
    whole, open_periods = _whole_days(site, day, day), sites.hours_of(site).intervals(day)
    today = [(bay_id, period) for bay_id, period in taken if period.overlaps(whole)]
    open_minutes = sum(_minutes(period.duration) for period in open_periods)
    minutes = {bay.pk: 0 for bay in bays}
    for bay_id, period in today:
        if bay_id in minutes:
            minutes[bay_id] += _open_minutes(period.starts_at, period.ends_at, open_periods)
    return DayLoad(
        day=day,
        is_open=bool(open_periods),
        jobs=len(today),
        load_percent=_percent(sum(minutes.values()), open_minutes * len(bays)),
        by_bay={bay_id: _percent(each, open_minutes) for bay_id, each in minutes.items()},
    )


def _open_minutes(starts_at: datetime, ends_at: datetime, open_periods: Sequence[Period]) -> int:
    taken = Period(starts_at, ends_at)
    return sum(_minutes(shared.duration) for period in open_periods if (shared := taken.intersection(period)))


def _minutes(duration: timedelta) -> int:
    return duration // _MINUTE


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _percent_exactly(part: int, whole: int) -> float:
    return round(100 * part / whole, 4)
