"""Strict: a test that leaves a window or a timer behind fails; so does one that makes Qt complain."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from pitbox.ui.application import make_application


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
