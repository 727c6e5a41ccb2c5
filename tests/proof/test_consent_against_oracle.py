"""Random histories × purposes × countries: the pure rules, the gate and its form in SQL answer as a slow oracle does that knows only
docs/reference/consent.md. A thousand histories in `make test`, twenty thousand in `make prove`; FORECOURT_PROVE_SEED gives others.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from forecourt.records.people import consent
from forecourt.records.people.models import ConsentEntry, ConsentRule, Customer
from tests.cast import Alpen
from tests.proof import consent_oracle as oracle
from tests.proof.consent_oracle import Asked, Said
from tests.proof.parts import tell

IN_FULL = os.environ.get("FORECOURT_PROVE") == "1"
HISTORIES = 20_000 if IN_FULL else 1_000
SEED = int(os.environ.get("FORECOURT_PROVE_SEED", "20261122"))
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = 190
RULES = ("by_country", "always", "never")
COUNTRIES = ("DE", "AT", "IT", "IT", "RO", "FR", "GB", "CN", "CH", "US", None)
SENDERS = ("dealer", "importer:fiat", "group")
BRANDS = (None, None, "fiat", "jeep")
SOURCES = ("link", "staff", "app", "import:autoline", "import:werbas", "dealer_rule")
FORMS = ("double_opt_in", "double_opt_in", "link", "app", "import", "paper", "counter", "phone", "web", "unknown")
BASES = ("consent", "consent", "consent", "order", "soft_opt_in")
SUPPRESSED = ("none",) * 8 + ("address", "complaint")
HOURS = (*range(8), 20, 21, 22, *range(186, 194))
REASONS = {
    "suppressed", "needs_no_consent", "objected", "withdrawn", "unconfirmed", "needs_double_opt_in", "soft_opt_in_not_possible",
    "given_to_another", "no_consent", "consented", "ordered_as_a_service", "soft_opt_in",
}  # fmt: skip


def histories(chance: random.Random) -> Iterator[list[Said]]:
    """Endless: each mostly about one purpose and channel, so that its entries meet."""
    number = 0
    while True:
        channel = chance.choice(("email", "email", "email", "sms", "sms", "app", "phone"))
        pair = (chance.choice(sorted(consent.ADVERTISING)), channel) if chance.random() < 0.8 else chance.choice(consent.PAIRS)
        history: list[Said] = []
        for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4, 6))):
            number += 1
            about = pair if chance.random() < 0.85 else chance.choice(consent.PAIRS)
            history.append(said(chance, number, *about))
            if history[-1].act == "give" and chance.random() < 0.5:
                number += 1
                history.append(confirmation(chance, number, history[-1]))
        chance.shuffle(history)
        yield history


def said(chance: random.Random, number: int, purpose: str, channel: str) -> Said:
    act = chance.choice(("give", "give", "give", "withdraw", "object"))
    hour = chance.choice(HOURS)
    entry = Said(
        number, chance.choice(SENDERS + ("dealer",) * 4), purpose, channel, chance.choice(BRANDS), act, hour, chance.choice(SOURCES)
    )
    if act == "give":
        entry.basis, entry.form = chance.choice(BASES), chance.choice(FORMS)
        entry.evidence = chance.choice((None, "folder 7"))
        entry.sale = chance.choice((None, ("", hour - 1), ("R-1", hour + 1), ("R-1", hour), ("R-1", hour - 5), ("R-1", hour - 5)))
    return entry


def confirmation(chance: random.Random, number: int, of: Said) -> Said:
    """Now and then of another purpose or too early or late: only what it names and when matters."""
    purpose, channel = (of.purpose, of.channel) if chance.random() < 0.8 else chance.choice(consent.PAIRS)
    hour = of.hour + chance.choice((-1, 0, 1, 2, 167, 168, 169))
    return Said(number, of.controller, purpose, channel, of.brand, "confirm", hour, "link", names=of.identity)


def questions(chance: random.Random, history: list[Said], country: str | None, rule: str) -> Iterator[Asked]:
    """Every purpose, on the channel that the history is about if the purpose has it."""
    usual = Counter(entry.channel for entry in history).most_common(1)
    for purpose, channels in consent.CHANNELS_OF.items():
        channel = usual[0][0] if usual and usual[0][0] in channels else chance.choice(channels)
        sender, brand = chance.choice(SENDERS + ("dealer",) * 4), chance.choice(BRANDS)
        yield Asked(sender, purpose, channel, brand, country, rule, chance.choice(SUPPRESSED), NOW, history)


def moment(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def line(entry: Said) -> consent.Line:
    return consent.Line(
        id=UUID(int=entry.identity), act=entry.act, entered_at=moment(entry.hour), purpose=entry.purpose, channel=entry.channel,
        source=entry.source, controller=entry.controller, brand=entry.brand or "", basis=entry.basis, form=entry.form,
        has_evidence=entry.evidence is not None, sale_reference=entry.sale[0] if entry.sale else "",
        sold_at=moment(entry.sale[1]) if entry.sale else None, confirms_id=UUID(int=entry.names) if entry.names else None,
    )  # fmt: skip


def verdict(asked: Asked) -> tuple[bool, str]:
    question = consent.Question(
        purpose=asked.purpose, channel=asked.channel, now=moment(asked.now), controller=asked.sender, brand=asked.brand or "",
        country=asked.country or "", double_opt_in=asked.rule, suppression=asked.suppression,
    )  # fmt: skip
    found = consent.verdict(question, [line(entry) for entry in asked.history])
    return found.allowed, found.reason_code


def test_the_rules_answer_as_the_oracle_does() -> None:
    chance = random.Random(SEED)
    seen: Counter[str] = Counter()
    for history, _ in zip(histories(chance), range(HISTORIES), strict=False):
        for country, rule in ((chance.choice(COUNTRIES), chance.choice(RULES)) for _ in range(3)):
            for asked in questions(chance, history, country, rule):
                expected = oracle.answer(asked)
                assert verdict(asked) == expected, f"seed {SEED}: {asked}"
                seen[expected[1]] += 1
    tell("consent, rules against oracle", limit="no difference", measured=f"{HISTORIES} histories, {seen.total()} answers, 0 differences")
    assert set(seen) == REASONS, f"seed {SEED}: never asked for {REASONS - set(seen)}"


def row(entry: Said, customer: Customer) -> ConsentEntry:
    told = {name: value for name, value in vars(line(entry)).items() if name != "has_evidence"}
    evidence = {"where": entry.evidence} if entry.evidence is not None else {}
    return ConsentEntry(customer=customer, wording="proof", evidence=evidence, **told)


def settle(chance: random.Random, count: int) -> list[tuple[Customer, list[Said]]]:
    """So many customers with a history each, in the database."""
    people = [Customer(number=f"P-{number}", last_name="P", country=chance.choice(COUNTRIES) or "") for number in range(count)]
    Customer.objects.bulk_create(people, batch_size=2000)
    told = [(person, history) for person, history in zip(people, histories(chance), strict=False)]
    ConsentEntry.objects.bulk_create([row(entry, person) for person, history in told for entry in history], batch_size=2000)
    return told


def asked_of(person: Customer, history: list[Said], rule: str, asked: tuple[tuple[str, str], str, str | None]) -> Asked:
    (purpose, channel), sender, brand = asked
    return Asked(sender, purpose, channel, brand, person.country or None, rule, "none", NOW, history)


@pytest.mark.timeout(1800 if IN_FULL else 120)
@pytest.mark.django_db
def test_the_gate_and_the_query_answer_as_the_oracle_does(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    chance = random.Random(SEED + 1)
    set_clock(moment(NOW) + timedelta(minutes=1))
    alpen.organisation.country = ""  # a customer without a country lives nowhere that we know
    alpen.organisation.save()
    every = list(product(consent.PAIRS, SENDERS[:2], (None, "fiat")))
    with alpen.scope():
        told = settle(chance, HISTORIES)
        counting = ConsentRule.objects.create()
        for rule in RULES:
            ConsentRule.objects.filter(pk=counting.pk).update(double_opt_in=rule)
            for asked in chance.sample(every, 15):
                expected = {person.pk for person, history in told if oracle.answer(asked_of(person, history, rule, asked))[0]}
                assert found(asked) == expected, f"seed {SEED}, {rule}, {asked}"
            for person, history in chance.sample(told, 30):
                asked = chance.choice(every)
                assert gate(person, asked) == oracle.answer(asked_of(person, history, rule, asked)), (
                    f"seed {SEED}, {rule}, {asked}, {history}"
                )


def arguments(asked: tuple[tuple[str, str], str, str | None]) -> dict[str, Any]:
    (purpose, channel), sender, brand = asked
    return {"purpose": purpose, "channel": channel, "controller": sender, "brand": brand or ""}


def found(asked: tuple[tuple[str, str], str, str | None]) -> set[UUID]:
    rows = Customer.objects.filter(number__startswith="P-").annotate(may=consent.permitted(**arguments(asked)))
    return {customer for customer, may in rows.values_list("pk", "may") if may}


def gate(person: Customer, asked: tuple[tuple[str, str], str, str | None]) -> tuple[bool, str]:
    answer = consent.may_send(customer_id=person.pk, **arguments(asked))
    return answer.allowed, answer.reason_code
