"""A kept sentence is said again in the language of whoever reads it."""

from datetime import date

from django.utils.translation import gettext_lazy, override

from forecourt.runtime.sentences import SentenceField, joined, kept, quoted
from forecourt.runtime.sentences import sentence as _


def again(text: str) -> str:
    """Kept, and loaded in the active language."""
    loaded = SentenceField().from_db_value(kept(text), None, None)
    assert loaded is not None
    assert kept(loaded) == kept(text)  # so whoever saves what was loaded changes nothing
    return loaded


def test_a_sentence_is_said_in_the_language_in_which_it_is_loaded() -> None:
    said = _("This day does not exist.")
    assert (said, kept(said)) == ("This day does not exist.", "This day does not exist.")
    with override("de"):
        assert again(said) == "Diesen Tag gibt es nicht."


def test_what_fills_it_is_said_anew_too() -> None:
    sizes = _("The file “%(name)s” has %(size)s MB; at most %(limit)s MB can be read. Please export a shorter period.")
    large = sizes % {"name": "100 %.csv", "size": 5120, "limit": 512}
    needs = joined("; ", [joined(" / ", [gettext_lazy("Order date")])])
    missing = _("More columns are needed: %(missing)s. The file has: %(found)s.") % {"missing": needs, "found": quoted(["100 %", "Datum"])}
    erased = _("Not taken: this person was erased on %(day)s.") % {"day": date(2026, 3, 2)}
    assert "“100 %.csv” has 5,120 MB" in large
    with override("de"):
        assert "„100 %.csv“ hat 5.120 MB" in again(large)
        assert again(missing) == "Es werden weitere Spalten gebraucht: Auftragsdatum. Die Datei hat: „100 %“, „Datum“."
        assert again(erased) == "Nicht übernommen: Diese Person wurde am 02.03.2026 gelöscht."
    assert again(again(missing)) == missing


def test_a_text_that_was_kept_before_stays_as_it_was_written() -> None:
    with override("de"):
        assert again("“100 %.csv” is a picture.") == "“100 %.csv” is a picture."
        assert again("") == ""
