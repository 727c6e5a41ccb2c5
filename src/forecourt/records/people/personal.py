"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.records.people.models import ConsentEntry, Customer, CustomerReference, Likeness, Merge, NameWord
from forecourt.runtime import references

_HISTORY = "it says what was merged or told apart, under the names of then"

references.declare(CustomerReference)
references.declare(ConsentEntry)
references.stay(NameWord, because="the words of a name stay with the record that bears it; a trigger keeps them")
references.stay(Customer, "merged_into_id", because="it is the merge")
references.stay(Merge, "survivor_id", because=_HISTORY)
references.stay(Merge, "absorbed_id", because=_HISTORY)
references.stay(Likeness, "one_id", because=_HISTORY)
references.stay(Likeness, "other_id", because=_HISTORY)
