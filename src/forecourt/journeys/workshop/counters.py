"""The numbers that people see and say: gap-free per organisation and kind, from a row that is locked until the commit."""

from forecourt.journeys.workshop.models import Counter


def take_next(kind: str) -> int:
    """The next number of a kind ("appointment", "job_card"); call it late in the transaction, for others wait from here on."""
    Counter.objects.bulk_create([Counter(kind=kind)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update().get(kind=kind)
    counter.next_number += 1
    counter.save(update_fields=["next_number"])
    return counter.next_number - 1
