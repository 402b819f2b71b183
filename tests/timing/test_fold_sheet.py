"""Lines of timing sheets: the facts that a field gives, from one glance a lap."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import Script, Told

from pitbox.model.sheet import SheetLap
from pitbox.timing.race import RaceFold
from pitbox.wire.record import InfoRecord, RunRecord, SheetRecord


def line(car_idx, lap, end_s, time_s, **more):
    more.setdefault("user_id", -car_idx)
    return SheetLap(
        car_idx, lap, driver="x", end_s=end_s, time_s=time_s, flag=more.pop("flag", "green"), **more
    )


RACE = [
    line(1, 1, 100.0, 100.0),
    line(2, 1, 101.0, 101.0),
    line(1, 2, 198.0, 98.0, is_in_pit=True),
    line(2, 2, 203.0, 102.0, flag="caution"),
    line(2, 3, 330.0, 127.0, flag="caution"),
    line(1, 3, 370.0, 172.0, user_id=-9, pit_s=70.0, sectors_s=(90.0, None, 40.0)),
    line(2, 4, 430.0, 100.0, is_in_pit=True),
    line(1, 4, 468.0, 98.0, user_id=-9, flag="checkered"),
]


def fold(cuts=(3,)):
    script = Script()
    script.car(1), script.car(2), script.car(3)
    state, facts = RaceFold(), []
    some = [RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered")]
    some.append(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=script.info()))
    at, turn = 0, 0
    while at < len(RACE):
        piece = RACE[at : at + cuts[turn % len(cuts)]]
        at, turn = at + len(piece), turn + 1
        some.append(
            SheetRecord(
                sim_time_s=piece[0].end_s, session_num=0, run=0, laps=tuple(piece), is_last=at >= len(RACE)
            )
        )
    for record in some:
        facts += state.fold(record)
    return Told(state, facts)


def test_laps_are_the_lines():
    laps = fold().laps(1)
    assert [(lap.lap, lap.start_s, lap.end_s, lap.user_id) for lap in laps] == [
        (1, 0.0, 100.0, -1),
        (2, 100.0, 198.0, -1),
        (3, 198.0, 370.0, -9),
        (4, 370.0, 468.0, -9),
    ]
    assert [(lap.kind.is_in, lap.kind.is_out) for lap in laps] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert laps[2].sectors_s == (90.0, None, 40.0)
    assert [(lap.position, lap.class_position) for lap in laps] == [(1, 1), (1, 1), (2, 1), (2, 1)]


def test_a_visit_begins_at_the_line_and_lasts_as_long_as_the_next_line_says():
    (stop,) = fold().stops(1)
    assert (stop.lap, stop.lane_in_s, stop.lane_out_s) == (2, 198.0, 268.0)
    assert (stop.user_id_in, stop.user_id_out) == (-1, -9)
    assert [(service.what, service.confidence) for service in stop.service] == [("swap", 1.0)]


def test_who_ends_in_the_pits_is_in_there():
    end = fold()
    (stop,) = end.stops(2)
    assert (stop.lane_in_s, stop.lane_out_s) == (430.0, None)
    assert [(stint.laps, stint.end) for stint in end.stints(2)] == [(4, "stop")]


def test_stints_and_turns_at_the_wheel():
    end = fold()
    assert [(stint.start_lap, stint.laps, stint.end, stint.user_id) for stint in end.stints(1)] == [
        (1, 2, "stop", -1),
        (3, 2, "finish", -9),
    ]
    turns = [fact for fact in end.facts if type(fact).__name__ == "DriverStint" and fact.car_idx == 1]
    assert [(turn.user_id, turn.laps, turn.end) for turn in turns if turn.end] == [
        (-1, 2, "swap"),
        (-9, 2, "finish"),
    ]
    assert not [fact for fact in end.facts if type(fact).__name__ == "TyreStint"], "nobody saw a tyre"


def test_flags_are_those_at_the_line():
    end = fold()
    assert [(phase.flag, phase.start_s) for phase in end.flags()] == [
        ("green", 0.0),
        ("caution", 203.0),
        ("green", 370.0),
        ("checkered", 468.0),
    ]
    assert [lap.kind.is_caution for lap in end.laps(2)] == [False, True, True, True]
    assert [lap.kind.is_caution for lap in end.laps(1)] == [False, False, True, False]


def test_the_order_and_gaps_at_the_line():
    end = fold()
    assert end.order() == [2, 1]
    assert [car.laps for car in end.fold.standings().cars] == [4, 4]


@settings(max_examples=20)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_any_cut_gives_the_same(cuts):
    one, other = fold(), fold(cuts)
    assert one.facts == other.facts
    assert one.fold.to_bytes() == other.fold.to_bytes()


def test_the_same_sheet_again_says_nothing_new():
    end = fold()
    again = SheetRecord(sim_time_s=100.0, session_num=0, run=0, laps=tuple(RACE))
    assert end.fold.fold(again) == []


def test_a_driver_who_changes_without_a_stop_begins_another_turn():
    lines = [line(1, 1, 100.0, 100.0), line(1, 2, 200.0, 100.0, user_id=-7)]
    state = RaceFold()
    facts = state.fold(SheetRecord(sim_time_s=100.0, session_num=0, run=0, laps=tuple(lines), is_last=True))
    stints = Told(state, facts).stints(1)
    assert [(stint.user_id, stint.laps) for stint in stints] == [(-1, 1), (-7, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"car_idx": -1},
        {"car_idx": 10**6},
        {"end_s": -5.0},
        {"end_s": 1e300},
        {"time_s": 0.0},
        {"time_s": 1e300},
    ],
)
def test_lines_that_make_no_sense_are_left_out(changes):
    mad = msgspec.structs.replace(RACE[0], **changes)
    state = RaceFold()
    assert state.fold(SheetRecord(sim_time_s=1.0, session_num=0, run=0, laps=(mad,))) == []
    state.standings()
