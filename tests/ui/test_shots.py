"""The pictures of the driver's window, against those that were looked at and found good.

PITBOX_UPDATE_GOLDEN=1 draws them anew; then look at them before they are committed.
"""

import os
from pathlib import Path

import glances
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from pitbox.ui.application import dress
from pitbox.ui.driver.menu import DriverMenu
from pitbox.ui.driver.part import Elided, Words
from pitbox.ui.driver.window import DriverWindow
from pitbox.ui.theme.token import Theme

SHOTS = Path(__file__).parent / "shot"
THEMES = {
    "dark": Theme("dark"),
    "light": Theme("light"),
    "dark-80": Theme("dark", 0.8),
    "light-160": Theme("light", 1.6),
}
SMALL_SHARE = 0.01
LARGE_STEP = 48


@pytest.fixture
def draw(qapp: QApplication):
    made = []

    def window(theme: Theme, glance: object) -> DriverWindow:
        dress(qapp, theme)
        menu = DriverMenu(is_autostarted=False, is_minimised=False, is_light=theme.name == "light")
        drawn = DriverWindow(theme, menu)
        made.extend((drawn, menu))
        drawn.show_glance(glance)
        drawn.show()
        qapp.processEvents()
        return drawn

    yield window
    for widget in made:
        widget.hide()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return raw[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)


def is_alike(one: QImage, other: QImage) -> bool:
    if one.size() != other.size():
        return False
    step = np.abs(pixels(one) - pixels(other)).max(axis=2)
    return bool((step > LARGE_STEP).mean() <= SMALL_SHARE)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", glances.ALL)
def test_shot(draw, name: str, theme: str) -> None:
    shot = draw(THEMES[theme], glances.ALL[name]).grab().toImage()
    golden = SHOTS / f"driver-{name}-{theme}.png"
    if os.environ.get("PITBOX_UPDATE_GOLDEN"):
        assert shot.save(str(golden))
    assert is_alike(shot, QImage(str(golden))), f"{golden.name} looks different now"


def test_another_picture_is_noticed(draw) -> None:
    one = draw(THEMES["dark"], glances.WAITING).grab().toImage()
    other = draw(THEMES["dark"], glances.RECORDING).grab().toImage()
    assert not is_alike(one, other)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", glances.ALL)
def test_nothing_is_cut(draw, name: str, theme: str) -> None:
    """What does not give way by design has all the room that it wants, and lies inside its parent."""
    window = draw(THEMES[theme], glances.ALL[name])
    for words in window.findChildren(Words):
        if words.isVisible() and not isinstance(words, Elided):
            assert words.width() >= words.sizeHint().width(), words.text()
        if words.isVisible():
            assert words.parentWidget().rect().contains(words.geometry()), words.text()
            assert words.height() >= words.sizeHint().height(), words.text()


def test_what_is_too_long_ends_in_dots_and_tells_all_in_its_tip(draw) -> None:
    import msgspec

    sentence = "One word after another " * 20
    glance = msgspec.structs.replace(glances.TROUBLE, trouble=sentence.strip(), track="A very long name " * 5)
    window = draw(THEMES["dark"], glance)
    assert window.health.toolTip() == sentence.strip()
    assert window.session.toolTip().startswith("A very long name")
    assert window.width() == 320
    assert window.height() == 200
