# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""Cars that a source no longer has: the number by which it knew them is marked, and they, once no source has them any more.

A source may know a car by VIN or plate alone. Where that matters (a complete list, a car marked as deleted, one that comes again) the VIN or
plate stands for the number, behind a "~" that no number begins with.
"""

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet

from forecourt.records.vehicles.imports import STANDING, VEHICLES_BY_KEY
from forecourt.records.vehicles.models import Vehicle, VehicleReference
from forecourt.runtime import departures, scope
from forecourt.runtime.database.bulk import create_temporary_as, new_id
from forecourt.runtime.departures import NAMED, Departures, File, References

_MEANT: Final = "meant_vehicle"
_KIND: Final = References(
    subject="vehicle",
    references="vehicles_vehiclereference",
    of="vehicle_id",
    things="vehicles_vehicle",
    present=VEHICLES_BY_KEY,
    meant=_MEANT,
    # Of a merged car the numbers of either record are marked by themselves: whoever clears up deletes the second one there too.
    named="ref.vehicle_id = row.id AND ref.is_secondary = row.is_secondary",
    brought="ref.vehicle_id = given.id",
)


def settle(cursor: Any, file: File) -> Departures:
    """After `imports.apply`, in the same transaction."""
    facts = file.facts(scope.organisation_id())
    _find_meant(cursor, facts)
    _refer_without_number(cursor, file, facts)
    return departures.of_references(cursor, _KIND, file, facts)


def _find_meant(cursor: Any, facts: dict[str, Any]) -> None:
    """Which cars the rows name that were not taken in: by number unless it was given away, else by VIN, else by plate.

    A mark is one car's; a row that is only not to be missed may name several.
    """
    create_temporary_as(
        cursor,
        _MEANT,
        f"""SELECT DISTINCT ON (line, CASE WHEN NOT is_flagged THEN id END) line, id, vin, plate_key, is_flagged, is_secondary FROM (
                SELECT row.line, ref.vehicle_id AS id, row.vin, row.plate_key, row.is_flagged, ref.is_secondary, 1 AS way
                FROM {NAMED} AS row JOIN vehicles_vehiclereference AS ref
                  ON ref.organisation_id = %(organisation)s AND ref.source = %(source)s AND ref.number = row.number
                JOIN vehicles_vehicle AS known ON known.id = ref.vehicle_id AND (row.vin IS NULL OR known.vin IN ('', row.vin))
                WHERE row.subject = 'vehicle'
                UNION ALL
                SELECT row.line, {STANDING}, row.vin, row.plate_key, row.is_flagged, known.merged_into_id IS NOT NULL, 2
                FROM {NAMED} AS row JOIN vehicles_vehicle AS known
                  ON known.organisation_id = %(organisation)s AND known.vin = row.vin AND known.vin <> '' WHERE row.subject = 'vehicle'
                UNION ALL
                SELECT row.line, {STANDING}, row.vin, row.plate_key, row.is_flagged, known.merged_into_id IS NOT NULL, 3
                FROM {NAMED} AS row JOIN vehicles_vehicle AS known
                  ON known.organisation_id = %(organisation)s AND known.plate_key = row.plate_key AND known.plate_key <> ''
                WHERE row.subject = 'vehicle' AND (row.vin IS NULL OR known.vin = '')
            ) AS every ORDER BY line, CASE WHEN NOT is_flagged THEN id END, way""",
        facts,
    )


def _refer_without_number(cursor: Any, file: File, facts: dict[str, Any]) -> None:
    """What has no number of this source yet and is to bear a mark, or to lose one."""
    is_listed = "vehicle" in file.complete
    brought = f"""SELECT given.id, given.vin, given.plate_key FROM {VEHICLES_BY_KEY} AS given WHERE given.id IS NOT NULL AND given.number IS NULL"""
    if not is_listed:
        brought += " AND EXISTS (SELECT FROM vehicles_vehicle AS known WHERE known.id = given.id AND known.gone_on IS NOT NULL)"
    cursor.execute(
        f"""INSERT INTO vehicles_vehiclereference AS known (id, organisation_id, source, number, vehicle_id)
            SELECT {new_id("row_number() OVER ()")}, %(organisation)s, %(source)s, number, id FROM (
                SELECT DISTINCT ON (number) id, number FROM (
                    SELECT id, '~' || COALESCE(vin, plate_key) AS number FROM ({brought}) AS given
                    UNION ALL SELECT id, '~' || COALESCE(vin, plate_key) FROM {_MEANT} WHERE is_flagged
                ) AS told
                WHERE number IS NOT NULL AND NOT EXISTS (
                    SELECT FROM vehicles_vehiclereference AS there
                    WHERE there.organisation_id = %(organisation)s AND there.source = %(source)s AND there.vehicle_id = told.id)
                ORDER BY number, id
            ) AS given
            ON CONFLICT (organisation_id, source, number) DO UPDATE SET vehicle_id = EXCLUDED.vehicle_id""",
        facts,
    )


def settle_some(*vehicle_ids: UUID) -> None:
    """After their references changed hands."""
    with connection.cursor() as cursor:
        departures.settle(
            cursor, references=_KIND.references, of=_KIND.of, things=_KIND.things, ids="SELECT unnest(%(ids)s::uuid[])",
            facts={"organisation": scope.organisation_id(), "ids": list(vehicle_ids)},
        )  # fmt: skip


def marked_by(source: str, import_number: int) -> QuerySet[Vehicle]:
    """Those that this import marked and no later one brought again, by plate; with the numbers that it marked as `marks`."""
    marks = VehicleReference.objects.filter(source=source, gone_on__isnull=False, gone_import=import_number)
    marked = Vehicle.objects.filter(pk__in=marks.values("vehicle_id")).order_by("plate_key", "pk")
    return marked.prefetch_related(Prefetch("references", marks, to_attr="marks"))
