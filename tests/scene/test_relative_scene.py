"""Who is around us and on what terms, from pictures alone."""

import msgspec
import pytest
import scenes
from hypothesis import given
from hypothesis import strategies as st

from pitbox.strategy.catch import Closing
from pitbox.ui.race.relative.words import catch_part, gap_part, line_of
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.relative import CatchLaps, LapShape, Terms, Trend, Trends, around, nearest
from pitbox.ui.shell.line import Sign
from pitbox.wall.outlook import Batch, Pulse

LAPS_S = {entry.car_idx: 100.0 + 10 * (entry.class_id == 3) for entry in scenes.info().entries}
EVEN = LapShape()


def scene(**changes: dict):
    """Our car on half of lap 51, all others far away but those that are named."""
    cars = []
    for car in scenes.standings().cars:
        far = {"laps": 50, "lap_pct": 0.0, "status": "out", "seen_s": 36_173.0}
        own = {"laps": 50, "lap_pct": 0.5, "status": "track"}
        named = changes.get(f"car_{car.car_idx}", own if car.car_idx == scenes.OWN else far)
        cars.append(msgspec.structs.replace(car, **{"incident": "", **named}))
    composer = Composer()
    batch = Batch(1.0, Pulse(), scenes.standings(cars=tuple(cars)), scenes.info(), is_other_feed=True)
    composer.take(batch)
    return composer.scene


def at(laps: int, pct: float, status: str = "track") -> dict:
    return {"laps": laps, "lap_pct": pct, "status": status, "seen_s": 36_173.0}


def only(**changes: dict):
    (one,) = [n for n in around(scene(**changes), LAPS_S, EVEN) if n.terms is not Terms.OURS]
    return one


def test_the_gap_is_what_the_follower_needs_to_the_others_place() -> None:
    assert only(car_22=at(50, 0.52)).gap_s == pytest.approx(2.0)
    assert only(car_40=at(50, 0.48)).gap_s == pytest.approx(-2.2), "a slower car behind takes its own time"


def test_over_the_line_it_is_the_short_way() -> None:
    near = scene(**{f"car_{scenes.OWN}": at(50, 0.99), "car_22": at(51, 0.01)})
    (other,) = [n for n in around(near, LAPS_S, EVEN) if n.terms is not Terms.OURS]
    assert other.gap_s == pytest.approx(2.0)
    assert other.terms is Terms.PLACE


@pytest.mark.parametrize(
    ("car", "laps", "terms"),
    [
        (22, 50, Terms.PLACE),
        (22, 51, Terms.LAPS_US),
        (22, 48, Terms.WE_LAP),
        (3, 55, Terms.CLASS),
        (50, 40, Terms.CLASS),
    ],
)
def test_the_terms_follow_from_class_and_laps(car: int, laps: int, terms: Terms) -> None:
    assert only(**{f"car_{car}": at(laps, 0.52)}).terms is terms


@pytest.mark.parametrize("status", ["out", "tow"])
def test_who_is_not_on_the_track_is_not_around(status: str) -> None:
    found = around(scene(car_22=at(50, 0.52, status)), LAPS_S, EVEN)
    assert [one.terms for one in found] == [Terms.OURS]


def test_without_our_car_there_is_nobody_around() -> None:
    assert around(scene(**{f"car_{scenes.OWN}": at(50, 0.5, "out")}), LAPS_S, EVEN) == []
    assert nearest([], 9) == []


def test_newer_places_count_before_the_pictures() -> None:
    found = around(scene(car_22=at(50, 0.52)), LAPS_S, EVEN, {22: 0.53, scenes.OWN: 0.5})
    assert next(one.gap_s for one in found if one.row.car_idx == 22) == pytest.approx(3.0)


def test_ours_stands_in_the_middle_where_both_sides_have_enough() -> None:
    composer = Composer()
    composer.take(Batch(1.0, Pulse(), scenes.standings(), scenes.info(), is_other_feed=True))
    found = around(composer.scene, LAPS_S, EVEN)
    for room in (1, 2, 5, 9, 200):
        shown = nearest(found, room)
        assert len(shown) == min(room, len(found))
        assert any(one.terms is Terms.OURS for one in shown)
        assert [one.gap_s for one in shown] == sorted((one.gap_s for one in shown), reverse=True)
    assert nearest(found, 9)[4].terms is Terms.OURS


def test_a_lap_that_was_seen_gives_its_shape() -> None:
    """A car that crawls through the first half: there a tenth of the lap takes longer."""
    shape = LapShape()
    for number in (1, 2):
        for step in range(200):
            pct = step / 200
            share = pct * 1.6 if pct < 0.5 else 0.8 + (pct - 0.5) * 0.4
            shape.hear(number, pct, 100.0 * number + 100.0 * share)
    shape.hear(3, 0.0, 300.0)
    assert shape.is_known
    assert shape.share(0.25) == pytest.approx(0.4, abs=0.01)
    assert shape.share(0.75) == pytest.approx(0.9, abs=0.01)
    found = around(scene(car_22=at(50, 0.6)), LAPS_S, shape)
    assert next(one.gap_s for one in found if one.row.car_idx == 22) == pytest.approx(4.0, abs=0.2)


@given(st.lists(st.tuples(st.floats(-0.1, 1.1), st.floats(0, 400)), max_size=80))
def test_no_run_of_places_breaks_the_shape(seen: list[tuple[float, float]]) -> None:
    shape = LapShape()
    for number, (pct, now_s) in enumerate(seen):
        shape.hear(number // 20, pct, now_s)
    shares = [shape.share(step / 50) for step in range(50)]
    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares)


def test_a_gap_that_shrinks_is_closing_and_one_that_grows_is_not() -> None:
    trends = Trends()
    assert trends.note(1, 100.0, 3.0) is Trend.UNKNOWN
    assert trends.note(1, 105.0, 2.5) is Trend.CLOSING
    assert trends.note(2, 100.0, -2.0) is Trend.UNKNOWN
    assert trends.note(2, 105.0, -2.4) is Trend.OPENING
    assert trends.note(2, 106.0, 2.4) is Trend.UNKNOWN, "it went past"
    assert trends.note(3, 100.0, 2.0) is Trend.UNKNOWN
    assert trends.note(3, 107.0, 2.05) is Trend.STEADY


@pytest.mark.parametrize(
    ("gain_s", "gap_pct", "words"),
    [(1.0, 0.55, "3-18 L"), (-1.0, 0.55, "-"), (-1.0, 0.45, "3-18 L"), (0.2, 0.55, "5+ L")],
)
def test_catch_laps_have_a_spread_or_are_not_told(gain_s: float, gap_pct: float, words: str) -> None:
    shown = scene(car_22=at(50, gap_pct))
    closings = {22: Closing(22, gain_s, 0.5625, 6)}
    (one,) = [n for n in around(shown, LAPS_S, EVEN, None, closings) if n.terms is not Terms.OURS]
    assert catch_part(one.catch).text == words


def test_a_shape_says_what_the_colour_says() -> None:
    ahead = msgspec.structs.replace(only(car_22=at(50, 0.52)), trend=Trend.CLOSING)
    behind = msgspec.structs.replace(only(car_22=at(50, 0.48)), trend=Trend.CLOSING)
    assert (gap_part(ahead).sign, gap_part(ahead).tone) == (Sign.DOWN, "good")
    assert (gap_part(behind).sign, gap_part(behind).tone) == (Sign.UP, "warn")
    line = line_of(msgspec.structs.replace(ahead, catch=CatchLaps(2.0, None)), None)
    assert "closing" in line.tip
    assert "perhaps never" in line.tip
