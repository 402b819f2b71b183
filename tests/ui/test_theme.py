"""Every token that carries words can be read, in both themes."""

import re

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from pitbox.ui.driver.sign import HEALTH_SIGNS, PHASE_SIGNS
from pitbox.ui.theme.face import FAMILY, face
from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.resource import font_files
from pitbox.ui.theme.token import DARK, LIGHT, Palette, Theme, Type, Weight


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_words_can_be_read_on_every_ground(palette: Palette) -> None:
    for ground in (palette.ground, palette.panel, palette.raised):
        for token in ("text", "dim", "accent", "good", "warn", "bad"):
            assert contrast(getattr(palette, token), ground) >= 4.5, (token, ground)
    assert contrast(palette.faint, palette.panel) >= 3.0  # large figures only


def test_the_typeface_is_the_bundled_one_in_each_weight(qapp: QApplication) -> None:
    assert len(font_files()) == len(Weight)
    for weight in Weight:
        info = QFontInfo(face(Theme(), Type.FIGURE, weight))
        assert (info.family(), info.weight()) == (FAMILY, weight)


def test_figures_are_of_one_width(qapp: QApplication) -> None:
    from PySide6.QtGui import QFontMetricsF

    for weight in Weight:
        metrics = QFontMetricsF(face(Theme(), Type.FIGURE, weight))
        widths = [metrics.horizontalAdvance(digit * 4) for digit in "0123456789"]
        assert max(widths) - min(widths) < 0.25  # of a pixel, on four digits


@pytest.mark.parametrize("signs", [PHASE_SIGNS, HEALTH_SIGNS], ids=["phase", "health"])
def test_no_two_states_share_their_shape(signs: dict) -> None:
    shapes = [(sign.icon, sign.is_filled) for sign in signs.values()]
    assert len(set(shapes)) == len(shapes)


def test_an_icon_is_drawn_in_the_colour_asked_for(qapp: QApplication) -> None:
    image = icon_pixmap("circle", "#3ecf8e", 16, 2.0, is_filled=True).toImage()
    assert (image.width(), image.devicePixelRatio()) == (32, 2.0)
    assert image.pixelColor(16, 16).name() == "#3ecf8e"
    assert image.pixelColor(0, 0).alpha() == 0


def test_no_widget_holds_a_colour_or_a_size_of_its_own() -> None:
    from pathlib import Path

    import pitbox.ui

    for path in Path(pitbox.ui.__file__).parent.rglob("*.py"):
        if path.name != "token.py":
            assert not re.search(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8")), path.name
