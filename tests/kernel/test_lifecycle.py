import pytest

from forecourt.kernel.errors import Refusal
from forecourt.kernel.lifecycle import Lifecycle

APPOINTMENT = Lifecycle(
    "appointment",
    "requested",
    {"requested": {"confirmed", "cancelled"}, "confirmed": ("arrived", "cancelled"), "arrived": ()},
    final={"arrived", "cancelled"},
)


def test_a_move_that_is_declared_gives_the_new_state() -> None:
    assert APPOINTMENT.move("requested", "confirmed") == "confirmed"
    assert APPOINTMENT.can("confirmed", "arrived")
    assert not APPOINTMENT.can("requested", "arrived")


def test_a_move_that_is_not_declared_is_refused_with_where_it_could_come_from() -> None:
    with pytest.raises(Refusal) as refused:
        APPOINTMENT.move("cancelled", "arrived", text="This appointment was cancelled.")

    assert (refused.value.code, str(refused.value)) == ("wrong_state", "This appointment was cancelled.")
    assert refused.value.facts == {"lifecycle": "appointment", "state": "cancelled", "allowed": ("confirmed",)}


def test_an_act_is_refused_outside_its_states() -> None:
    APPOINTMENT.refuse_unless("confirmed", "requested", "confirmed")
    with pytest.raises(Refusal) as refused:
        APPOINTMENT.refuse_unless("arrived", "requested", "confirmed")

    assert refused.value.facts["allowed"] == ("requested", "confirmed")


def test_a_misspelt_state_is_a_fault_of_the_program_not_a_refusal() -> None:
    with pytest.raises(ValueError, match="no state canceled"):
        APPOINTMENT.refuse_unless("requested", "canceled")
    with pytest.raises(ValueError, match="no state canceled"):
        APPOINTMENT.move("requested", "canceled")


def test_states_and_ends_are_known() -> None:
    assert APPOINTMENT.states == {"requested", "confirmed", "arrived", "cancelled"}
    assert [state for state in sorted(APPOINTMENT.states) if APPOINTMENT.is_final(state)] == ["arrived", "cancelled"]


@pytest.mark.parametrize(
    ("initial", "moves", "final", "complaint"),
    [
        ("new", {"old": ["gone"]}, ["gone"], "initial state 'new'"),
        ("new", {"new": ["gone"], "gone": ["new"]}, ["gone"], "final states are left: gone"),
        ("new", {"new": ["gone", "lost"]}, ["gone"], "never left: lost"),
        ("new", {"new": ["gone"], "odd": ["gone"]}, ["gone"], "never reached: odd"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(
    initial: str, moves: dict[str, list[str]], final: list[str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Lifecycle("thing", initial, moves, final)
