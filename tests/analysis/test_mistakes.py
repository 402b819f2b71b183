"""Mistakes put into laps are found, in place and kind and price; laps without any give none."""

import dataclasses
from collections import Counter

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistake_laps import WHEELS, Injected, Road, lap

from pitbox.analysis.driven import DrivenLap, Mistake, MistakeKind
from pitbox.analysis.mistake.find import corner_at, find_mistakes
from pitbox.analysis.mistake.heat import heat_map
from pitbox.analysis.mistake.need import what_is_missing
from pitbox.analysis.mistake.ordinary import ordinary
from pitbox.analysis.mistake.stretch import around, runs

KINDS = list(MistakeKind)
ROADS = {seed: Road(seed) for seed in (5, 11, 40)}
LIVE = (*WHEELS, "Lat", "Lon")
"""What a live sim keeps to itself."""


@dataclasses.dataclass
class Tally:
    hit: Counter
    missed: Counter
    false: Counter

    def recall(self) -> float:
        return self.hit.total() / (self.hit.total() + self.missed.total())

    def precision(self) -> float:
        return self.hit.total() / (self.hit.total() + self.false.total())


def drawn(road: Road, kind: MistakeKind, rng) -> Injected:
    """A mistake where a driver makes it, from slight to grave."""
    flat = road.flat_out()
    start, end = flat[rng.integers(len(flat))]
    place = {
        MistakeKind.LOCK_UP: rng.choice(road.braking_points()),
        MistakeKind.MISSED_APEX: rng.choice([corner.apex for corner in road.corners]),
        MistakeKind.EARLY_LIFT: end - 0.010,
        MistakeKind.WHEELSPIN: max(start, 0.005) + 0.001,
    }.get(kind, rng.uniform(0.1, 0.85))
    lasts_s = rng.uniform(0.8, 2.5) if kind in (MistakeKind.OFF, MistakeKind.SPIN) else rng.uniform(0.35, 0.8)
    deep = {MistakeKind.MISSED_APEX: rng.uniform(1.8, 4.0), MistakeKind.WHEELSPIN: rng.uniform(0.2, 0.5)}
    return Injected(kind, float(place), lasts_s, float(deep.get(kind, rng.uniform(0.4, 0.9))))


