"""What is known of a source before its file is read: how its files are read, its sites, its country.

One source sends several kinds of file (customers, repair orders), and each kind has its own mapping. A mapping is kept in versions:
saving another one adds a version, and going back to an earlier one does too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from forecourt.engines.intake import guessing, ports
from forecourt.engines.intake.mapping import Mapping, load, places, require_complete
from forecourt.engines.intake.models import Import, MappingVersion, SourceMapping
from forecourt.engines.intake.ports import AS_DETECTED, NO_HEADER, Manner, Table
from forecourt.engines.intake.reading import Place
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Organisation, Site
from forecourt.runtime import access, clock, files, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.sentences import sentence as _

# A file that has at least this share of a mapping's columns is of its kind, and what it lacks is gone.
_SAME_KIND: Final = 0.5


@transaction.atomic
def save_mapping(*, actor: Actor, source: str, mapping: Mapping, back_to: int | None = None) -> SourceMapping:
    """Remember how this source's files of this kind are read: a new version, unless nothing changed."""
    access.require(actor, "intake.run_imports")
    saved = of_kind(source, mapping)
    dump, now = mapping.dump(), clock.now()
    if saved is None:
        saved = SourceMapping.objects.create(source=source, kind=mapping.kind, mapping=dump, saved_at=now, saved_by_id=actor.id)
    elif load(saved.mapping) == mapping:
        return saved
    else:
        _keep_first_version(saved)
        saved.kind, saved.mapping, saved.version, saved.saved_at, saved.saved_by_id = mapping.kind, dump, saved.version + 1, now, actor.id
        saved.save(update_fields=["kind", "mapping", "version", "saved_at", "saved_by_id"])
    MappingVersion.objects.create(
        of_mapping=saved, number=saved.version, mapping=dump, saved_at=now, saved_by_id=actor.id, back_to=back_to
    )  # fmt: skip
    return saved


@transaction.atomic
def go_back(*, actor: Actor, version_id: UUID) -> SourceMapping:
    """Read the source's files as an earlier version says; what was saved since stays in the list. Raises Refusal for fields that are no more."""
    version = access.fetch(MappingVersion, version_id, actor=actor, right="intake.run_imports", related=("of_mapping",))
    return save_mapping(actor=actor, source=version.of_mapping.source, mapping=load(version.mapping), back_to=version.number)


def of_kind(source: str, mapping: Mapping) -> SourceMapping | None:
    """Of this kind of file; who saves one at the same moment waits, also where there is none yet to be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake-mapping:{scope.organisation_id()}:{source}"])
    saved = SourceMapping.objects.select_for_update().filter(source=source)
    return next((each for each in saved if load(each.mapping).kind == mapping.kind), None)


def _keep_first_version(saved: SourceMapping) -> None:
    """What was saved before there were versions."""
    if not saved.versions.exists():
        MappingVersion.objects.create(
            of_mapping=saved, number=saved.version, mapping=saved.mapping, saved_at=saved.saved_at, saved_by_id=saved.saved_by_id
        )


def remember_first(*, actor: Actor, source: str, mapping: Mapping) -> None:
    """What worked once is how this kind of file is read from now on, unless somebody chose otherwise."""
    saved = of_kind(source, mapping)
    if saved is None:
        save_mapping(actor=actor, source=source, mapping=mapping)
    elif saved.kind != mapping.kind:  # saved before there were kinds
        saved.kind = mapping.kind
        saved.save(update_fields=["kind"])


def saved_mapping(source: str) -> Mapping | None:
    """The source's mapping that was saved last, if any was."""
    saved = SourceMapping.objects.filter(source=source).order_by("-saved_at").first()
    return load(saved.mapping) if saved else None


def known() -> list[str]:
    """The sources that have a mapping."""
    return list(SourceMapping.objects.order_by("source").values_list("source", flat=True).distinct())


def opened(found: Import, manner: Manner = AS_DETECTED) -> Table:
    """The file of an import as a table. Raises Refusal."""
    if found.stored_file is None:
        raise Refusal("file_gone", _("The file of this import is no longer kept."))
    return ports.open_table(files.path(found.stored_file), name=found.file_name, manner=manner)


def no_rows(found: Import) -> Refusal:
    """What is said of a file that holds nothing but a header."""
    text = _(
        "The file “%(name)s” has a header and no rows. Please export it again; an empty file never marks anything as gone from its source."
    )
    return Refusal("no_rows", text % {"name": found.file_name})


@dataclass(frozen=True)
class Choice:
    """A file opened as it is to be read: its own mapping, else the source's, else the likeliest one."""

    table: Table
    mapping: Mapping
    # The saved mapping of its kind, whether the file fits it or not.
    saved: SourceMapping | None = None


