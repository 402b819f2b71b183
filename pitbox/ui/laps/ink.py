"""The colours and letters of chosen laps: the same on every panel, and never the colour alone."""

from PySide6.QtGui import QColor

from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import LAP_COLOURS, LAP_COLOURS_ON_WHITE

LETTERS = "ABCDEFGH"


def lap_tone(look: Look, at: int) -> str:
    """The reference is black or white."""
    tones = LAP_COLOURS if look.theme.name == "dark" else LAP_COLOURS_ON_WHITE
    at %= 1 + len(tones)
    return tones[at - 1] if at else look.palette.text


def bgr(tone: str) -> tuple[int, int, int]:
    """As an image keeps it."""
    colour = QColor(tone)
    return colour.blue(), colour.green(), colour.red()
