"""Scores stay within 0 and 100, fall with what is bad, and say why they are missing."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pitbox.analysis.score import ScoreKind, Session, Target, overall, scores

SESSION = Session(
    clear_laps=40,
    hours=1.5,
    targets=(Target("lap", 101.0, 101.4, 0.5), Target("stint", 3.0, 2.9, 0.1)),
    lap_s=101.0,
    optimum_s=100.0,
    spread_s=0.4,
    fuel_per_lap_l=3.05,
    fuel_target_l=3.0,
    fall_off_s=0.06,
    others_fall_off_s=0.05,
    incidents=("off_track", "spin"),
)
WORSE = {
    ScoreKind.PACE: "lap_s",
    ScoreKind.CONSISTENCY: "spread_s",
    ScoreKind.FUEL: "fuel_per_lap_l",
    ScoreKind.TYRES: "fall_off_s",
}


def of(session: Session, kind: ScoreKind) -> float | None:
    return next(score.value for score in scores(session) if score.kind is kind)


@given(st.sampled_from(list(WORSE)), st.floats(0.01, 500.0), st.floats(0.0, 50.0))
def test_more_of_what_is_bad_never_scores_more(kind: ScoreKind, value: float, more: float) -> None:
    better, worse = (
        of(msgspec.structs.replace(SESSION, **{WORSE[kind]: each}), kind) for each in (value, value + more)
    )
    assert 0.0 <= worse <= better <= 100.0


@given(st.floats(50.0, 200.0), st.floats(0.0, 20.0), st.floats(0.01, 5.0))
def test_missing_a_target_by_more_never_scores_more(reached: float, more: float, tolerance: float) -> None:
    one, two = (
        of(
            msgspec.structs.replace(SESSION, targets=(Target("lap", 100.0, each, tolerance),)),
            ScoreKind.TARGET,
        )
        for each in (reached, reached + more)
    )
    assert 0.0 <= two <= one <= 100.0
    if reached <= 100.0:
        assert one == 100.0


@given(
    st.lists(st.sampled_from(["off_track", "spin", "contact", "slow", "tow"]), max_size=12),
    st.floats(0.1, 24.0),
)
def test_each_incident_costs_and_time_without_one_heals(kinds: list[str], hours: float) -> None:
    session = msgspec.structs.replace(SESSION, hours=hours, incidents=tuple(kinds))
    more = msgspec.structs.replace(session, incidents=(*kinds, "spin"))
    longer = msgspec.structs.replace(session, hours=2 * hours)
    kind = ScoreKind.INCIDENTS
    assert of(more, kind) < of(session, kind) <= of(longer, kind) <= 100.0


def test_nothing_wrong_is_a_hundred_and_the_half_is_where_the_docs_say() -> None:
    perfect = msgspec.structs.replace(
        SESSION, targets=(Target("lap", 101.0, 101.0, 0.5),), optimum_s=101.0, spread_s=0.0,
        fuel_per_lap_l=2.9,
        fall_off_s=0.05, incidents=(),
    )  # fmt: skip
    assert [score.value for score in scores(perfect)] == [100.0] * 6
    half = msgspec.structs.replace(
        SESSION, targets=(Target("lap", 101.0, 101.5, 0.5),), lap_s=101.5, spread_s=0.006 * 101.5,
        fuel_per_lap_l=3.09, fall_off_s=0.05 + 0.0005 * 101.5, incidents=("contact", "spin"),
    )  # fmt: skip
    assert [round(score.value, 6) for score in scores(half)] == [50.0] * 6


def test_what_is_missing_is_said_and_never_scored() -> None:
    empty = scores(Session(clear_laps=40, hours=1.0))
    assert [score.value for score in empty] == [None] * 6
    assert [score.why for score in empty] == [
        "no targets were set",
        "no optimum to compare with",
        "no stint was long enough to tell its scatter",
        "no fuel of this car is known",
        "no stint was long enough to tell its fall-off",
        "incidents were not looked for",
    ]
    assert overall(empty) is None
    short = scores(msgspec.structs.replace(SESSION, clear_laps=3))
    assert [score.value is None for score in short] == [False, True, True, True, True, False]
    assert overall(short) is None
    assert 0.0 < overall(scores(SESSION)) < 100.0