def choose(found: Import, manner: Manner | None = None) -> Choice:
    """How this file is read. Raises Refusal where it is no table. `manner` is what a person tries just now."""
    saved = list(SourceMapping.objects.filter(source=found.source).order_by("-saved_at"))
    if found.mapping:
        mapping = load(found.mapping)
        table = opened(found, manner or mapping.manner)
        return Choice(table, mapping, next((each for each in saved if load(each.mapping).kind == mapping.kind), None))
    tables = _Tables(found, manner)
    fitting = [each for each in saved if (share := tables.share_of(load(each.mapping))) is not None and share == 1]
    if fitting:
        return tables.choice(max(fitting, key=lambda each: len(load(each.mapping).columns)))
    table = tables.get(manner or AS_DETECTED)
    guessed = guessing.guess(table.header, table.sample)
    # A column that is gone must be told; another kind of file has a mapping of its own.
    near = max(
        (each for each in saved if not tables.is_against(load(each.mapping))),
        key=lambda each: tables.share_of(load(each.mapping)) or 0,
        default=None,
    )
    if near is not None and _isof_kind(load(near.mapping), guessed, table.header, tables.share_of(load(near.mapping)) or 0):
        return tables.choice(near)
    return Choice(table, replace(guessed, manner=manner or AS_DETECTED))


def _isof_kind(saved: Mapping, guessed: Mapping, header: Sequence[str], share: float) -> bool:
    try:
        require_complete(guessed, header)
    except Refusal:
        # Neither fits: what the saved one misses is the better answer.
        return True
    return guessed.subjects() == saved.subjects() or (share >= _SAME_KIND and guessed.subjects() < saved.subjects())


class _Tables:
    """One file, opened once for each manner in which a mapping wants it."""

    def __init__(self, found: Import, manner: Manner | None) -> None:
        self._found = found
        self._manner = manner
        self._tables: dict[Manner, Table] = {}

    def get(self, manner: Manner) -> Table:
        if manner not in self._tables:
            self._tables[manner] = opened(self._found, manner)
        return self._tables[manner]

    def share_of(self, mapping: Mapping) -> float | None:
        """Of the mapping's columns, how many the file has; None where it cannot be opened in the mapping's manner."""
        try:
            header = self.get(self._manner or mapping.manner).header
        except Refusal:
            if mapping.manner == AS_DETECTED or self._manner:
                raise
            return None
        at, _missing = places(mapping, header)
        if self.is_against(mapping):
            return None
        return len(at) / len(mapping.columns) if mapping.columns else None

    def is_against(self, mapping: Mapping) -> bool:
        """Whether the mapping reads files without a header, and this one's first row names columns: it is another kind of file."""
        if self._manner or mapping.manner.header_line != NO_HEADER:
            return False
        try:
            first = next(iter(self.get(mapping.manner).sample), [])
        except Refusal:
            return False
        return sum(guessing.is_known(str(cell)) for cell in first) > 1

    def choice(self, saved: SourceMapping) -> Choice:
        mapping = load(saved.mapping)
        return Choice(self.get(self._manner or mapping.manner), mapping, saved)


def place(actor: Actor, mapping: Mapping) -> Place:
    """The sites by code, slug and name, and the country in which numbers are at home."""
    mine: dict[str, UUID] = {}
    every: set[str] = set()
    zone, tax_rate = "", Decimal(0)
    currencies = set()
    for site in Site.objects.select_related("legal_entity"):
        names = {site.code.casefold(), site.slug.casefold(), site.name.casefold(), site.code.casefold().lstrip("0")} - {""}
        every |= names
        if actor.may_act_at(site.pk):
            zone, tax_rate = zone or site.zone, tax_rate or site.tax_rate
            currencies.add(site.legal_entity.currency)
            mine.update(dict.fromkeys(names, site.pk))
    country = mapping.country or Organisation.objects.get(pk=scope.organisation_id()).country
    latest = clock.now().date() + timedelta(days=1)
    currency = currencies.pop() if len(currencies) == 1 else ""
    return Place(
        country,
        latest,
        sites=mine,
        known_sites=frozenset(every),
        zone=ZoneInfo(zone) if zone else None,
        currency=currency,
        tax_rate=tax_rate,
    )


def default_site(actor: Actor, found: Import, mapping: Mapping) -> UUID | None:
    """The site of rows that name none: the one chosen with the file, else the only one there is. Raises Refusal if it is needed."""
    if found.site_id:
        return found.site_id
    sites = [site.pk for site in Site.objects.all() if actor.may_act_at(site.pk)]
    if len(sites) == 1:
        return sites[0]
    if "order" in mapping.subjects() and not mapping.maps("order.site"):
        raise Refusal("site_needed", _("The file does not say which site its orders belong to. Please choose the site."))
    return None
