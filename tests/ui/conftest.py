"""Strict: a test that leaves a window or a timer behind fails; so does one that makes Qt complain."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engineer_room import Room
from feeds import HandFeed
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from pitbox.ui.application import make_application
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.wall.feed import Spring
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.settings import Settings, Window


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """pytest-qt takes ours."""
    return make_application()


@pytest.fixture(autouse=True)
def _nothing_stays(qapp: QApplication) -> Iterator[None]:
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    gc.collect()
    windows = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    running = [o for o in gc.get_objects() if isinstance(o, QTimer) and _is_running(o)]
    named = [f"{type(item).__name__} {item.objectName()}".strip() for item in (*windows, *running)]
    for window in windows:
        window.hide()
    assert not named, f"These are left after the test: {', '.join(named)}."


def _is_running(timer: QObject) -> bool:
    try:
        return isinstance(timer, QTimer) and timer.isActive()
    except RuntimeError:  # deleted by Qt already
        return False


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path))
    return find_profile("engineer")


@pytest.fixture
def opened(qapp: QApplication, profile: Profile) -> Iterator[Callable[..., Room]]:
    desks: list[EngineerDesk] = []

    def enter(
        *,
        spring: Spring = Spring.PEERS,
        is_filled: bool = True,
        is_long: bool = False,
        window: Window | None = None,
        **more,
    ) -> Room:
        feed = HandFeed(spring)
        if is_filled:
            feed.give(is_long=is_long)
        desk = EngineerDesk(feed, profile, Settings(window=window or Window()), **more)
        desks.append(desk)
        desk.open()
        qapp.processEvents()
        return Room(feed, desk, qapp)

    yield enter
    for desk in desks:
        desk.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def room(opened: Callable[..., Room]) -> Room:
    return opened()
