"""The one place that ties events, ports, gates and pages together."""


def tie() -> None:
    """Fill every port with its adapter; called once, when all apps are ready."""
    _messaging()
    _intake()


def _messaging() -> None:
    from forecourt.adapters import smtp
    from forecourt.config.environment import environment
    from forecourt.engines.messaging import registry
    from forecourt.records.people import consent

    registry.tie_consent(consent.may_contact)
    registry.tie_relay(smtp.relay(environment().smtp_url))


def _intake() -> None:
    from forecourt.adapters import dms
    from forecourt.engines.intake import ports

    ports.read_tables_with(dms.open_table)
