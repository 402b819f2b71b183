"""The panel of our car in the hands of a person: keys, pointer, units, ages, and another race."""

import foresight
import msgspec
import pytest
import scenes
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from pitbox.ui.race.car.panel import CAR, CarPanel
from pitbox.ui.scene.row import LapWindow
from pitbox.wall.outlook import Pulse


@pytest.fixture
def panel(opened) -> CarPanel:
    room = opened(panels=(CAR,))
    found = room.window.deck.docks["car"].panel
    found.room = room
    found.show_live(foresight.ticks())
    found.show_forecast(foresight.FORECAST)
    QApplication.processEvents()
    yield found
    QToolTip.hideText()


def test_arrow_keys_walk_through_all_figures_and_tell_each(panel: CarPanel):
    sheet = panel.sheet
    sheet.setFocus(Qt.FocusReason.TabFocusReason)
    seen = [sheet.current.name]
    for _ in range(len(sheet.layout_now.spots) - 1):
        QTest.keyClick(sheet, Qt.Key.Key_Down)
        seen.append(sheet.current.name)
        assert sheet.accessibleDescription().startswith(sheet.current.name)
    assert seen[:3] == ["Fuel", "Next stop", "Type now"]
    assert sorted(seen) == sorted(figure.name for figure in sheet.page.figures())
    QTest.keyClick(sheet, Qt.Key.Key_Home)
    assert sheet.current.name == "Fuel"
    QTest.keyClick(sheet, Qt.Key.Key_End)
    assert sheet.current.name == "Engine"


def test_the_pointer_asks_what_the_keys_ask(panel: CarPanel):
    sheet = panel.sheet
    spot = sheet.layout_now.spots[2]
    at = spot.box.center().toPoint()
    QApplication.sendEvent(sheet, QHelpEvent(QEvent.Type.ToolTip, at, sheet.mapToGlobal(at)))
    assert QToolTip.text().splitlines()[0] == "Type now: 74 l, fills the tank"
    assert "From strategy" in QToolTip.text()
    nowhere = QPoint(sheet.width() - 1, sheet.height() - 1)
    assert sheet.spot_at(nowhere) is None


def test_units_turn_at_once(panel: CarPanel):
    panel.room.run("look.units")
    assert panel.sheet.page.heads[2].unit == "gal"
    panel.room.run("look.units")
    assert panel.sheet.page.heads[2].unit == "l"


def test_what_is_old_says_so_and_what_is_new_is_not_old(panel: CarPanel):
    panel.show_pulse(Pulse(age_s=0))
    panel.beat(1000.0)
    panel.show_live(foresight.ticks())
    panel.beat(1001.0)
    assert not panel.sheet._ages.is_sim_old
    panel.beat(1003.5)
    panel.show_pulse(Pulse(age_s=1))
    assert panel.sheet._ages.is_sim_old
    assert not panel.sheet._ages.is_record_old
    panel.show_pulse(Pulse(age_s=4))
    assert panel.sheet._ages.is_record_old


def test_a_forecast_grows_old_only_while_the_race_goes_on(panel: CarPanel):
    panel.beat(1000.0)
    panel.show_forecast(msgspec.structs.replace(foresight.FORECAST, made_s=900.0))
    assert panel.age.text() == ""
    change = msgspec.structs.replace(panel._change, standings=scenes.standings(foresight.AT_S + 90.0))
    panel.show_change(change)
    assert panel.age.text() == "as of 1 min ago"
    panel.show_pulse(Pulse(age_s=900, has_ended=True))
    assert panel.age.text() == ""


def test_another_race_takes_the_sim_s_row_along(panel: CarPanel):
    assert panel.sheet.page.menu.is_known
    panel.show_change(msgspec.structs.replace(panel._change, is_other_race=True))
    assert not panel.sheet.page.menu.is_known


def test_the_bridge_hands_windows_to_the_table_and_forecasts_to_panels(panel: CarPanel):
    bridge, found = panel.stage.bridge, []
    bridge.foreseen.connect(found.append)
    bridge.stop()
    bridge._forecaster.forecasts.put(foresight.FORECAST)
    bridge.pull()
    assert found == [foresight.FORECAST]
    assert bridge.forecast is foresight.FORECAST
    assert bridge.scene.row(scenes.OWN).window == LapWindow(172, 176, 1.0)
    bridge.turn_to(panel.room.feed)
    assert found[-1] is None
    assert bridge.scene.row(scenes.OWN).window is None


def test_a_painted_page_is_not_painted_again_for_nothing(panel: CarPanel, monkeypatch):
    laid: list[int] = []
    monkeypatch.setattr(panel.sheet, "_lay_out", lambda: laid.append(1))
    panel._show()
    panel._show()
    assert laid == []
