"""Gap plot and stint bars under a person's hands: one axis, cursors that snap, cars found by their traces."""

from collections.abc import Iterator

import msgspec
import numpy as np
import plot_room
import pytest
import scenes
from plot_room import PlotRoom
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pitbox.model.fact import Lap, LapKind
from pitbox.ui.scene.trace import Against
from pitbox.wall.profile import Profile

END_S = plot_room.END_S


@pytest.fixture
def raced(qapp: QApplication, profile: Profile) -> Iterator[PlotRoom]:
    room = PlotRoom(profile)
    yield room
    room.close()


def wheel(
    widget: QWidget, at: QPointF, by: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(0, 0),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    widget.wheelEvent(event)


def test_both_plots_zoom_together_around_the_pointer(raced: PlotRoom) -> None:
    plot, timeline = raced.gaps, raced.stage.timeline
    at = QPointF(plot.body.left() + plot.body.width() * 0.25, 60.0)
    there_s = plot.time_at(at.x())
    wheel(plot, at, 240)
    assert timeline.span.length_s < timeline.whole.length_s / 1.5
    assert plot.time_at(at.x()) == pytest.approx(there_s)
    assert raced.stints.time_at(at.x()) == pytest.approx(there_s)


def test_fitted_plots_follow_the_race_and_others_stay(raced: PlotRoom) -> None:
    timeline = raced.stage.timeline
    raced.feed.give(scenes.standings(END_S + 3_600.0))
    raced.pull()
    assert timeline.is_fitted
    assert timeline.span.end_s > END_S + 3_600.0
    timeline.zoom(0.2, 4_000.0)
    before = timeline.span
    raced.feed.give(scenes.standings(END_S + 7_200.0))
    raced.pull()
    assert timeline.span == before


def test_the_cursor_snaps_to_laps_of_the_car_that_is_looked_at(raced: PlotRoom) -> None:
    plot = raced.gaps
    raced.stage.selection.select(scenes.OWN)
    ends = [lap.end_s for lap in raced.bridge.newest_story.cars[scenes.OWN].laps]
    QTest.mouseMove(plot, QPoint(plot.body.left() + 301, 70))
    assert raced.stage.timeline.cursor_s in ends
    panel = raced.gap_panel
    before = ends.index(raced.stage.timeline.cursor_s)
    panel.step(1)
    assert ends.index(raced.stage.timeline.cursor_s) == before + 1


def test_the_read_out_tells_gap_and_lap_time_of_our_car_at_that_lap(raced: PlotRoom) -> None:
    plot, story = raced.gaps, raced.bridge.newest_story
    lap = story.cars[scenes.OWN].laps[60]
    lines = plot.read_out(lap.end_s)
    assert lines[0].cells[0] == f"Lap {lap.lap}"
    ours = next(line for line in lines if line.cells[0] == "777")
    first_s = min(
        other.end_s
        for entry in scenes.info().entries
        if entry.class_id == 2
        for other in story.cars[entry.car_idx].laps
        if other.lap == lap.lap
    )
    assert float(ours.cells[1]) == pytest.approx(lap.end_s - first_s, abs=0.051)
    minutes, seconds = ours.cells[2].split(":")
    assert int(minutes) * 60 + float(seconds) == pytest.approx(lap.time_s, abs=0.051)


def test_a_click_on_a_trace_or_its_label_selects_the_car_everywhere(raced: PlotRoom) -> None:
    plot = raced.gaps
    car, y = next((car, y) for car, y in plot.labels(plot.body).items() if car != scenes.OWN)
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(plot.body.right() + 20, round(y)))
    assert raced.stage.selection.car_idx == car
    view = plot.view()
    assert view is not None
    trace = plot.trace(scenes.OWN)
    at = QPoint(
        round(plot.x_of(float(trace.time_s[50]))),
        plot.body.top() + round(float(view.y(np.array(trace.gap_s[50])))),
    )
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    near = plot.trace(raced.stage.selection.car_idx).gap_at(float(trace.time_s[50]))
    assert abs(near - trace.gap_s[50]) <= view.range.length_s * 2 / view.height


def test_gaps_to_the_leader_to_the_pinned_car_and_to_a_pace(raced: PlotRoom) -> None:
    plot, panel = raced.gaps, raced.gap_panel
    raced.stage.selection.refer_to(18)
    assert plot.against == Against(car_idx=18)
    assert np.nanmax(np.abs(plot.trace(18).gap_s)) == 0.0
    raced.run("gaps.pace")
    pace_s = plot.against.pace_s
    assert pace_s == pytest.approx(plot.book.mean_lap_s(18), abs=0.051)
    raced.run("gaps.quicker")
    assert plot.against.pace_s == pytest.approx(pace_s - 0.1)
    assert panel._pace.text().startswith("Pace 1:")
    raced.run("gaps.leader")
    assert plot.against == Against()


