"""Bars of one car: who drove, what was done in a stop, when the next one is due."""

from itertools import pairwise

import long_race
import pytest
import scenes

from pitbox.model.fact import Lap, LapKind, Service, Stint, Stop
from pitbox.strategy.story import CarStory, Story
from pitbox.ui.plot.stintwords import card_of
from pitbox.ui.plot.tone import tone_of
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.landmark import landmarks_of, start_of
from pitbox.ui.scene.row import CarRow, LapWindow
from pitbox.ui.scene.stint import Bar, StopMark, crew_of, stint_line
from pitbox.ui.theme.token import CLASS_COLOURS, DARK, LIGHT, Palette
from pitbox.wall.outlook import Batch, Pulse

PEOPLE = long_race.people()


def story() -> Story:
    told = Story()
    told.hear(scenes.info())
    told.take_all(long_race.facts(20_000.0))
    return told


def line(car_idx: int = scenes.OWN, window: LapWindow | None = None):
    return stint_line(story().cars[car_idx], PEOPLE, window)


def test_bars_and_stops_fill_the_race_without_a_hole() -> None:
    ours = line()
    things = sorted((*ours.bars, *ours.stops), key=lambda thing: thing.start_s)
    assert len(things) > 8
    for one, other in pairwise(things):
        assert one.end_s == pytest.approx(other.start_s)
    assert things[-1].end_s is None
    assert sum(bar.laps for bar in ours.bars) == len(story().cars[scenes.OWN].laps)


def test_an_average_counts_clean_laps_only() -> None:
    told = CarStory(5)
    told.stints.put(1, Stint(0, 0, 5, 1, 20_000, 0, 0.0, 1, 3, 330.0, "stop"))
    for number, (end_s, kind) in enumerate(
        ((100.0, LapKind()), (202.0, LapKind()), (330.0, LapKind(is_in=True))), 1
    ):
        start_s = (0.0, 100.0, 202.0)[number - 1]
        told.laps.put(number, Lap(0, 0, 5, number, 20_000, start_s, end_s, kind, 1, 1, 1, 0))
    (bar,) = stint_line(told, PEOPLE).bars
    assert (bar.average_s, bar.best_s, bar.clean_laps, bar.laps) == (101.0, 100.0, 2, 3)


def test_everybody_of_a_crew_has_a_sign_of_their_own() -> None:
    crew = crew_of([20_000, 20_001, 20_000, 20_002, 20_003, 5], PEOPLE)
    assert [driver.letter for driver in crew.values()] == ["A", "B", "É", "AK", "E"]
    assert [driver.tone for driver in crew.values()] == [0, 1, 2, 3, 4]
    assert crew[5].name == "somebody"


@pytest.mark.parametrize("names", [["张伟", "山田たろう"], ["", ""], ["X", "X", "X"]])
def test_signs_differ_for_any_names(names: list[str]) -> None:
    crew = crew_of(list(range(len(names))), dict(enumerate(names)))
    assert len({driver.letter for driver in crew.values()}) == len(names)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"service": (Service("fuel", 0.9),)}, "fuel"),
        ({"service": (Service("fuel", 0.9), Service("tyres", 0.9))}, "tyres"),
        ({"service": (Service("repairs", 0.9), Service("tyres", 0.9))}, "repairs"),
        ({"service": (Service("tyres", 0.4),)}, ""),
        ({"is_tow": True}, "tow"),
        ({"stall_in_s": None, "stall_out_s": None}, "through"),
    ],
)
def test_what_a_stop_was(changes: dict[str, object], kind: str) -> None:
    stop = {
        "stall_in_s": 220.0,
        "stall_out_s": 250.0,
        "lane_out_s": 265.0,
        "user_id_out": 20_001,
        **changes,
    }
    told = CarStory(5)
    told.stops.put(1, Stop(0, 0, 5, 1, 2, 200.0, 20_000, 0, **stop))
    (mark,) = stint_line(told, PEOPLE).stops
    assert mark.kind == kind
    assert (mark.lane_s, mark.driver_in, mark.driver_out) == (65.0, "Ada Kern", "Bo Lund")
    assert "swap" in mark.done


def test_a_window_lies_where_its_laps_will_be() -> None:
    told = story().cars[scenes.OWN]
    first = told.laps_done + 3
    planned = line(window=LapWindow(first, first + 4)).planned
    assert planned is not None
    lap_s, line_s = told.typical_lap_s(), told.line_s
    assert lap_s is not None
    assert line_s is not None
    assert planned.start_s == pytest.approx(line_s + 3 * lap_s)
    assert planned.end_s == pytest.approx(line_s + 8 * lap_s)


def test_a_car_that_is_lost_ends_there() -> None:
    lost = line(14)
    assert lost.out_s == lost.bars[-1].end_s
    assert line().out_s is None


def test_what_was_there_at_a_time() -> None:
    ours = line()
    stop = ours.stops[1]
    assert ours.at(stop.start_s + 1.0) == stop
    assert ours.at(stop.start_s - 1.0) == ours.bars[1]
    assert ours.at(-5.0) is None


class _Times:
    def race_s(self, at_s: float) -> float:
        return at_s - long_race.GREEN_S

    def utc_s(self, _: float) -> float | None:
        return None


class _Taste:
    units = "metric"
    zone = "utc"


def own_row() -> CarRow:
    composer = Composer()
    composer.take(Batch(1.0, Pulse(), scenes.standings(), scenes.info(), is_other_feed=True))
    row = composer.scene.row(scenes.OWN)
    assert row is not None
    return row


def words(thing: Bar | StopMark) -> list[str]:
    return [" ".join(each.cells) for each in card_of(own_row(), 1, thing, _Times(), _Taste())]


def test_a_card_says_who_how_long_and_how_fast() -> None:
    bar = line().bars[0]
    told = words(bar)
    assert told[:3] == ["777  Full Send", "Ada Kern", f"{bar.laps} laps, 1 to {bar.laps}"]
    assert any(each.startswith("Average 1:") and "clean laps" in each for each in told)


def test_a_card_of_a_stop_says_how_long_and_what_for() -> None:
    stop = line().stops[1]
    told = words(stop)
    assert told[1] == f"Stop 2 on lap {stop.lap}"
    assert any("s in the lane" in each and "standing" in each for each in told)
    assert "Ada Kern out, Bo Lund in" in told


def test_landmarks_are_our_stops_all_incidents_and_cautions() -> None:
    told = story()
    marks = landmarks_of(told, scenes.OWN)
    assert marks.start_s == start_of(told) == long_race.GREEN_S
    assert [shade.flag for shade in marks.shades] == ["caution"]
    assert len(marks.stops) == len(told.cars[scenes.OWN].stops)
    assert [m.at_s for m in marks.incidents] == sorted(m.at_s for m in marks.incidents)
    first = marks.incidents[0]
    assert marks.incident_before(first.at_s) is None
    assert marks.incident_after(first.at_s - 1.0) == first


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("colour", CLASS_COLOURS)
def test_words_are_read_on_every_tone(palette: Palette, colour: str) -> None:
    tones = [tone_of(palette, colour, at) for at in range(6)]
    assert len(set(tones)) == 6
    for tone in tones:
        assert _contrast(palette.text, tone) >= 4.5, tone


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
