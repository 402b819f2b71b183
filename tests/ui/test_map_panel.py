"""The track map in the hands of a person: mouse, keys, what other panels say, what comes in."""

import map_room
import msgspec
import numpy as np
import pytest
import scenes
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pitbox.analysis.lane import LaneSeen
from pitbox.model.source import Ticks
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.theme.look import Taste


@pytest.fixture
def room(qapp, tmp_path):
    made = map_room.Table(tmp_path)
    made.panel.view.repaint()
    yield made
    made.close()


@pytest.fixture
def panel(room):
    return room.panel


def lone(panel) -> int:
    """A car with nobody near."""
    spots = panel.view.picture.spots

    def room_of(car_idx: int) -> float:
        (x, y), others = spots[car_idx], [spot for other, spot in spots.items() if other != car_idx]
        return min((other.x - x) ** 2 + (other.y - y) ** 2 for other in others)

    return max(spots, key=room_of)


def spot(panel, car_idx: int) -> QPoint:
    return QPointF(*panel.view.picture.spots[car_idx]).toPoint()


def click(panel, at: QPoint) -> None:
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def wheel(panel, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(panel.view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.view, event)


def ground_at(panel, at: QPoint) -> tuple[float, float]:
    return panel.view.camera().to_ground(at.x(), at.y())


def rows_at(pct: dict[int, float]) -> Ticks:
    field = np.zeros(1, [("CarIdxLapDistPct", "<f4", (64,)), ("CarIdxTrackSurface", "<i4", (64,))])
    field["CarIdxLapDistPct"], field["CarIdxTrackSurface"] = -1, -1
    for car_idx, place in pct.items():
        field["CarIdxLapDistPct"][0, car_idx], field["CarIdxTrackSurface"][0, car_idx] = place, 3
    nothing = np.zeros(1, [("SessionTime", "<f8")])
    return Ticks(nothing, field, nothing)


def shown(panel, car_idx: int) -> float:
    return float(panel.view.picture.motion.places(panel._now_s, np.array([car_idx]))[0])


def test_a_click_on_a_car_or_its_plate_selects_it_everywhere(room, panel) -> None:
    car_idx = lone(panel)
    click(panel, spot(panel, car_idx))
    assert room.stage.selection.car_idx == car_idx
    plate = next(p for p in panel.view.picture.plates if p.key == 12)
    click(panel, QPoint(round(plate.left + plate.width / 2), round(plate.top + plate.height / 2)))
    assert room.stage.selection.car_idx == 12
    click(panel, QPoint(5, 300))
    assert room.stage.selection.car_idx == 12


def test_who_is_selected_elsewhere_is_marked_here(room, panel) -> None:
    room.stage.selection.select(44)
    room.stage.selection.refer_to(18)
    assert (panel.view.picture.cast.chosen, panel.view.picture.cast.reference) == (44, 18)
    panel.view.repaint()
    assert {44, 18, scenes.OWN} <= {plate.key for plate in panel.view.picture.plates}


def test_the_wheel_zooms_where_the_mouse_is_and_back_to_the_whole(panel) -> None:
    at = QPoint(200, 150)
    before = ground_at(panel, at)
    wheel(panel, at, 6)
    assert not panel.view.is_whole
    assert ground_at(panel, at) == pytest.approx(before, abs=0.5)
    wheel(panel, at, 200)
    wheel(panel, at, -300)
    assert panel.view.is_whole


def test_the_ground_goes_along_with_the_hand(panel) -> None:
    wheel(panel, QPoint(200, 150), 6)
    before = ground_at(panel, QPoint(200, 150))
    QTest.mousePress(panel.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 150))
    for step in range(1, 6):
        QTest.mouseMove(panel.view, QPoint(200 + 10 * step, 150 + 6 * step))
    at = QPoint(250, 180)
    QTest.mouseRelease(panel.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert ground_at(panel, at) == pytest.approx(before, abs=0.5)
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    assert panel.view.is_whole


def test_a_double_click_follows_a_car_and_beside_it_shows_the_whole(room, panel) -> None:
    car_idx, plain = lone(panel), Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(panel.view, Qt.MouseButton.LeftButton, plain, spot(panel, car_idx))
    assert (panel.followed, room.stage.selection.car_idx) == (car_idx, car_idx)
    panel.view.repaint()
    middle = panel.view.rect().center()
    assert (spot(panel, car_idx) - middle).manhattanLength() <= 3
    far = QPoint(6, 6)
    QTest.mouseDClick(panel.view, Qt.MouseButton.LeftButton, plain, far)
    assert panel.followed == NOBODY
    QTest.mouseDClick(panel.view, Qt.MouseButton.LeftButton, plain, far)
    assert panel.view.is_whole


def test_f_follows_who_is_selected_else_us(room, panel) -> None:
    QTest.keyClick(panel.view, Qt.Key.Key_F)
    assert panel.followed == scenes.OWN
    assert panel._follow.isChecked()
    room.stage.selection.select(30)
    assert panel.followed == 30  # whoever is selected then
    panel._follow.click()
    assert panel.followed == NOBODY
    assert not panel._follow.isChecked()


def test_keys_go_along_the_road(room, panel) -> None:
    own = room.bridge.scene.row(scenes.OWN)
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    ahead = room.bridge.scene.row(room.stage.selection.car_idx)
    assert ahead.lap_pct == min(row.lap_pct for row in room.bridge.scene.rows if row.lap_pct > own.lap_pct)
    QTest.keyClick(panel.view, Qt.Key.Key_Left)
    assert room.stage.selection.car_idx == scenes.OWN
    QTest.keyClick(panel.view, Qt.Key.Key_O)
    assert room.stage.selection.car_idx == scenes.OWN


def test_what_is_turned_off_stays_off_the_next_evening(room, panel) -> None:
    panel.show_forecast(map_room.forecast())
    panel.view.repaint()
    assert set(panel.view.picture.ghost_spots) == {"fuel", "tyres", "repairs"}
    QTest.keyClick(panel.view, Qt.Key.Key_G)
    many = len(panel.view.picture.plates)
    panel._plates.click()
    panel.view.repaint()
    assert panel.view.picture.ghost_spots == {}
    assert len(panel.view.picture.plates) < many / 2
    assert not panel._ghost_chip.isChecked()
    again = type(panel)(type(room.stage)(room.look, room.bridge, room.stage.memory))
    assert not again._kept.has_ghosts
    assert not again._kept.has_all_plates
    again.deleteLater()


def test_a_ghost_is_behind_by_time_and_not_by_distance(room, panel) -> None:
    panel.show_forecast(map_room.forecast())
    panel.view.repaint()
    picture, circuit = panel.view.picture, map_room.road()
    own = shown(panel, scenes.OWN)
    loss = map_room.forecast().ghosts[0].behind_laps
    truth = circuit.fraction_at((circuit.phase(own) - loss) % 1.0)
    x, y = panel.view.camera().to_screen(*panel.view.scenery.road.place(np.array([truth])))
    assert picture.ghost_spots["fuel"] == pytest.approx((x[0], y[0]), abs=2.0)
    fuel = map_room.forecast().ghosts[0]
    assert picture.ghost_at(QPointF(*picture.ghost_spots["fuel"])) == fuel
    words = panel._tip(NOBODY, fuel)
    assert "42 l" in words
    assert "give or take 3" in words


def test_there_are_no_ghosts_of_a_car_in_the_pits_or_of_old_news(room, panel) -> None:
    panel.show_forecast(map_room.forecast())
    standings = map_room.standings()
    cars = tuple(
        msgspec.structs.replace(car, status="lane") if car.car_idx == scenes.OWN else car
        for car in standings.cars
    )
    room.feed.hub.standings.put(msgspec.structs.replace(standings, cars=cars))
    room.pull()
    panel.view.repaint()
    assert panel.view.picture.ghost_spots == {}
    panel.show_forecast(None)
    assert panel.view.picture.cast.ghosts == ()


def test_live_rows_tell_the_places_before_they_are_folded(room, panel) -> None:
    room.feed.hub.live.put(rows_at({5: 0.402}))
    room.pull()
    assert shown(panel, 5) == pytest.approx(0.402, abs=0.05)
    room.feed.hub.standings.put(map_room.standings())  # what was folded is older: it moves nobody back
    before = shown(panel, 5)
    room.pull()
    assert abs(shown(panel, 5) - before) < 0.001


def test_rows_that_say_nothing_move_nobody(room, panel) -> None:
    before = shown(panel, 5)
    nothing = np.zeros(1, [("SessionTime", "<f8")])
    panel.show_live(Ticks(nothing, nothing, nothing))
    panel.show_live(rows_at({}))
    panel.show_live(rows_at({5: 0.0}))
    assert shown(panel, 5) == before


def test_the_lane_is_learnt_from_who_drives_in_it(room, panel) -> None:
    known = map_room.chart()
    panel.show_chart(msgspec.structs.replace(known, key="another", lane=None))
    panel._lane = LaneSeen()
    room.feed.hub.standings.put(map_room.standings())
    room.pull()
    assert panel.view.scenery.road.lane is None
    for step in range(24):
        standings = map_room.standings()
        cars = tuple(
            msgspec.structs.replace(car, lap_pct=(0.96 + step * 0.003) % 1.0) if car.status == "lane" else car
            for car in standings.cars
        )
        room.feed.hub.standings.put(msgspec.structs.replace(standings, cars=cars))
        room.pull()
    lane = panel.view.scenery.road.lane
    assert lane is not None
    assert lane == pytest.approx((0.96, 1.03), abs=0.01)


def test_another_track_has_another_outline(room, panel) -> None:
    assert panel.view.scenery.road.outline.is_learnt
    known = map_room.info()
    other = msgspec.structs.replace(known, track=msgspec.structs.replace(known.track, track_id=99))
    room.feed.hub.info.put(other)
    room.pull()
    assert not panel.view.scenery.road.outline.is_learnt
    assert "first whole lap" in panel.shape.text()


def test_looking_back_moves_nobody_from_one_moment_to_another(room, panel) -> None:
    before = shown(panel, 5)
    assert np.isfinite(before)
    room.bridge.looked.emit(None)
    assert np.isnan(shown(panel, 5))


def test_a_tip_says_who_it_is(panel) -> None:
    words = panel._tip(37, None)
    assert words.splitlines()[0].startswith("372")
    assert "GT3 P8" in words
    assert panel._tip(NOBODY, None) == ""


def test_the_ground_is_drawn_once_while_only_cars_move(room, panel, monkeypatch) -> None:
    drawn = []
    ground = panel.view.picture._ground
    render = ground._render
    room.pull()
    panel.view.repaint()
    monkeypatch.setattr(ground, "_render", lambda *more: drawn.append(1) or render(*more))
    for step in range(30):
        room.feed.hub.live.put(rows_at({5: 0.1 + step * 0.001}))
        room.pull()
        panel.view.repaint()
    assert not drawn
    panel.toggle_follow()
    for step in range(30):
        room.feed.hub.live.put(rows_at({scenes.OWN: 0.55 + step * 0.0005}))
        room.pull()
        panel.view.repaint()
    assert len(drawn) <= 2


@pytest.mark.parametrize("motion", [False, True])
def test_nothing_is_painted_while_nothing_moves(room, motion: bool) -> None:
    view = room.panel.view
    room.look.wear(room.look.theme, Taste(is_still=motion))
    room.pull()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    view.paints_s = []
    for _ in range(20):
        room.pull()
        QApplication.sendPostedEvents(view, QEvent.Type.UpdateRequest)
    assert len(view.paints_s) <= 1