def test_cars_are_those_of_our_class_all_or_the_chosen_ones(raced: PlotRoom) -> None:
    plot = raced.gaps
    rows = {row.car_idx: row for row in plot.scene.rows}
    assert {rows[car].class_id for car in plot.shown_cars()} == {2}
    raced.run("gaps.cars")
    assert len(plot.shown_cars()) == 63
    raced.stage.selection.select(40)
    raced.run("gaps.choose")
    assert set(plot.shown_cars()) == {40, scenes.OWN}
    raced.run("gaps.choose")
    assert {rows[car].class_id for car in plot.shown_cars() if car != 40} == {2}


def test_a_new_lap_is_drawn_onto_the_picture_that_is_there(raced: PlotRoom) -> None:
    plot = raced.gaps
    picture = plot.sheet.picture
    assert picture is not None
    before = picture.toImage()
    last = raced.bridge.newest_story.cars[18].laps.last
    assert last is not None
    new = msgspec.structs.replace(last, lap=last.lap + 1, start_s=last.end_s, end_s=last.end_s + 150.0)
    raced.feed.hub.publish_facts([new])
    raced.pull()
    assert plot.sheet.picture is picture
    assert picture.toImage() != before


def test_a_picture_is_drawn_bit_by_bit_and_comes_out_the_same(raced: PlotRoom) -> None:
    plot = raced.gaps
    raced.run("gaps.cars")
    plot.restart()
    works = 0
    while plot.sheet.is_working:
        plot.sheet.work(budget_s=0.0)
        works += 1
    assert works == 63  # never more than one car over its time
    piecewise = plot.sheet.picture.toImage()
    plot.restart()
    plot.sheet.work(budget_s=10.0)
    assert plot.sheet.picture.toImage() == piecewise


def test_another_race_leaves_no_trace_of_the_one_before(raced: PlotRoom) -> None:
    plot = raced.gaps
    raced.feed.give(msgspec.structs.replace(scenes.standings(900.0), session_num=1))
    raced.feed.hub.publish_facts([Lap(1, 0, 3, 1, 1, 500.0, 600.0, LapKind(), 1, 1, 1, 0)])
    raced.settle()
    assert plot.book.cars == [3]
    assert list(raced.stints._lines) in ([], [3])


def test_our_car_comes_first_and_stays_there_then_the_pinned_one(raced: PlotRoom) -> None:
    plot = raced.stints
    assert plot.rows[0].car_idx == scenes.OWN
    raced.stage.selection.refer_to(50)
    assert [row.car_idx for row in plot.rows[:2]] == [scenes.OWN, 50]
    plot.scroll_by(400.0)
    assert plot.row_box(0).top() == plot.body.top()
    assert plot.row_at(plot.body.top() + 3).car_idx == scenes.OWN
    third = plot.row_at(plot.body.top() + 2 * plot.row_height + 3)
    assert third is not None
    assert third.position > 10


def test_keys_go_from_bar_to_bar_and_the_card_follows(raced: PlotRoom) -> None:
    plot = raced.stints
    raced.stage.selection.select(scenes.OWN)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Down)
    QTest.keyClick(plot, Qt.Key.Key_Up)
    assert plot.focus is not None
    assert plot.focus[0] == scenes.OWN
    QTest.keyClick(plot, Qt.Key.Key_Left)
    stop = plot.card(*plot.focus)
    assert stop[1].cells[0].startswith("Stop ")
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert any("Average" in line.cells[0] for line in plot.card(*plot.focus))
    assert raced.stage.timeline.cursor_s == plot.focus[1]


def test_only_our_class_when_that_is_asked(raced: PlotRoom) -> None:
    plot = raced.stints
    raced.run("stint_bars.class")
    assert {row.class_id for row in plot.rows} == {2}
    raced.run("stint_bars.class")
    assert len(plot.rows) == 63


def test_rows_that_changed_share_the_time_of_a_paint(raced: PlotRoom, monkeypatch) -> None:
    plot = raced.stints
    monkeypatch.setattr("pitbox.ui.plot.stint._BUDGET_S", 0.0)
    raced.stage.timeline.zoom(0.5, 6_000.0)
    plot.repaint()
    assert not plot._is_whole
    raced.settle()
    assert plot._is_whole


def test_an_average_for_the_pace_needs_a_lap(qapp: QApplication, profile: Profile) -> None:
    room, told = PlotRoom(profile, end_s=None), list[str]()
    room.stage.notices.told.connect(lambda _, words, *__: told.append(words))
    room.run("gaps.pace")
    assert told == ["There is no pace yet: nobody has done a lap."]
    assert room.gap_panel._leader.isChecked()
    room.close()
