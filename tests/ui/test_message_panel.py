"""A new message: large in the window, over the sim without being in its way, gone when it is acknowledged."""

from collections.abc import Iterator

import glances
import pytest
from picture import compare
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from test_shots import THEMES

from pitbox.ui.application import dress
from pitbox.ui.driver.menu import DriverMenu
from pitbox.ui.driver.message import MessageOverlay
from pitbox.ui.driver.part import Words
from pitbox.ui.driver.reading import message_age
from pitbox.ui.driver.window import DriverWindow
from pitbox.ui.theme.token import Theme, Type

OVERLAID = {"short": glances.MESSAGE, "lines": glances.TWO_LINES, "long": glances.LONG_MESSAGE}


@pytest.fixture
def made(qapp: QApplication) -> Iterator[list]:
    widgets: list = []
    yield widgets
    for widget in widgets:
        widget.hide()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(made: list, qapp: QApplication) -> DriverWindow:
    theme = Theme("dark")
    dress(qapp, theme)
    menu = DriverMenu(is_autostarted=False, is_minimised=False, is_light=False)
    drawn = DriverWindow(theme, menu)
    made.extend((drawn, menu))
    drawn.show()
    return drawn


@pytest.fixture
def overlaid(made: list, qapp: QApplication):
    def draw(theme: Theme, glance) -> MessageOverlay:
        dress(qapp, theme)
        overlay = MessageOverlay(theme)
        made.append(overlay)
        overlay.show_message(glance.message)
        qapp.processEvents()
        return overlay

    return draw


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", OVERLAID)
def test_shot_of_the_overlay(overlaid, name: str, theme: str) -> None:
    overlay = overlaid(THEMES[theme], OVERLAID[name])
    picture = QImage(overlay.size(), QImage.Format.Format_ARGB32)
    picture.fill(0xFF3A6B35)  # grass, say
    overlay.render(picture, QPoint(), renderFlags=overlay.RenderFlag.DrawChildren)
    compare(picture, f"overlay-{name}-{theme}")
    for words in overlay.findChildren(Words):
        assert overlay.rect().contains(words.geometry()), words.text()


def test_the_overlay_is_in_nobodys_way(overlaid) -> None:
    overlay = overlaid(Theme("dark"), glances.MESSAGE)
    flags = overlay.windowFlags()
    for flag in ("WindowTransparentForInput", "WindowDoesNotAcceptFocus", "WindowStaysOnTopHint"):
        assert flags & getattr(Qt.WindowType, flag), flag
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert overlay.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_the_overlay_goes_when_the_message_is_no_longer_new(overlaid) -> None:
    overlay = overlaid(Theme("dark"), glances.MESSAGE)
    assert overlay.isVisible()
    overlay.show_message(glances.READ_MESSAGE.message)
    assert not overlay.isVisible()
    overlay.show_message(glances.MESSAGE.message)
    overlay.show_message(None)
    assert not overlay.isVisible()


def test_short_words_are_larger_than_long_ones(window: DriverWindow) -> None:
    sizes = []
    for glance in (glances.MESSAGE, glances.TWO_LINES, glances.LONG_MESSAGE):
        window.show_glance(glance)
        sizes.append(window.panel.words.font().pixelSize())
    assert sizes == [Type.FIGURE, Type.HEAD, Type.BODY]


def test_no_word_stands_alone_in_the_last_line(window: DriverWindow, qapp: QApplication) -> None:
    window.show_glance(glances.TWO_LINES)
    qapp.processEvents()
    first, last = window.panel.words._lines()
    assert f"{first} {last}" == glances.TWO_LINES.message.text
    assert len(last.split()) > 1


def test_a_click_on_ok_or_on_the_words_and_the_enter_key_acknowledge(
    window: DriverWindow, qtbot: QtBot
) -> None:
    window.show_glance(glances.MESSAGE)
    wished: list[bool] = []
    window.acknowledge_wished.connect(lambda: wished.append(True))
    qtbot.mouseClick(window.panel.confirm, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.panel.words, Qt.MouseButton.LeftButton)
    assert len(wished) == 2
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert len(wished) == 3
    window.show_glance(glances.READ_MESSAGE)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert len(wished) == 3, "there is nothing to acknowledge"


def test_an_acknowledged_message_gives_the_rows_their_place_back(window: DriverWindow) -> None:
    window.show_glance(glances.MESSAGE)
    assert window.panel.isVisible()
    assert not window.team.isVisible()
    window.show_glance(glances.READ_MESSAGE)
    assert not window.panel.isVisible()
    assert window.team.isVisible()
    assert window.message.words.text() == "Lea: Save fuel until the end of the stint, please"


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(0, "now"), (5, "5 s ago"), (60, "1 min ago"), (3599, "59 min ago"), (7300, "2 h ago")],
)
def test_ages_are_told_in_words(age_s: int, words: str) -> None:
    assert message_age(age_s) == words
