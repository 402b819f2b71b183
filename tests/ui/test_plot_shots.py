"""The pictures of gap plot, stint bars and scrubber, and by geometry: what is written has its room."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import scenes
from engineer_room import profile_in
from picture import compare
from plot_room import PlotRoom
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from still_past import AnsweringMoments, HandPast

from pitbox.ui.plot.card import card_box
from pitbox.ui.scene.dayclock import DayClock
from pitbox.ui.scene.row import LapWindow
from pitbox.ui.scene.stint import Bar
from pitbox.ui.theme.token import Theme
from pitbox.wall.profile import Profile

DAY_S = 86_000.0
LOOKS = {
    "dark": Theme(),
    "light": Theme("light"),
    "dark-80": Theme("dark", 0.8),
    "light-160": Theme("light", 1.6),
}


class Rooms:
    """A day of sixty-three cars is told once for each size, and then looked at in both themes."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._days: dict[float, PlotRoom] = {}
        self._others: list[PlotRoom] = []

    def __call__(self, look: str, end_s: float | None = DAY_S, **more) -> PlotRoom:
        theme = LOOKS[look]
        room = self._days.get(theme.scale) if end_s == DAY_S else None
        if room is None:
            room = PlotRoom(self._profile, end_s=end_s, theme=theme, **more)
            room.stage.timeline.clock = DayClock(1_795_000_000.0)
            if end_s == DAY_S:
                self._days[theme.scale] = room
            else:
                self._others.append(room)
        room.stand(theme)
        return room

    def close_others(self) -> None:
        while self._others:
            self._others.pop().close()
        for room in self._days.values():
            room.page.hide()

    def close(self) -> None:
        self.close_others()
        for room in self._days.values():
            room.close()


@pytest.fixture(scope="module")
def rooms(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    kept = Rooms(profile_in(tmp_path_factory.mktemp("plots")))
    yield kept
    kept.close()


@pytest.fixture
def made(rooms: Rooms) -> Iterator[Rooms]:
    yield rooms
    rooms.close_others()


def day(made: Rooms, look: str) -> PlotRoom:
    room = made(look)
    room.stage.selection.select(17)
    room.stage.timeline.point_at(room.gaps.trace(17).time_s[400])
    room.gaps.setFocus()
    return room


def close(made, look: str) -> PlotRoom:
    """Two hours of it, with a window that is due, and a stop under the keys."""
    room = made(look, 12_000.0)
    story = room.bridge.newest_story
    first = story.cars[scenes.OWN].laps_done + 4
    scene = room.bridge.newest_scene
    rows = tuple(
        type(row)(**{**_fields(row), "window": LapWindow(first, first + 5)}) if row.is_ours else row
        for row in scene.rows
    )
    room.stints.show_race(
        type(scene)(scene.head, rows, scene.classes, scene.own_car_idx), story, is_other=False
    )
    ours = next(row for row in rows if row.is_ours)
    room.stage.timeline.see_ahead(room.stints.line(ours).planned.end_s)
    room.feed.give(scenes.standings(12_000.0))
    room.stints.show_race = lambda *_, **__: None
    room.pull()
    room.stage.timeline.zoom(0.5, room.stage.timeline.whole.end_s)
    room.stints.setFocus()
    stop = room.stints.line(room.stints.rows[0]).stops[-1]
    room.stints.focus = (scenes.OWN, stop.start_s + 5.0)
    return room


def stale(made, look: str) -> PlotRoom:
    room = made(look)
    room.clock.now_s += 95.0
    return room


def empty(made, look: str) -> PlotRoom:
    return made(look, None)


UNHELD = (("day", "light"), ("stale", "light"))
"""Of the three that one window is used for, only the first is looked at with the keys in it."""
ROOMS = {f.__name__: f for f in (day, close, stale, empty)}
PICTURES = [
    *(("day", look) for look in LOOKS),
    *(("close", look) for look in ("dark", "light-160")),
    ("stale", "light"),
    ("empty", "dark"),
]


@pytest.mark.parametrize(("name", "look"), PICTURES, ids=lambda part: part)
def test_plot_shot(made, name: str, look: str) -> None:
    room = ROOMS[name](made, look)
    room.page.activateWindow()
    room.settle()
    if (name, look) in UNHELD:
        room.let_go()
    room.stints.update()
    room.settle()
    assert_all_has_its_room(room)
    compare(room.page.grab().toImage(), f"plots-{name}-{look}")


def assert_all_has_its_room(room: PlotRoom) -> None:
    plot, px = room.gaps, room.stage.look.px
    places = sorted(plot.labels(plot.body).values())
    assert all(lower - upper >= px(14) - 1 for upper, lower in pairwise(places))
    widest = max((plot.strong_metrics.horizontalAdvance(str(n)) for n in (888, 777, 964)), default=0)
    assert px(8) + px(6) + widest <= plot.width() - plot.body.right()
    boxes = [room.stints.row_box(at) for at in range(len(room.stints.rows))]
    assert all(box.height() == room.stage.look.row_height for box in boxes)
    bar = room.page.bar
    assert not bar.track.intersects(bar.live_box)
    for lines in (plot.read_out(5_000.0), room.stints.card(scenes.OWN, 5_000.0)) if boxes else ():
        box = card_box(room.stage.look, lines, plot.body.center().toPointF(), plot.body)
        assert QRect(plot.body).contains(box)


@pytest.mark.parametrize("look", ["dark", "light"])
def test_looking_back_is_loud(made, look: str, qtbot) -> None:
    moments = AnsweringMoments(HandPast(12_000.0))
    room = made(look, 12_000.0, moments=moments)
    try:
        room.stage.look_back.look_at(7_000.0)
        qtbot.waitUntil(lambda: room.pull() or room.stage.look_back.still is not None, timeout=60_000)
        room.settle()
        strip = room.page.strip
        assert strip.isVisible()
        for words in (strip.words, strip.more):
            assert words.width() >= words.sizeHint().width()
        compare(room.page.grab().toImage(), f"plots-back-{look}")
    finally:
        moments.close()


def test_bars_of_a_day_leave_room_for_a_letter(made) -> None:
    room = made("dark")
    bars = [bar for bar in room.stints.line(room.stints.rows[0]).bars if isinstance(bar, Bar)]
    assert len(bars) > 20
    wide = [
        room.stints.x_of(bar.end_s) - room.stints.x_of(bar.start_s) for bar in bars if bar.end_s is not None
    ]
    assert min(wide) > 0
    room.stage.timeline.zoom(0.25, 40_000.0)
    shown = [bar for bar in bars if bar.end_s is not None and room.stage.timeline.span.holds(bar.start_s)]
    assert min(room.stints.x_of(bar.end_s) - room.stints.x_of(bar.start_s) for bar in shown) > 40


def _fields(row) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
