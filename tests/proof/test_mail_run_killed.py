"""A mail run that is killed again and again: exactly one raw delivery for every recipient at the server.

Real worker, real SMTP server, real PostgreSQL, each a process of its own, each shot with SIGKILL: the worker at random moments, while
the server has stored a mail but not yet answered, and between the server's `250` and our commit; the mail server and the database once
each. `FORECOURT_PROVE=1` runs it in full length, with 10 deaths of the worker and 500 recipients.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from forecourt.adapters.mailserver.mailbox import Mailbox
from tests.proof.mail_house import OBJECTING
from tests.proof.parts import IN_FULL, Parts, on, tell

DEATHS, RECIPIENTS = (10, 500) if IN_FULL else (3, 60)
# Long enough that most random shots hit while a mail is stored and not yet answered.
SLOW_SECONDS = 0.03 if IN_FULL else 0.1


class Run(Parts):
    """The processes of one mail run."""

    def recipients(self) -> list[str]:
        found = (recipient for delivery in Mailbox(self.data / "mail").envelopes() for recipient in delivery.recipients)
        return [recipient for recipient in found if recipient.startswith("person")]

    def delivered(self) -> int:
        return len(self.recipients())

    def progress(self) -> str:
        return f"at {self.delivered()} deliveries"

    def wait_until_delivered(self, count: int) -> None:
        self.wait(lambda: self.delivered() >= count)

    def states(self) -> dict[str, int]:
        return dict(self.ask("SELECT state, count(*)::int FROM messaging_message WHERE cause_kind = 'proof' GROUP BY state"))  # type: ignore[arg-type]

    def is_over(self) -> bool:
        """Everything has its end, and every end is told."""
        try:
            return self.ask("SELECT count(*) FROM messaging_message WHERE NOT is_announced AND cause_kind = 'proof'") == [(0,)]
        except psycopg.OperationalError:
            return False


@pytest.fixture
def mail_run(ground: Parts) -> Iterator[Run]:
    with on(ground, Run) as run:
        run.commands = {
            "worker": ["-m", "tests.proof.mail_house", "work"],
            "mail": run.mail_command("--faults", f"slow-after-storing={SLOW_SECONDS}"),
        }
        run.run("-m", "tests.proof.mail_house", "seed", str(RECIPIENTS))
        yield run


@pytest.mark.timeout(2400 if IN_FULL else 400)
def test_every_recipient_gets_exactly_one_mail_however_often_the_run_is_killed(mail_run: Run) -> None:
    chance = random.Random(20260301)
    wanted = RECIPIENTS - OBJECTING
    # Moments spread over the run; the mail server and the database die between two deaths of the worker.
    marks = sorted(chance.sample(range(2, int(wanted * 0.9)), DEATHS + 2))
    shots = ["worker"] * DEATHS
    shots[1::2] = ["worker between 250 and commit"] * len(shots[1::2])
    shots.insert(1, "mail")
    shots.insert(3, "database")
    mail_run.start("mail")
    mail_run.start("worker")

    for mark, shot in zip(marks, shots, strict=True):
        mail_run.wait_until_delivered(mark)
        if shot == "worker between 250 and commit":
            mail_run.trigger.touch()
            mail_run.wait_for_the_trigger("worker", shot)
        elif shot == "database":
            mail_run.shoot_database()
        else:
            time.sleep(chance.uniform(0, 2 * SLOW_SECONDS))
            mail_run.shoot(shot)
    mail_run.wait(mail_run.is_over, seconds=240)
    mail_run.note("over")

    delivered = Counter(mail_run.recipients())
    assert {recipient: count for recipient, count in delivered.items() if count != 1} == {}, mail_run.log
    assert len(delivered) == wanted
    assert mail_run.states() == {"sent": wanted, "refused": OBJECTING}
    assert sum(mail_run.states().values()) == RECIPIENTS
    proofs = "FROM runtime_event WHERE name LIKE 'messaging.%' AND values->>'cause_kind' = 'proof'"
    told = dict(mail_run.ask(f"SELECT name, count(DISTINCT values->>'message_id')::int {proofs} GROUP BY name"))
    assert (told["messaging.message_sent"], told["messaging.message_refused"]) == (wanted, OBJECTING)
    assert mail_run.ask(f"SELECT count(*)::int {proofs}") == [(RECIPIENTS,)]
    tell(
        f"{RECIPIENTS} mails, worker killed {DEATHS} times, half of them after the 250; mail server and database once",
        limit="one delivery each", measured=f"{len(delivered)} delivered once, {OBJECTING} who object not at all",
    )  # fmt: skip
