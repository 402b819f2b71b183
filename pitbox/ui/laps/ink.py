"""The colours and letters of chosen laps: the same on every panel, and never the colour alone."""

from PySide6.QtGui import QColor

from pitbox.ui.theme.look import Look

LETTERS = "ABCDEFGH"
_DARK = ("", "#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#d55e00", "#b98bff", "#f0e442")
_LIGHT = ("", "#1f86c7", "#b87700", "#b0568a", "#007a59", "#c04f00", "#7440c8", "#8a7d00")
"""The same hues, dark enough for lines on white."""


def lap_tone(look: Look, at: int) -> str:
    """The reference is black or white."""
    tones = _DARK if look.theme.name == "dark" else _LIGHT
    return tones[at % len(tones)] or look.palette.text


def bgr(tone: str) -> tuple[int, int, int]:
    """As an image keeps it."""
    colour = QColor(tone)
    return colour.blue(), colour.green(), colour.red()
