"""The pictures of the driver's window, against those that were looked at and found good."""

import glances
import pytest
from picture import compare, is_alike
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from pitbox.ui.application import dress
from pitbox.ui.driver.menu import DriverMenu
from pitbox.ui.driver.part import Elided, Words
from pitbox.ui.driver.window import DriverWindow
from pitbox.ui.theme.token import Theme

THEMES = {
    "dark": Theme("dark"),
    "light": Theme("light"),
    "dark-80": Theme("dark", 0.8),
    "light-160": Theme("light", 1.6),
}


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


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", glances.ALL)
def test_shot(draw, name: str, theme: str) -> None:
    shot = draw(THEMES[theme], glances.ALL[name]).grab().toImage()
    compare(shot, f"driver-{name}-{theme}")


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
