"""A reminder on the driver's screen: once, without a dialog, and also where there is no tray."""

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from pitbox.ui.driver.desk import DriverDesk
from pitbox.ui.driver.tray import Tray
from pitbox.ui.theme.token import Theme
from pitbox.wall.dashboard import Glance, Phase
from pitbox.wall.reminders import ShownNote

NOTE = ShownNote(
    "Your stint in 15 min, at 03:40 (Berlin): 52 l", is_mine=True, start_utc_s=9.0, made_utc_s=1.0
)


def test_the_tray_says_it_where_there_is_one(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _, title, words, *__: said.append(words))
    menu = QMenu()
    qtbot.addWidget(menu)
    tray = Tray(Theme("dark", 1.0), menu)
    assert not tray.remind("nobody sees this")
    monkeypatch.setattr(QSystemTrayIcon, "isVisible", lambda _: True)
    assert tray.remind(NOTE.words)
    assert said == [NOTE.words]
    tray.deleteLater()


def test_a_glance_reminds_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    window = SimpleNamespace(isVisible=lambda: False, isMinimized=lambda: False, setWindowTitle=said.append)
    app = SimpleNamespace(alert=lambda _: None)
    tray = SimpleNamespace(remind=lambda _: False)
    desk = SimpleNamespace(_note=None, overlay=None, window=window, tray=tray, _app=app)
    desk._remind = lambda words: DriverDesk._remind(desk, words)
    glance = Glance(Phase.WAITING, "Waiting", note=NOTE)
    for _ in range(3):
        DriverDesk._on_glance(desk, glance)
    assert said == [f"PitBox: {NOTE.words}"]
