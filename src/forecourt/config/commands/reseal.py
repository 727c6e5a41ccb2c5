"""`forecourt reseal`: bring every sealed secret under the first of FORECOURT_SEAL_KEYS, so that the others can go. Repeatable."""

import argparse

HELP = "bring sealed secrets under the newest key"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    from django.db import transaction

    from forecourt.engines.exchange import keys
    from forecourt.engines.intake.fetching import setup
    from forecourt.records.accounts import factors
    from forecourt.records.dealership import identity
    from forecourt.records.people import digests

    with transaction.atomic():
        count = factors.renew_seals() + identity.renew_seals() + digests.renew_seal() + keys.renew_seals() + setup.renew_seals()
    print(f"{count} secrets are under the first key now.")
    return 0
