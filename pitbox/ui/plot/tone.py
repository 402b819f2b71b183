"""Tones of a class's colour, one for each driver, on which words can still be read. Pure; loads no Qt."""

from pitbox.ui.theme.token import Palette

_SHARES = (0.38, 0.22, 0.30, 0.14, 0.34, 0.18)
"""Neighbours differ most: who follows whom is what one looks for."""


def tone_of(palette: Palette, colour: str, tone: int) -> str:
    """The colour, thinned over the panel's ground."""
    share = _SHARES[tone % len(_SHARES)]
    return "#" + "".join(
        f"{round(share * over + (1 - share) * under):02x}"
        for over, under in zip(_parts(colour), _parts(palette.panel), strict=True)
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
