"""Driver mode with a window: what the user wishes, and that nothing pops up or is lost by itself."""

from collections.abc import Iterator
from pathlib import Path

import glances
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from pitbox.model.errors import EditError
from pitbox.ui.driver.desk import DriverDesk
from pitbox.wall.dashboard import Glance
from pitbox.wall.errors import AutostartError
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.settings import Driver, Messages, Settings, Window
from pitbox.wall.settings_file import read


class FakeCollector:
    """What the desk needs of a collector."""

    def __init__(self) -> None:
        self.glance: Glance = glances.WAITING
        self.is_busy = False
        self.troubles: list[str] = []
        self.acknowledged = 0
        self.shown: list[str] = []
        self.said: list[str] = []

    def say(self, text: str) -> None:
        if text == "Pit & wait":
            raise EditError("No session is open here.")
        self.said.append(text)

    def acknowledge(self) -> None:
        self.acknowledged += 1
        self.glance = glances.READ_MESSAGE

    def note_shown(self, key: str) -> None:
        self.shown.append(key)

    def look(self) -> Glance:
        return self.glance

    def tell_trouble(self, subject: str, words: str) -> None:
        self.troubles.append(words)


class FakeAutostart:
    def __init__(self) -> None:
        self.is_it_on = False
        self.is_refusing = False

    def is_on(self) -> bool:
        return self.is_it_on

    def switch(self, *, is_on: bool) -> None:
        if self.is_refusing:
            raise AutostartError("The system says no.")
        self.is_it_on = is_on


class Room:
    """A desk with all that a test wants to look at."""

    def __init__(self, profile: Profile, settings: Settings | None = None) -> None:
        self.profile = profile
        self.collector = FakeCollector()
        self.autostart = FakeAutostart()
        self.desk = DriverDesk(self.collector, profile, settings or Settings(), self.autostart)
        self.desk.open()

    @property
    def stored(self) -> Settings:
        return read(self.profile.settings_file).settings


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return find_profile("default", {"PITBOX_HOME": str(tmp_path)})


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system with a tray; Qt shows the sign in it without asking again."""
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))


@pytest.fixture
def opened(profile: Profile, qapp: QApplication) -> Iterator[object]:
    rooms: list[Room] = []

    def open_room(settings: Settings | None = None) -> Room:
        rooms.append(Room(profile, settings))
        qapp.processEvents()
        return rooms[-1]

    yield open_room
    for room in rooms:
        room.desk.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_it_follows_what_the_collector_says(opened, qtbot: QtBot) -> None:
    room = opened()
    assert room.desk.window.state.text() == "Waiting for iRacing"
    room.collector.glance = glances.RECORDING
    qtbot.waitUntil(lambda: room.desk.window.state.text() == "Recording", timeout=30_000)
    assert room.desk.window.fuel.value.text() == "9.8"
    assert room.desk.window.fuel.unit.text() == "laps"
    assert room.desk.tray.words == "PitBox: Recording"


def test_the_same_glance_is_drawn_once(opened, qtbot: QtBot) -> None:
    room = opened()
    drawn = []
    room.desk.bridge.glanced.connect(drawn.append)
    room.desk.bridge.pull()
    room.desk.bridge.pull()
    assert drawn == []
    room.collector.glance = glances.STALE
    room.desk.bridge.pull()
    assert drawn == [glances.STALE]


def test_the_window_never_takes_the_focus(opened) -> None:
    window = opened().desk.window
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


@pytest.mark.usefixtures("tray")
def test_in_the_tray_nothing_pops_up_whatever_happens(opened, qapp: QApplication) -> None:
    room = opened(Settings(driver=Driver(is_minimised=True)))
    before = set(qapp.topLevelWidgets())
    for glance in (*glances.ALL.values(), glances.WAITING):
        room.collector.glance = glance
        room.desk.bridge.pull()
        qapp.processEvents()
    assert set(qapp.topLevelWidgets()) == before
    assert not room.desk.window.isVisible()
    assert room.desk.tray.is_there


@pytest.mark.usefixtures("tray")
def test_a_click_on_the_tray_shows_and_hides(opened) -> None:
    room = opened()
    room.desk.tray.clicked.emit()
    assert not room.desk.window.isVisible()
    room.desk.tray.clicked.emit()
    assert room.desk.window.isVisible()
    room.desk.window.close()
    assert not room.desk.window.isVisible()


def test_a_tray_that_comes_late_is_found(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    room = opened(Settings(driver=Driver(is_minimised=True)))
    assert not room.desk.tray.is_there
    assert room.desk.window.isMinimized()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    room.desk.tray.look_for_it()
    assert room.desk.tray.is_there
    assert not room.desk.window.isVisible()


@pytest.mark.parametrize("is_busy", [True, False])
def test_closing_without_a_tray(opened, is_busy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a session the window steps back; else PitBox ends."""
    room = opened()
    ended = []
    monkeypatch.setattr(room.desk, "_app", type("App", (), {"exit": staticmethod(ended.append)})())
    room.collector.is_busy = is_busy
    room.desk.window.close()
    assert room.desk.window.isMinimized() == is_busy
    assert bool(ended) != is_busy


