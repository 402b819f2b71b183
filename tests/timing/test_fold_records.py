"""Runs, sessions, several logs, checkpoints, and records that make no sense."""

import msgpack
import msgspec
import pytest
from scripted import FIELD, OWN, Script, block, cut, opening, told

from pitbox.model.ids import LogId
from pitbox.timing.errors import CheckpointError
from pitbox.timing.race import RaceFold
from pitbox.wire.record import BlockRecord, EndRecord, InfoRecord, LayoutRecord, RunRecord, UnknownRecord


def lapping(until=5.2):
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60)
    script.drivers[1].to(until, 12) if until > 5 else None
    return script


def restarted(script, run):
    """The script's records as another run."""
    out = []
    for record in script.records((60,)):
        if isinstance(record, BlockRecord | InfoRecord | RunRecord):
            record = msgspec.structs.replace(record, run=run)  # noqa: PLW2901
        out.append(record)
    return out


def test_a_restart_closes_what_is_open_and_nothing_leaks():
    fresh = told(restarted(lapping(), 1))
    both = told(lapping().records((60,)))
    before = list(both.facts)
    both = told(restarted(lapping(), 1), both.fold)
    closing, again = both.facts[:4], both.facts[4:]
    assert [(type(fact).__name__, fact.run, fact.end_s is None) for fact in closing] == [
        (kind, 0, False) for kind in ("Stint", "DriverStint", "TyreStint", "FlagPhase")
    ]
    assert closing[0].end == "lost"
    assert closing[0].laps == 2
    assert again == fresh.facts
    picture = both.fold.standings()
    # What our car drinks is known from before: it is the same car.
    assert (picture.fuel_laps, fresh.fold.standings().fuel_laps) == (4, 2)
    assert msgspec.structs.replace(picture, fuel_laps=2) == fresh.fold.standings()
    assert {fact.run for fact in before} == {0}


def test_rows_of_an_earlier_run_are_counted_and_not_folded():
    first = lapping().records((60,))
    fold = told(restarted(lapping(), 1)).fold
    state = fold.standings()
    assert told(first, fold).facts == []
    assert fold.standings() == state
    assert fold.state.outdated_blocks == sum(isinstance(record, BlockRecord) for record in first)


def test_the_same_run_again_says_nothing_new():
    end = told(lapping().records((60,)))
    before = end.fold.to_bytes()
    context = [record for record in lapping().records((60,)) if not isinstance(record, BlockRecord)]
    assert told(context, end.fold).facts == []
    assert end.fold.to_bytes() == before


def test_rows_that_come_twice_are_skipped_and_counted():
    script = lapping()
    once = told(script.records((60,)))
    twice = []
    for record in script.records((60,)):
        twice += [record, record] if isinstance(record, BlockRecord) else [record]
    end = told(twice)
    assert end.facts == once.facts
    assert end.fold.skipped_rows == len(script.field())


def test_layout_numbers_of_two_logs_do_not_mix():
    script = lapping()
    one, two = LogId("sub-1", "a" * 64, 1), LogId("sub-1", "b" * 64, 2)
    texts = [InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=script.info())]
    fold, facts = RaceFold(), []
    for record in [*opening((OWN, FIELD)), *texts]:
        fold.fold(record, one)
    for record in opening((FIELD, OWN)):
        fold.fold(record, two)
    for n, (mine, theirs) in enumerate(
        zip(cut(script.own(), (60,)), cut(script.field(), (60,)), strict=True)
    ):
        log, numbers = (one, (0, 1)) if n % 2 else (two, (1, 0))
        facts += fold.fold(block(OWN, numbers[0], mine), log)
        facts += fold.fold(block(FIELD, numbers[1], theirs), log)
    assert facts == told(script.records((60,))).facts
    assert RaceFold.from_bytes(fold.to_bytes()).to_bytes() == fold.to_bytes()


def test_a_later_log_goes_on_where_one_broke_off():
    script = lapping()
    some = script.records((60,))
    fold, facts = RaceFold(), []
    for record in some[:100]:
        facts += fold.fold(record, 1)
    facts += fold.fold(EndRecord(sim_time_s=50.0, reason="stopped"), 1)
    for record in [*some[:4], *some[100:]]:
        facts += fold.fold(record, 2)
    assert facts == told(some).facts


def test_the_next_session_starts_with_the_text_that_came_ahead_of_it():
    end = told(lapping().records((60,)))
    script = lapping()
    info = script.info([{1: 555}])
    told([InfoRecord(sim_time_s=1.0, session_num=1, run=0, info=info)], end.fold)
    assert end.fold.standings().cars[0].user_id == 100
    own, field = script.own()[:600], script.field()[:600]
    end = told([block(OWN, 0, own, 1), block(FIELD, 1, field, 1)], end.fold)
    assert end.fold.standings().session_num == 1
    assert end.fold.standings().cars[0].user_id == 555


def test_an_outdated_session_text_says_nothing():
    script = lapping()
    script.swap(100.0, 1, user=8)
    some = script.records((60,))
    old = InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=script.info())
    end = told([*some[:-10], old, *some[-10:]])
    assert end.fold.standings().cars[0].user_id == 8


def test_damaged_and_unknown_records_are_left_out():
    some = lapping().records((60,))
    broken = msgspec.structs.replace(some[-1], data=b"nonsense")
    foreign = msgspec.structs.replace(some[-1], layout_no=99)
    absurd = LayoutRecord(sim_time_s=0.0, layout_no=5, layout=msgspec.structs.replace(FIELD, channels=()))
    end = told([*some[:20], broken, foreign, absurd, UnknownRecord(kind=99, payload=b""), *some[20:]])
    assert end.facts == told(some).facts
    assert end.fold.state.refused_blocks == 3


def test_a_fold_without_a_run_has_no_standings():
    assert RaceFold().standings() is None


def test_a_checkpoint_is_plain_messagepack():
    version, state = msgpack.unpackb(told(lapping().records((60,))).fold.to_bytes(), strict_map_key=False)
    assert version == 4
    assert state[0][:2] == [0, 0]


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x92\x63\xc0", b"\x92\x01\x05", b"\x91" * 5000])
def test_a_foreign_checkpoint_is_refused(data):
    with pytest.raises(CheckpointError):
        RaceFold.from_bytes(data)


def test_a_cut_checkpoint_is_refused():
    data = told(lapping().records((60,))).fold.to_bytes()
    for size in range(0, len(data) - 1, 97):
        with pytest.raises(CheckpointError):
            RaceFold.from_bytes(data[:size])


def test_standings_of_a_restored_fold_are_the_same():
    fold = told(lapping().records((60,))).fold
    assert RaceFold.from_bytes(fold.to_bytes()).standings() == fold.standings()
