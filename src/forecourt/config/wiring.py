"""The one place that ties events, ports, gates and pages together."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from forecourt.engines.intake.events import ImportApplied
    from forecourt.engines.intake.fetching.places import Address, Place
    from forecourt.runtime.personal_data import Subject


def tie() -> None:
    """Fill every port with its adapter; called once, when all apps are ready."""
    _messaging()
    _intake()
    _exchange()
    _people()


def _messaging() -> None:
    from forecourt.adapters import sms, smtp
    from forecourt.config.environment import environment
    from forecourt.engines.messaging import registry
    from forecourt.records.people import consent

    registry.tie_consent(consent.may_send)
    here = environment()
    registry.tie_relay(smtp.relay(here.smtp_url))
    registry.tie_texts(sms.gateway(here.texts_url, here.texts_sender, is_ours=here.runs_texts_gateway) if here.texts_url else None)


def _intake() -> None:
    from forecourt.adapters import dms, downloads, folders
    from forecourt.engines.intake import ports
    from forecourt.engines.intake.fetching import places

    ports.read_tables_with(dms.open_table)
    places.tie("folder", folders.opened)
    places.tie("sftp", _by_sftp)
    places.tie("https", downloads.opened)


def _by_sftp(address: "Address") -> "AbstractContextManager[Place]":
    """Its library takes nearly a second to load: only the process loads it that asks a server."""
    from forecourt.adapters import sftp

    return sftp.opened(address)


def _exchange() -> None:
    from forecourt.adapters import webhooks
    from forecourt.engines.exchange import ports

    ports.tie_outside(webhooks.Outside())


def _people() -> None:
    from forecourt.config.environment import environment
    from forecourt.engines.intake.events import ImportApplied
    from forecourt.records.accounts import dealer_codes
    from forecourt.records.people import customers, merges
    from forecourt.runtime import links, personal_data
    from forecourt.runtime.events import subscriber

    links.follow_holders(merges.holder_today)
    dealer_codes.find_customers_by(customers.find)
    if environment().runs_mail_server:
        personal_data.place("local mailbox", _forget_mails)
    if environment().runs_texts_gateway:
        personal_data.place("local text messages", _forget_texts)
    subscriber(ImportApplied, queue="bulk")(look_for_duplicates)


def look_for_duplicates(event: "ImportApplied") -> None:
    """A file may bring somebody, or a car, that is known already."""
    from forecourt.records.people import background as people
    from forecourt.records.vehicles import background as vehicles
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    if event.rows_created or event.rows_updated:
        organisation_id = scope.organisation_id()
        for background in (people, vehicles):
            background.look_for_duplicates.defer(by=system(organisation_id, via="duplicates"), organisation=str(organisation_id))


def _forget_mails(subject: "Subject") -> int:
    from django.conf import settings

    from forecourt.adapters.mailserver import forgetting

    return forgetting.forget(settings.DATA / "mail", [word for word in subject.words if "@" in word])


def _forget_texts(subject: "Subject") -> int:
    from django.conf import settings

    from forecourt.adapters.smsgateway.store import Store

    return Store(settings.DATA / "texts").forget([word for word in subject.words if word.startswith("+")])
