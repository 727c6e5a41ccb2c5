"""Nothing is taken twice: by hand, by chance, and by a crowd."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.engines.booking import background, reservations, resources
from forecourt.engines.booking.models import TAKEN, Reservation, Resource
from forecourt.engines.booking.slots import Requirement
from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.kernel.periods import Period
from forecourt.runtime import scope

MakeResource = Callable[..., Resource]
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def hours(first: float, last: float) -> Period:
    return Period(MONDAY + timedelta(hours=first), MONDAY + timedelta(hours=last))


def need(role: str, *of: Resource) -> Requirement:
    return Requirement(role, tuple(each.pk for each in of))


def take(period: Period, *requirements: Requirement, **more: object) -> tuple[UUID, list[str]]:
    holder = uuid7()
    made = reservations.take(holder_kind="test", holder_id=holder, period=period, requirements=requirements, **more)  # type: ignore[arg-type]
    names = dict(Resource.objects.values_list("pk", "name"))
    return holder, [names[each.resource_id] for each in made]


def test_one_of_each_role_is_taken_the_first_that_is_free(make: MakeResource) -> None:
    bays, ann = [make("Bay 1"), make("Bay 2")], make("Ann", kind="technician")
    take(hours(8, 9), need("bay", bays[0]))
    assert take(hours(8.5, 9.5), need("bay", *bays), need("technician", ann))[1] == ["Bay 2", "Ann"]


def test_if_one_role_has_nobody_left_nothing_at_all_is_taken(make: MakeResource) -> None:
    bay, ann = make("Bay 1"), make("Ann", kind="technician")
    take(hours(8, 9), need("technician", ann))
    with pytest.raises(Refusal) as refusal:
        take(hours(8, 9), need("bay", bay), need("technician", ann))
    assert refusal.value.code == "period_taken"
    assert Reservation.objects.filter(resource=bay).count() == 0


def test_periods_that_only_touch_are_no_conflict(make: MakeResource) -> None:
    bay = make("Bay 1")
    take(hours(8, 9), need("bay", bay))
    assert take(hours(9, 10), need("bay", bay))[1] == ["Bay 1"]


def test_postgresql_itself_refuses_an_overlap_whoever_writes_it(make: MakeResource) -> None:
    bay = make("Bay 1")
    take(hours(8, 10), need("bay", bay))
    for state in TAKEN:
        with pytest.raises(IntegrityError, match="no_resource_taken_twice"), transaction.atomic():
            Reservation.objects.create(
                resource=bay,
                holder_kind="test",
                holder_id=uuid7(),
                starts_at=hours(9, 11).starts_at,
                ends_at=hours(9, 11).ends_at,
                state=state,
            )


def test_a_hold_that_is_over_gives_way_before_it_is_swept(make: MakeResource) -> None:
    bay = make("Bay 1")
    take(hours(8, 9), need("bay", bay), state="held", until=datetime.now(UTC) - timedelta(seconds=1))
    holder, _ = take(hours(8, 9), need("bay", bay))
    assert [each.holder_id for each in Reservation.objects.filter(state__in=TAKEN)] == [holder]


def test_the_poll_gives_back_holds_of_every_organisation_and_only_those_that_are_over(make: MakeResource) -> None:
    bay = make("Bay 1")
    gone, _ = take(hours(8, 9), need("bay", bay), state="held", until=datetime.now(UTC) - timedelta(seconds=1))
    kept, _ = take(hours(9, 10), need("bay", bay), state="held", until=datetime.now(UTC) + timedelta(hours=1))
    with scope.of(uuid7()):
        background.release_expired_holds()
    assert dict(Reservation.objects.values_list("holder_id", "state")) == {gone: "released", kept: "held"}


def test_confirming_makes_a_hold_firm(make: MakeResource) -> None:
    bay = make("Bay 1")
    holder, _ = take(hours(8, 9), need("bay", bay), state="held", until=datetime.now(UTC) + timedelta(hours=1))
    assert reservations.confirm(holder_id=holder) == 1
    assert Reservation.objects.values_list("state", "expires_at").get() == ("confirmed", None)


def test_a_move_may_overlap_what_it_leaves(make: MakeResource) -> None:
    bay = make("Bay 1")
    holder, _ = take(hours(8, 10), need("bay", bay))
    reservations.move(holder_id=holder, to=hours(9, 11), requirements=[need("bay", bay)])
    assert [(each.starts_at, each.ends_at) for each in reservations.of(holder)] == [(hours(9, 11).starts_at, hours(9, 11).ends_at)]


def test_a_move_that_is_refused_leaves_everything_as_it_was(make: MakeResource) -> None:
    bay = make("Bay 1")
    holder, _ = take(hours(8, 9), need("bay", bay))
    take(hours(10, 11), need("bay", bay))
    with pytest.raises(Refusal):
        reservations.move(holder_id=holder, to=hours(10.5, 11.5), requirements=[need("bay", bay)])
    assert [each.starts_at for each in reservations.of(holder)] == [hours(8, 9).starts_at]


def test_another_organisations_resource_cannot_be_taken(make: MakeResource) -> None:
    bay = make("Bay 1")
    with scope.of(uuid7()):
        assert reservations.obstacles(resource_ids=[bay.pk], period=hours(8, 9)) == []
        assert resources.of("bay", bay.ref_id) is None


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "move", "release"]),
        st.integers(0, 3),  # which holder
        st.integers(0, 11),  # start, in half hours
        st.integers(1, 4),  # length
        st.sets(st.integers(0, 2), min_size=1),  # bays that would do
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_taken_moved_and_released_a_simple_model_says_the_same(
    organisation: UUID, acts: list[tuple[str, int, int, int, set[int]]]
) -> None:
    """The model: a dictionary of holder to (bay, half hours). Both must agree on every answer and on what is taken in the end."""
    with transaction.atomic():
        bays = [resources.ensure(kind="bay", ref_id=uuid7(), site_id=None, name=str(number)) for number in range(3)]
        number_of = {bay.pk: number for number, bay in enumerate(bays)}
        holders = [uuid7() for _ in range(4)]
        model: dict[int, tuple[int, frozenset[int]]] = {}

        for act, who, start, length, wanted in acts:
            span, period = frozenset(range(start, start + length)), hours(start / 2, (start + length) / 2)
            requirements = [Requirement("bay", tuple(bays[number].pk for number in sorted(wanted)))]
            others = [each for holder, each in model.items() if holder != who]
            free = next((bay for bay in sorted(wanted) if all(bay != other or not span & taken for other, taken in others)), None)
            if act == "release":
                assert reservations.release(holder_id=holders[who]) == (1 if model.pop(who, None) else 0)
                continue
            if (act == "take") == (who in model):
                continue  # each holder has one thing at a time
            try:
                if act == "take":
                    made = reservations.take(holder_kind="test", holder_id=holders[who], period=period, requirements=requirements)
                else:
                    made = reservations.move(holder_id=holders[who], to=period, requirements=requirements)
            except Refusal:
                assert free is None
            else:
                assert [number_of[each.resource_id] for each in made] == [free]
                model[who] = (number_of[made[0].resource_id], span)

        kept = Reservation.objects.filter(state__in=TAKEN).values_list("holder_id", "resource_id", "starts_at", "ends_at")
        assert {holder: (number_of[bay], begins, ends) for holder, bay, begins, ends in kept} == {
            holders[who]: (bay, hours(min(span) / 2, (max(span) + 1) / 2).starts_at, hours(min(span) / 2, (max(span) + 1) / 2).ends_at)
            for who, (bay, span) in model.items()
        }
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("places", [1, 3])
def test_of_twenty_at_once_exactly_as_many_get_it_as_there_are_places(places: int) -> None:
    organisation_id, start = uuid7(), Barrier(20)
    with scope.of(organisation_id):
        bays = [resources.ensure(kind="bay", ref_id=uuid7(), site_id=None, name=str(number)) for number in range(places)]
        people = [resources.ensure(kind="technician", ref_id=uuid7(), site_id=None, name=str(number)) for number in range(places)]

    def try_it(number: int) -> str:
        # Half of them ask for the resources the other way round, which would be a deadlock without an order of locks.
        requirements = [need("bay", *bays), need("technician", *people)]
        try:
            start.wait(timeout=30)
            with scope.of(organisation_id), transaction.atomic():
                reservations.take(
                    holder_kind="test", holder_id=uuid7(), period=hours(8, 9), requirements=requirements[:: 1 if number % 2 else -1]
                )
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(20) as crowd:
        answers = sorted(crowd.map(try_it, range(20)))
    assert answers == ["period_taken"] * (20 - places) + ["taken"] * places
    with scope.of(organisation_id):
        assert Reservation.objects.filter(state__in=TAKEN).count() == 2 * places


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_at_the_resource_before_writing_anything() -> None:
    """Waiting at the constraint, after the insert, would be a deadlock as soon as two wait for each other."""
    organisation_id = uuid7()
    with scope.of(organisation_id):
        bay = resources.ensure(kind="bay", ref_id=uuid7(), site_id=None, name="Bay 1")

    def is_locked() -> bool:
        try:
            with scope.of(organisation_id), transaction.atomic():
                Resource.objects.select_for_update(no_key=True, nowait=True).get(pk=bay.pk)
        except OperationalError:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(1) as other, scope.of(organisation_id), transaction.atomic():
        reservations.take(holder_kind="test", holder_id=uuid7(), period=hours(8, 9), requirements=[need("bay", bay)])
        assert other.submit(is_locked).result() is True
        with pytest.raises(Refusal):
            reservations.take(holder_kind="test", holder_id=uuid7(), period=hours(8, 9), requirements=[need("bay", bay)])
