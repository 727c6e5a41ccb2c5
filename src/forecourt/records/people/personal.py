"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from forecourt.records.people.models import (
    ConsentEntry,
    ConsentRule,
    Controller,
    Customer,
    CustomerCorrection,
    CustomerReference,
    Erasure,
    Likeness,
    Merge,
    MergePolicy,
    MovedRow,
    NameWord,
    RetentionRun,
    Share,
    Takeout,
    Wording,
)
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Subject, Term

_HISTORY = "it says what was merged or told apart, under the names of then"

references.declare(CustomerCorrection)
references.declare(CustomerReference)
references.declare(ConsentEntry)
references.stay(NameWord, because="the words of a name stay with the record that bears it; a trigger keeps them")
references.stay(Customer, "merged_into_id", because="it is the merge")
references.stay(Merge, "survivor_id", because=_HISTORY)
references.stay(Merge, "absorbed_id", because=_HISTORY)
references.stay(Likeness, "one_id", because=_HISTORY)
references.stay(Likeness, "other_id", because=_HISTORY)
references.stay(Erasure, because="whom it was about is said by the id alone")
references.declare(Takeout)


def _of_pair(one: str, other: str) -> personal_data.Find:
    return lambda subject: Q(**{f"{one}__in": subject.customer_ids}) | Q(**{f"{other}__in": subject.customer_ids})


def _end_ledger(subject: Subject, rows: QuerySet[Any]) -> int:
    """A confirmation names the line that it confirms, so it goes first."""
    ids = list(rows.values_list("pk", flat=True))
    ConsentEntry.objects.filter(pk__in=ids, confirms__isnull=False).delete()
    ConsentEntry.objects.filter(pk__in=ids).delete()
    return len(ids)


def _remove(subject: Subject, rows: QuerySet[Any]) -> int:
    """The record itself goes last, when nothing names it any more: `erasures` does that."""
    return 0


personal_data.declare(Customer, gettext_noop("You"), person="pk", erase=_remove)
personal_data.declare(
    NameWord, gettext_noop("Words of your name"), person="customer_id", erase=personal_data.delete, export=False, keep=personal_data.DERIVED
)
personal_data.declare(CustomerCorrection, gettext_noop("What was put right about you"), person="customer_id", erase=personal_data.delete)
personal_data.declare(CustomerReference, gettext_noop("Your numbers in other systems"), person="customer_id", erase=personal_data.delete)
personal_data.declare(ConsentEntry, gettext_noop("Your consents"), person="customer_id", erase=_end_ledger)
personal_data.declare(
    Likeness, gettext_noop("Records compared with yours"), person=_of_pair("one_id", "other_id"), erase=personal_data.delete, export=False
)
personal_data.declare(
    Merge,
    gettext_noop("Records merged with yours"),
    person=_of_pair("survivor_id", "absorbed_id"),
    erase=personal_data.delete,
    export=False,
)
personal_data.declare(
    MovedRow,
    gettext_noop("What followed in a merge"),
    person=_of_pair("merge__survivor_id", "merge__absorbed_id"),
    erase=personal_data.delete,
    export=False,
)
personal_data.declare(
    Takeout,
    gettext_noop("Your archives"),
    person="customer_id",
    erase=personal_data.delete,
    keep=gettext_noop("a week"),
    files=("stored_file_id",),
    export=False,
    term=Term(7, "requested_at"),
)
personal_data.impersonal(Erasure, because="ids, codes and counts, the proof that it was done")
personal_data.impersonal(RetentionRun, because="figures by kind")
personal_data.impersonal(MergePolicy, ConsentRule, because="a setting")
personal_data.impersonal(Controller, Wording, because="who may ask for consent, and in which words")
personal_data.impersonal(Share, because="which fields go where, for all customers alike")


def _words(subject: Subject) -> set[str]:
    found: set[str] = set()
    for each in Customer.objects.filter(pk__in=subject.customer_ids):
        found |= {each.email, each.phone, each.mobile, each.company, each.street}
        if each.last_name and each.first_name:
            found |= {f"{each.first_name} {each.last_name}", f"{each.last_name} {each.first_name}", f"{each.last_name}, {each.first_name}"}
        elif each.kind != "business":
            found.add(each.last_name)
    return found


personal_data.words(_words)
