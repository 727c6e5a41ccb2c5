"""Why rows and files were not taken is said in the language of whoever reads it, whoever ran the import."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from forecourt.engines.intake import rejections, running
from forecourt.engines.intake.fetching import arrivals
from forecourt.engines.intake.models import Import, RejectedRow, Source
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts.models import Account
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import ANNA, ANNAS_GOLF, LINES, export, sent


@pytest.fixture
def max_mair(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Max Mair")


def test_wrong_rows_of_an_english_worker_are_read_in_german_on_the_page_and_in_the_file(alpen: Alpen, max_mair: Actor) -> None:
    no_day = f"{ANNA};{ANNAS_GOLF};BOZ;A-3;31.02.2025;;45.300;1;L;0100;Inspektion;1;1;10,00"
    no_car = LINES[1].replace(ANNAS_GOLF, ";;;;;").replace("A-1", "P-1")
    with alpen.scope():
        with override("en"):
            done = running.run(actor=max_mair, import_id=sent(max_mair, export(LINES[0], no_day, no_car)).pk)
        with override("de"):
            rows = list(rejections.of(actor=max_mair, import_id=done.pk))
            assert [row.reason for row in rows] == [
                "Diesen Tag gibt es nicht.",
                "Der Auftrag nennt kein Fahrzeug. Verkäufe ohne Fahrzeug, etwa Teile über die Theke, werden nicht übernommen.",
            ]
            file = rejections.rejected_file(actor=max_mair, import_id=done.pk).decode("utf-8-sig").splitlines()
            assert file[0].endswith("Grund")
            assert file[1].endswith("Auftragsdatum: Diesen Tag gibt es nicht.")
        with override("it"):
            assert RejectedRow.objects.get(line=3).reason == "Questo giorno non esiste."


def test_a_customer_without_any_number_is_said_to_be_missing_in_german_too(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        content = "Vorname;Nachname;E-Mail\n;;anna@example.org\nAnna;Müller;anna@example.org\n".encode()
        with override("en"):
            running.run(actor=max_mair, import_id=sent(max_mair, content).pk)
        with override("de"):
            row = RejectedRow.objects.get()
            assert (row.line, row.column, row.reason) == (2, "", "Die Zeile sagt nicht, um welchen Kunden es geht.")


def test_a_refused_file_says_why_in_german_with_the_names_of_what_is_missing(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        with override("en"), pytest.raises(Refusal):
            running.run(actor=max_mair, import_id=sent(max_mair, b"Auftragsnummer;KM-Stand\n1;2\n").pk)
        with override("de"):
            found = Import.objects.get()
            assert "Auftragsdatum" in found.refusal_text
            assert found.refusal_text.startswith("Es werden weitere Spalten gebraucht: ")
            found.save()
        assert Import.objects.get().refusal_text.startswith("More columns are needed: Order date")


def test_the_note_beside_a_refused_file_is_in_the_language_of_whoever_set_the_source_up(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        maker = alpen.staff["Max Mair"]
        Account.objects.filter(pk=maker.account_id).update(language="de")
        with override("en"), pytest.raises(Refusal):
            running.run(actor=max_mair, import_id=sent(max_mair, b"Auftragsnummer;KM-Stand\n1;2\n").pk)
        source = Source(made_by_id=maker.pk)
        told = arrivals.words_of(source, "missing_columns", "x.csv", import_id=Import.objects.get().pk)
        assert told.startswith("Es werden weitere Spalten gebraucht: Auftragsdatum")
        assert arrivals.words_of(source, "too_large", "x.csv").startswith("Die Datei „x.csv“ ist zu groß.")
