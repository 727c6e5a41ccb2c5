"""Parts of the mail run, each a process of its own: `seed N` plans the mails, `work` is the worker.

The worker is the real one. Only its relay is wrapped, so that it can be made to die between the server's `250` and our commit: when the
file named by PROOF_DIE_NOW exists, it kills itself there, once.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

DEADLINE_SECONDS = 1.8
OBJECTING = 3


def seed(count: int) -> None:
    """Reminders to customers who agreed, of whom a few object after the planning, and notices that a contract needs."""
    from django.db import transaction

    from forecourt.engines.messaging import outbox
    from forecourt.kernel.ids import uuid7
    from forecourt.records.people import consent
    from forecourt.records.people.models import Customer
    from tests import cast

    alpen = cast.autohaus_alpen()
    with alpen.scope(), transaction.atomic():
        customers = Customer.objects.bulk_create(
            [Customer(number=f"P-{number}", last_name=f"Person {number}", email=f"person{number}@example.org") for number in range(count)]
        )
        reminded = [customer for number, customer in enumerate(customers) if number % 3]
        for act, people in (("give", reminded), ("object", reminded[:OBJECTING])):
            entries = [
                consent.Entry(customer_id=customer.pk, purpose="service_reminder", channel="email", act=act, wording="proof")  # type: ignore[arg-type]
                for customer in people
            ]
            consent.enter_batch(actor=alpen.system, entries=entries, source=f"proof:{act}")
        for customer in customers:
            outbox.queue(
                cause_kind="proof", cause_id=uuid7(), step="first", customer_id=customer.pk, address=customer.email,
                purpose="service_reminder" if customer in reminded else "contract", language="de", template="proof.letter",
                facts={"name": customer.last_name}, site_id=alpen.bozen.pk,
            )  # fmt: skip


def work() -> None:
    from forecourt.adapters import smtp
    from forecourt.config.commands import work as command
    from forecourt.config.environment import environment
    from forecourt.engines.messaging import letters, registry
    from forecourt.engines.messaging.models import Message
    from forecourt.engines.messaging.ports import Answer, Envelope
    from forecourt.engines.messaging.registry import Content

    trigger = Path(os.environ["PROOF_DIE_NOW"])

    @registry.composer("proof.letter")
    def compose(message: Message) -> Content:
        words = [letters.Heading("Service"), letters.Paragraph(f"Guten Tag {message.facts['name']}")]
        return letters.letter(message, subject="Service", blocks=words)

    class MayDie(smtp.SmtpRelay):
        def submit(self, envelope: Envelope) -> Answer:
            answer = super().submit(envelope)
            if trigger.exists():
                trigger.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

    @contextmanager
    def opened() -> Iterator[smtp.SmtpRelay]:
        session = MayDie(environment().smtp_url, DEADLINE_SECONDS)
        try:
            yield session
        finally:
            session.bid_farewell()

    registry.tie_relay(opened)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["--jobs", "3"]))


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "seed":
        seed(int(sys.argv[2]))
    else:
        work()
