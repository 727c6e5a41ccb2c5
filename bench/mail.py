"""How fast queued mail leaves through claim, gates, composing, outbox and SMTP, beside the limit: the same bytes straight to the relay.

    python -m bench.mail [--mails 500]

One lane, one connection, a real local SMTP server in a process of its own (which makes every delivery durable before it answers), a
letter of some 15 KB with three slots and a consent to look up for each. The server with which the limit is measured is the same one.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import ground
from bench.figures import Figure, tell

MOST_TIMES = 4
"""How much longer than the bare relay a mail may take: the relay's disk decides the rest."""


def measure(mails: int, folder: Path) -> list[Figure]:
    import django

    django.setup()
    from forecourt.adapters import smtp
    from forecourt.adapters.mailserver.mailbox import Mailbox
    from forecourt.engines.messaging import letters, registry, sending
    from forecourt.engines.messaging.models import Message
    from forecourt.engines.messaging.ports import Envelope
    from forecourt.engines.messaging.registry import Content
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    slots = letters.Slots(tuple(letters.Slot(f"Tuesday, 0{hour}:30", f"https://forecourt.example/b/{hour}", "Bozen") for hour in (7, 8, 9)))

    @registry.composer("bench.letter")
    def compose(message: Message) -> Content:
        blocks: list[letters.Block] = [letters.Heading("Your service is due"), letters.Paragraph(f"Dear {message.facts['name']}"), slots]
        return letters.letter(message, subject="Service", blocks=blocks)

    port = _free_port()
    with _mail_server(folder, port):
        relay = smtp.relay(f"smtp://127.0.0.1:{port}")
        registry.tie_relay(relay)
        organisation_id = _queue(mails)
        with scope.of(organisation_id):
            began = time.perf_counter()
            while Message.objects.filter(state="queued").exists():
                sending.run(by=system(organisation_id))
            ours = mails / (time.perf_counter() - began)
            sent = Message.objects.filter(state="sent").count()
        raw = Mailbox(folder).messages(limit=1)[0].raw
        began = time.perf_counter()
        with relay() as line:
            for number in range(mails):
                line.submit(Envelope(message_id=f"<{number}>", sender="b@example.org", recipient="c@example.org", data=raw))
        alone = mails / (time.perf_counter() - began)
    return [
        Figure(
            what=f"{mails} mails of {len(raw) / 1024:.0f} KB through claim, consent, letter and outbox", measured=f"{ours:.0f}/s",
            limit=f"{alone:.0f}/s (same bytes to the relay)", ratio=alone / ours, promise=f"<= {MOST_TIMES}x",
            is_met=alone / ours <= MOST_TIMES, wrong="" if sent == mails else f"{sent} sent",
        )
    ]  # fmt: skip


def _queue(mails: int) -> Any:
    from django.db import transaction

    from forecourt.engines.messaging import outbox
    from forecourt.engines.messaging.models import Message
    from forecourt.kernel.ids import uuid7
    from forecourt.records.people import consent
    from forecourt.records.people.models import Customer
    from forecourt.runtime import scope

    site, actor = ground.site("mail", opening_hours="Mo-Fr 07:30-18:00", zone=_zone_of_noon(), has_work=False)
    with scope.of(site.organisation_id), transaction.atomic():
        people = [Customer(number=f"B-{number}", last_name=f"Person {number}", email=f"p{number}@example.org") for number in range(mails)]
        Customer.objects.bulk_create(people)
        entries = [
            consent.Entry(customer_id=person.pk, purpose="service_reminder", channel="email", act="give", wording="bench")
            for person in people
        ]
        consent.enter_batch(actor=actor, entries=entries, source="bench")
        for person in people:
            outbox.queue(
                cause_kind="bench", cause_id=uuid7(), step="first", customer_id=person.pk, address=person.email, purpose="service_reminder",
                language="en", template="bench.letter", facts={"name": person.last_name}, site_id=site.pk,
            )  # fmt: skip
        assert Message.objects.count() == mails
    return site.organisation_id


def _zone_of_noon() -> str:
    """A zone where it is about noon now, so that no quiet hours stop the bench."""
    return f"Etc/GMT{time.gmtime().tm_hour - 12:+d}"


@contextmanager
def _mail_server(folder: Path, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "forecourt.adapters.mailserver", "--folder", str(folder), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(200):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        yield
    finally:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ahead_to_a_weekday() -> str:
    """Two days away from a weekend, wherever noon is."""
    return {4: "+4d", 5: "+3d", 6: "+2d"}.get(time.gmtime().tm_wday, "")


def main(mails: int = 500) -> list[Figure]:
    os.environ.setdefault("FORECOURT_CLOCK", _ahead_to_a_weekday())
    with ground.database(), tempfile.TemporaryDirectory() as folder:
        return measure(mails, Path(folder))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    sys.exit(tell(main(parser.parse_args().mails)))
