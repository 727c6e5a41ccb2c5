"""What is known of a source before its file is read: its saved mapping, its sites, its country."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.intake import guessing
from forecourt.engines.intake.mapping import Mapping, load, require_complete
from forecourt.engines.intake.models import Import, SourceMapping
from forecourt.engines.intake.ports import Table
from forecourt.engines.intake.reading import Place
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Organisation, Site
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor


@transaction.atomic
def save_mapping(*, actor: Actor, source: str, mapping: Mapping) -> SourceMapping:
    """Remember how this source's files are read."""
    access.require(actor, "intake.run_imports")
    saved, _made = SourceMapping.objects.update_or_create(
        source=source,
        defaults={"mapping": mapping.dump(), "saved_at": clock.now(), "saved_by_id": actor.id},
        create_defaults={
            "source": source, "mapping": mapping.dump(), "saved_at": clock.now(), "saved_by_id": actor.id,
            "organisation_id": scope.organisation_id(),
        },
    )  # fmt: skip
    return saved


def remember_first(*, actor: Actor, source: str, mapping: Mapping) -> None:
    """What worked once is how the source is read from now on, unless somebody chose otherwise."""
    if not SourceMapping.objects.filter(source=source).exists():
        save_mapping(actor=actor, source=source, mapping=mapping)


def saved_mapping(source: str) -> Mapping | None:
    """The source's mapping, if one was saved."""
    saved = SourceMapping.objects.filter(source=source).first()
    return load(saved.mapping) if saved else None


def known() -> list[str]:
    """The sources that have a mapping."""
    return list(SourceMapping.objects.order_by("source").values_list("source", flat=True))


def mapping_for(source: str, table: Table) -> Mapping:
    """The saved mapping if this file has its columns, else the likeliest one.

    One source sends several kinds of file (customers, orders); only one of them can fit the saved mapping.
    """
    saved = saved_mapping(source)
    guessed = guessing.guess(table.header, table.sample)
    if saved is None:
        return guessed
    try:
        require_complete(saved, table.header)
    except Refusal:
        try:
            require_complete(guessed, table.header)
        except Refusal:
            # Neither fits: what the saved one misses is the better answer.
            return saved
        # A column that is gone must be told; another kind of file has other subjects.
        return guessed if guessed.subjects() != saved.subjects() else saved
    return saved


def place(actor: Actor, mapping: Mapping) -> Place:
    """The sites by code, slug and name, and the country in which numbers are at home."""
    mine: dict[str, UUID] = {}
    every: set[str] = set()
    for site in Site.objects.all():
        names = {site.code.casefold(), site.slug.casefold(), site.name.casefold(), site.code.casefold().lstrip("0")} - {""}
        every |= names
        if actor.may_act_at(site.pk):
            mine.update(dict.fromkeys(names, site.pk))
    country = mapping.country or Organisation.objects.get(pk=scope.organisation_id()).country
    latest = clock.now().date() + timedelta(days=1)
    return Place(country=country, latest=latest, sites=mine, known_sites=frozenset(every))


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
