"""Who drives where nobody says it: chances that are chances, and answers that teach."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.planning.live.wheel import Sign, wheel

HOUR_S = 3600.0
PLANNED = tuple(Sign(HOUR_S, planned=who) for who in (0, 0, 1, 1, 2, 2, 0, 0))


def answered(signs: tuple[Sign, ...], at: int, who: int) -> tuple[Sign, ...]:
    return (*signs[:at], msgspec.structs.replace(signs[at], known=who), *signs[at + 1 :])


def test_the_plan_makes_whom_it_names_likelier_and_nobody_sure():
    unplanned = (PLANNED[0], *(Sign(HOUR_S) for _ in PLANNED[1:]))
    told, untold = wheel(PLANNED, 3)[1:], wheel(unplanned, 3)[1:]
    for sign, odds, blind in zip(PLANNED[1:], told, untold, strict=True):
        assert odds[sign.planned] >= blind[sign.planned] - 0.02
        assert odds[sign.planned] > 1 / 3
    assert all(max(odds) < 0.95 for odds in wheel(PLANNED, 3)[1:])


def test_an_answer_is_certain_and_a_kept_plan_is_believed_more():
    before, after = wheel(PLANNED, 3), wheel(answered(PLANNED, 4, 2), 3)
    assert after[4][2] > 0.999
    assert after[2][1] > before[2][1]
    assert after[6][0] > before[6][0]


def test_an_answer_against_the_plan_takes_trust_from_all_of_it():
    before, after = wheel(PLANNED, 3), wheel(answered(PLANNED, 2, 2), 3)
    assert after[2][2] > 0.999
    assert after[6][0] < before[6][0]


def test_who_is_much_quicker_is_told_from_the_others_by_one_answer():
    paces = (0.0, 0.0, 14.0, 14.0, 0.0, 0.0, 14.0, 14.0)
    unplanned = tuple(Sign(HOUR_S, planned=0 if at == 0 else -1, pace=pace) for at, pace in enumerate(paces))
    blind = tuple(msgspec.structs.replace(sign, pace=None) for sign in unplanned)
    assert wheel(answered(unplanned, 2, 1), 2)[6][1] > wheel(answered(blind, 2, 1), 2)[6][1] + 0.1


def test_a_long_visit_speaks_for_a_change():
    def changed(visit: float) -> float:
        return wheel((Sign(HOUR_S, planned=0), Sign(HOUR_S, visit=visit)), 2)[1][1]

    assert changed(0.2) > changed(0.0) > changed(-0.5)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(
        st.tuples(st.floats(0, 9000), st.integers(-1, 3), st.none() | st.floats(-1, 9), st.booleans()),
        min_size=1,
        max_size=7,
    ),
)
def test_chances_are_chances_and_answers_hold(seats, rows):
    signs = tuple(
        Sign(
            length_s,
            planned=who % seats,
            known=who % seats if who >= 0 else -1,
            visit=visit,
            pace=visit,
            is_swap=swap,
        )
        for length_s, who, visit, swap in rows
    )
    for sign, odds in zip(signs, wheel(signs, seats), strict=True):
        assert len(odds) == seats
        assert abs(sum(odds) - 1.0) < 1e-6
        assert min(odds) >= 0.0
        assert sign.known < 0 or odds[sign.known] > 0.999