def test_a_message_is_overlaid_when_wished_and_acknowledged_through_the_collector(opened) -> None:
    room = opened(Settings(messages=Messages(is_overlaid=True)))
    room.collector.glance = glances.MESSAGE
    room.desk.bridge.pull()
    assert room.desk.overlay.isVisible()
    room.desk.menu.light.trigger()
    assert room.desk.overlay.isVisible(), "in the other colours too"
    room.desk.window.panel.confirm.click()
    assert room.collector.acknowledged == 1
    assert set(room.collector.shown) == {glances.MESSAGE.message.key}
    assert not room.desk.overlay.isVisible()
    assert room.desk.window.team.isVisible()


def test_quick_texts_are_said_from_the_menu(opened) -> None:
    room = opened(Settings(messages=Messages(quick_texts="Pit & wait; All well")))
    first, second = room.desk.menu.say.actions()
    second.trigger()
    assert room.collector.said == ["All well"]
    first.trigger()
    assert room.collector.troubles == ["No session is open here."]


def test_without_the_wish_nothing_stands_over_the_sim(opened) -> None:
    room = opened()
    room.collector.glance = glances.MESSAGE
    room.desk.bridge.pull()
    assert room.desk.overlay is None


def test_switches_are_stored(opened) -> None:
    room = opened()
    room.desk.menu.autostart.trigger()
    room.desk.menu.minimised.trigger()
    assert room.autostart.is_it_on
    assert room.stored.driver == Driver(is_autostarted=True, is_minimised=True)
    room.desk.menu.autostart.trigger()
    assert not room.autostart.is_it_on
    assert not room.stored.driver.is_autostarted


def test_a_system_that_refuses_autostart_is_told_and_not_stored(opened) -> None:
    room = opened()
    room.autostart.is_refusing = True
    room.desk.menu.autostart.trigger()
    assert room.collector.troubles == ["The system says no."]
    assert not room.stored.driver.is_autostarted
    assert not room.desk.menu.autostart.isChecked()


def test_the_setting_decides_about_autostart_at_each_start(opened) -> None:
    room = opened(Settings(driver=Driver(is_autostarted=True)))
    assert room.autostart.is_it_on


def test_light_colours_come_at_once_and_stay(opened, qapp: QApplication) -> None:
    room = opened()
    room.collector.glance = glances.RECORDING
    room.desk.bridge.pull()
    dark = room.desk.window.grab().toImage().pixelColor(2, 2)
    room.desk.menu.light.trigger()
    light = room.desk.window.grab().toImage().pixelColor(2, 2)
    assert dark.lightness() < 40
    assert light.lightness() > 240
    assert room.desk.window.state.text() == "Recording"
    assert room.stored.window.theme == "light"


def test_the_window_comes_back_to_its_place(opened, profile: Profile) -> None:
    first = opened(Settings(window=Window(scale_percent=80)))
    first.desk.window.move(120, 90)
    place = first.desk.window.pos()
    first.desk.close()
    assert opened(Settings(window=Window(scale_percent=80))).desk.window.pos() == place


@pytest.mark.parametrize("content", [b"", b"[]", b'{"driver": [100000, 100000]}', b'{"driver": ["x", 1]}'])
def test_a_place_that_is_none_is_forgotten(opened, profile: Profile, content: bytes, qapp) -> None:
    profile.config.mkdir(parents=True)
    (profile.config / "windows.json").write_bytes(content)
    window = opened().desk.window
    assert qapp.primaryScreen().geometry().intersects(window.geometry())


@pytest.mark.parametrize("is_busy", [True, False])
def test_quitting_by_the_menu_ends_the_loop(opened, qapp: QApplication, is_busy: bool) -> None:
    """In a session too, though the window answers Qt that it does not close then."""
    from PySide6.QtCore import QTimer

    room = opened()
    room.collector.is_busy = is_busy
    QTimer.singleShot(0, room.desk.menu.leave.trigger)
    assert qapp.exec() == 0
