"""Wherever blocks are cut: the same facts in the same order, and the same state to the byte."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import AWAY, FIELD, LANE, OFF, OWN, STALL, Script, block, cut, opening, records, told

from pitbox.model.code import Flag
from pitbox.timing.race import RaceFold
from pitbox.wire.block import rows_per_block
from pitbox.wire.record import InfoRecord

MOST = rows_per_block(FIELD)


@cache
def busy() -> Script:
    """Everything at once, in five minutes: stops, a swap, a tow, gaps, a caution, the flag."""
    script = Script(state=3, hz=20)
    script.states += [(10.02, 4), (262.0, 5), (300.0, 6)]
    script.flags += [(80.0, int(Flag.CAUTION)), (110.0, 0), (200.0, int(Flag.WHITE))]
    own = script.car(1, place=0.9, user=7, fuel_l=20.0).to(1.0, 10, fuel=-0.2).to(1.95, 50, fuel=-2)
    own.to(1.98, 6, LANE).run(8, on=STALL, fuel=20).run(3, on=AWAY).run(4, on=STALL).to(2.05, 14, LANE)
    own.to(3.0, 55, fuel=-2).to(4.0, 58, fuel=-2.1).to(5.0, 61).run(20, 0.2).run(10, on=AWAY)
    script.swap(78.0, 1, user=8)
    towed = script.car(2, place=0.88).to(1.0, 11.5).to(2.0, 60).to(2.3, 20).run(6, on=OFF)
    towed.jump(2.98).run(40, on=STALL).tyres(1).run(5, on=STALL).to(3.05, 14, LANE).to(5.2, 130)
    lost = script.car(3, place=0.86).to(1.0, 13).to(2.5, 90).run(3, 0.05, AWAY).run(20, 0.001, OFF)
    lost.run(11, -0.002, OFF).run(9, 0.1)
    script.car(4, place=0.84).to(1.0, 14.4).to(1.97, 59).run(11, 0.05, LANE).to(6.0, 200)
    script.missing = [(34.0, 34.2), (150.0, 152.5)]
    return script


@cache
def rows():
    return busy().own(), busy().field()


@cache
def expected():
    end = told(records(*rows(), busy().notices(), (15,)))
    return end.facts, end.fold.to_bytes()


def test_the_busy_world_tells_of_everything():
    facts, _ = expected()
    kinds = [type(fact).__name__ for fact in facts]
    assert min(kinds.count(kind) for kind in ("Lap", "Stint", "Stop", "FlagPhase")) >= 5
    ends = {fact.end for fact in facts if type(fact).__name__ == "Stint"}
    assert ends == {"", "stop", "finish", "lost"}


@pytest.mark.parametrize("size", [1, 7, 15, 16, 600, MOST])
def test_any_even_cut(size):
    end = told(records(*rows(), busy().notices(), (size,)))
    assert (end.facts, end.fold.to_bytes()) == expected()


@settings(max_examples=20)
@given(st.lists(st.integers(4, 900), min_size=1, max_size=12))  # row by row is a case of its own above
def test_any_cut(cuts):
    end = told(records(*rows(), busy().notices(), cuts))
    assert (end.facts, end.fold.to_bytes()) == expected()


def apart(own_cuts, field_cuts):
    """The two streams cut at different places, as the axis orders them."""
    own, field = rows()
    blocks = [block(OWN, 0, piece) for piece in cut(own, own_cuts)]
    blocks += [block(FIELD, 1, piece) for piece in cut(field, field_cuts)]
    texts = [InfoRecord(sim_time_s=s, session_num=0, run=0, info=info) for s, info in busy().notices()]
    return [*opening(), *texts, *sorted(blocks, key=lambda record: record.sim_time_s)]


@settings(max_examples=15)
@given(
    st.lists(st.integers(5, 900), min_size=1, max_size=6),
    st.lists(st.integers(5, 900), min_size=1, max_size=6),
)
def test_own_and_field_cut_at_different_places(own_cuts, field_cuts):
    end = told(apart(own_cuts, field_cuts))
    assert (end.facts, end.fold.to_bytes()) == expected()


def test_field_rows_that_come_before_their_own_rows_wait_for_them():
    *head, own, field = apart((600,), (600,))[:7]
    fold = told(head).fold
    assert fold.fold(field) == []
    assert fold.fold(own) != []


def test_field_rows_do_not_wait_for_ever():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).run(2, 0.02)
    texts = [InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=script.info())]
    blocks = [block(FIELD, 1, piece) for piece in cut(script.field(), (60,))]
    assert [lap.lap for lap in told([*opening(), *texts, *blocks]).laps()] == [3]


@settings(max_examples=10)
@given(st.integers(1, 400))
def test_a_fold_goes_on_from_its_bytes(at):
    some = records(*rows(), busy().notices(), (60,))
    first = told(some[:at])
    second = told(some[at:], RaceFold.from_bytes(first.fold.to_bytes()))
    assert (first.facts + second.facts, second.fold.to_bytes()) == expected()


def test_two_folds_of_the_same_records_are_one_and_the_same():
    some = records(*rows(), busy().notices(), (60,))
    one, other = told(some), told(some)
    assert one.facts == other.facts
    assert one.fold.to_bytes() == other.fold.to_bytes()
