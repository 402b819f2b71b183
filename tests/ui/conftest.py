"""Strict: a test that leaves a window or a timer behind fails; so does one that makes Qt complain."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from engineer_room import Opener, Room, profile_in
from made_once import MadeOnce
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from quick_duel import duel_is_quick  # noqa: F401 - a fixture of races by name

from pitbox.strategy.montecarlo import machine_code
from pitbox.ui.application import make_application
from pitbox.wall.profile import Profile, find_profile


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """pytest-qt takes ours."""
    return make_application()


@pytest.fixture(autouse=True, scope="session")
def _races_are_compiled(made_once: MadeOnce) -> None:
    """Once, or each window that works out what to do would begin it and end before it is done."""
    made_once("races", lambda _: machine_code.made())


@pytest.fixture(autouse=True, scope="module")
def _old_things_rest() -> None:
    """What a module left goes here; what stays is older than its tests, and none of them has to search it."""
    gc.unfreeze()
    gc.collect()


@pytest.fixture(autouse=True)
def _nothing_stays(qapp: QApplication, _old_things_rest: None) -> Iterator[None]:
    older = [w for w in qapp.topLevelWidgets() if w.isVisible()]  # a module's own
    gc.freeze()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    gc.collect()
    windows = [w for w in qapp.topLevelWidgets() if w.isVisible() and w not in older]
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
def opened(qapp: QApplication, profile: Profile) -> Iterator[Opener]:
    opener = Opener(qapp, profile)
    yield opener
    opener.close()


@pytest.fixture
def room(opened: Opener) -> Room:
    return opened()


@pytest.fixture(scope="module")
def kept_room(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    opener = Opener(qapp, profile_in(tmp_path_factory.mktemp("kept")))
    yield opener()
    opener.close()


@pytest.fixture
def same_room(kept_room: Room) -> Room:
    """One window for all tests of a module that change nothing which outlives them."""
    kept_room.begin()
    return kept_room