def races(
    seed: int, without: tuple[str, ...], count: int = 36
) -> tuple[list[DrivenLap], list[Injected | None]]:
    """Every second lap has one mistake."""
    road, rng = ROADS[seed], np.random.default_rng(seed)
    wanted = [drawn(road, KINDS[n // 2 % 6], rng) if n % 2 else None for n in range(count)]
    return [
        lap(road, rng, str(n), [each] if each else (), without=without) for n, each in enumerate(wanted)
    ], wanted


def judged(found: tuple[Mistake, ...], wanted: Injected | None, tally: Tally) -> None:
    left = list(found)
    if wanted is not None:
        near = [m for m in left if m.kind is wanted.kind and m.start - 0.015 <= wanted.at <= m.end + 0.015]
        (tally.hit if near else tally.missed)[wanted.kind] += 1
        for each in near[:1]:
            left.remove(each)
    tally.false.update(each.kind for each in left)


@pytest.mark.parametrize("without", [(), LIVE], ids=["disk", "live"])
def test_what_was_put_in_is_found_and_nothing_else(without) -> None:
    tally = Tally(Counter(), Counter(), Counter())
    for seed, road in ROADS.items():
        laps, wanted = races(seed, without)
        for found, each in zip(find_mistakes(laps, road.corners), wanted, strict=True):
            judged(found.mistakes, each, tally)
    assert tally.recall() >= 0.9
    assert tally.precision() >= 0.9
    assert all(tally.hit[kind] >= 6 for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_price_is_what_the_lap_lost(kind: MistakeKind) -> None:
    """The same lap is driven twice, once with the mistake."""
    road = ROADS[11]
    rng = np.random.default_rng(3)
    others = [lap(road, rng, str(n)) for n in range(8)]
    wanted = drawn(road, kind, rng)
    clean, spoilt = (
        lap(road, np.random.default_rng(77), name, each) for name, each in (("a", ()), ("b", [wanted]))
    )
    usual = ordinary([*others, clean])
    (found,) = find_mistakes([spoilt], road.corners, usual)
    told = [each.lost_s for each in found.mistakes if each.lost_s is not None]
    if kind is MistakeKind.MISSED_APEX:  # one lap has no spread to be beyond
        assert (told, found.not_judged) == ([], {})
        return
    assert sum(told) == pytest.approx(spoilt.time_s - clean.time_s, rel=0.25, abs=0.06)


def test_a_second_is_lost_once_however_many_mistakes_fill_it() -> None:
    road, rng = ROADS[5], np.random.default_rng(9)
    others = [lap(road, rng, str(n)) for n in range(10)]
    place = float(road.braking_points()[4])
    row = [Injected(MistakeKind.LOCK_UP, place, 0.6, 0.8), Injected(MistakeKind.OFF, place + 0.012, 2.0)]
    clean, spoilt = lap(road, np.random.default_rng(1), "a"), lap(road, np.random.default_rng(1), "b", row)
    found = find_mistakes([*others, clean, spoilt], road.corners)[-1].mistakes
    assert {each.kind for each in found} >= {MistakeKind.OFF}
    assert sum(each.lost_s or 0.0 for each in found) == pytest.approx(
        spoilt.time_s - clean.time_s, rel=0.2, abs=0.1
    )


def test_graver_is_more_severe() -> None:
    road, rng = ROADS[5], np.random.default_rng(4)
    laps = [lap(road, rng, str(n)) for n in range(6)]
    for lasts_s in (0.5, 1.5, 3.0):
        laps += [lap(road, np.random.default_rng(8), "off", [Injected(MistakeKind.OFF, 0.4, lasts_s)])]
    severe = [each.mistakes[0].severity for each in find_mistakes(laps, road.corners)[-3:]]
    assert severe == sorted(severe)
    assert 0.0 < severe[0] < severe[-1] <= 1.0


def test_missing_channels_are_named_and_cost_only_what_they_tell() -> None:
    assert what_is_missing({"Throttle"}) == {
        MistakeKind.LOCK_UP: "no Speed, Brake, LongAccel",
        MistakeKind.WHEELSPIN: "no Speed, RPM, Gear",
        MistakeKind.OFF: "no PlayerTrackSurface",
        MistakeKind.SPIN: "no Speed, Yaw",
        MistakeKind.MISSED_APEX: "no Lat, Lon",
    }
    road, rng = ROADS[5], np.random.default_rng(2)
    bare = [lap(road, rng, str(n)) for n in range(4)]
    bare = [msgspec.structs.replace(each, channels={}) for each in bare]
    for found in find_mistakes(bare, road.corners):
        assert found.mistakes == ()
        assert set(found.not_judged) == set(KINDS)


def test_too_few_laps_say_so_and_still_tell_what_needs_no_comparison() -> None:
    road, rng = ROADS[5], np.random.default_rng(2)
    (found,) = find_mistakes([lap(road, rng, "1", [Injected(MistakeKind.OFF, 0.3, 1.0)])], road.corners)
    assert [(each.kind, each.lost_s) for each in found.mistakes] == [(MistakeKind.OFF, None)]
    assert set(found.not_judged) == {MistakeKind.MISSED_APEX, MistakeKind.EARLY_LIFT}
    assert find_mistakes([]) == ()


def test_a_slow_lap_is_no_row_of_early_lifts() -> None:
    road, rng = ROADS[5], np.random.default_rng(6)
    laps = [lap(road, rng, str(n)) for n in range(8)]
    slow = laps[0]
    eased = {
        **slow.channels,
        "Throttle": slow.channels["Throttle"] * 0.4,
        "Speed": slow.channels["Speed"] * 0.6,
    }
    caution = msgspec.structs.replace(slow, time_s=slow.time_s / 0.6, t_s=slow.t_s / 0.6, channels=eased)
    found = find_mistakes([*laps, caution], road.corners)[-1]
    assert [each for each in found.mistakes if each.kind is MistakeKind.EARLY_LIFT] == []
    assert found.not_judged[MistakeKind.EARLY_LIFT] == "the lap was not driven for time"


def test_the_heat_map_adds_up() -> None:
    road = ROADS[40]
    laps, _ = races(40, ())
    found = find_mistakes(laps, road.corners)
    mistakes = [each for one in found for each in one.mistakes]
    heat = heat_map(found, road.corners)
    assert heat.total.sum() == len(mistakes)
    assert heat.lost_s.sum() == pytest.approx(sum(each.lost_s for each in mistakes))
    assert sum(sum(each.counts.values()) for each in heat.corners) == len(mistakes)
    assert sum(each.lost_s for each in heat.corners) == pytest.approx(heat.lost_s.sum())
    assert heat.corners[0].lost_s == max(each.lost_s for each in heat.corners)
    worst = heat_map(found, road.corners, least_severity=0.5)
    assert worst.total.sum() == sum(each.severity >= 0.5 for each in mistakes)


def test_a_corner_over_the_line_holds_both_of_its_ends() -> None:
    corner = msgspec.structs.replace(ROADS[5].corners[0], number=7, start=0.97, apex=1.0, end=1.02)
    assert [corner_at(pct, [corner]) for pct in (0.96, 0.99, 0.01, 0.5)] == [7, 7, 7, None]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=80), st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_runs_cover_what_holds_and_never_touch(holds, least_s, join_s) -> None:
    mask = np.array(holds)
    t_s = np.arange(len(mask)) / 60.0
    found = runs(mask, t_s, least_s, join_s)
    inside = np.zeros(len(mask), bool)
    for first, last in found:
        assert mask[[first, last]].all()
        assert not inside[first : last + 1].any()
        inside[first : last + 1] = True
    if least_s <= 1 / 60.0:
        assert (inside >= mask).all()
    near = around(mask, t_s, 0.1, 0.2)
    assert (near >= mask).all()
    expected = [any(m and -0.2 <= t - s <= 0.1 for m, t in zip(mask, t_s, strict=True)) for s in t_s]
    assert (near == expected).mean() > 0.9  # equal but for the last bit of a float at an edge


def test_who_stops_at_the_stall_locks_no_wheel() -> None:
    road, rng = ROADS[5], np.random.default_rng(5)
    locked = lap(road, rng, "in", (Injected(MistakeKind.LOCK_UP, float(road.braking_points()[2])),))
    (found,) = find_mistakes([locked])[0].mistakes
    assert found.kind is MistakeKind.LOCK_UP
    lane = ((locked.pct >= found.start - 0.01) & (locked.pct <= found.end)).astype(float)
    channels = {**locked.channels, "OnPitRoad": lane}
    assert find_mistakes([msgspec.structs.replace(locked, channels=channels)])[0].mistakes == ()
