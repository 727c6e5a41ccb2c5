"""An appointment as an entry for calendars."""

from datetime import datetime
from zoneinfo import ZoneInfo

from forecourt.journeys.workshop.models import Appointment
from forecourt.records.dealership.models import Site
from forecourt.runtime import clock


def local(instant: datetime, site: Site) -> datetime:
    """On the wall clock of the site."""
    return instant.astimezone(ZoneInfo(site.zone))


def entry(appointment: Appointment, *, title: str) -> str:
    """One VEVENT of RFC 5545; UTC instants, so that it needs no zone definitions."""
    site = appointment.site
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Forecourt//EN",
        "BEGIN:VEVENT",
        f"UID:{appointment.pk}",
        f"SEQUENCE:{appointment.version}",
        f"DTSTAMP:{_utc(clock.now())}",
        f"DTSTART:{_utc(appointment.starts_at)}",
        f"DTEND:{_utc(appointment.ends_at)}",
        f"SUMMARY:{_escaped(f'{title} · {appointment.vehicle.plate}')}",
        f"LOCATION:{_escaped(f'{site.name}, {site.street}, {site.postcode} {site.city}')}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(instant: datetime) -> str:
    return instant.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines hold at most 75 octets; the rest goes on after a space."""
    parts, rest = [], line
    while len(rest.encode()) > 73:
        cut = 73
        while len(rest[:cut].encode()) > 73:
            cut -= 1
        parts.append(rest[:cut])
        rest = rest[cut:]
    return "\r\n ".join([*parts, rest])
