"""Signs of states: a shape and a colour for each, so that neither has to be known alone. Loads no Qt."""

import msgspec

from pitbox.crew.health import Level
from pitbox.ui.theme.token import Palette
from pitbox.wall.dashboard import Phase


class Sign(msgspec.Struct, frozen=True):
    icon: str
    token: str
    """Name of a colour in the palette."""
    is_filled: bool = False
    size: int = 14

    def colour(self, palette: Palette) -> str:
        colour: str = getattr(palette, self.token)
        return colour


PHASE_SIGNS = {
    Phase.WAITING: Sign("circle", "dim", size=12),
    Phase.RECORDING: Sign("circle", "good", is_filled=True, size=12),
    Phase.HELD: Sign("triangle-alert", "warn", size=16),
    Phase.ENDED: Sign("circle-check", "dim", size=16),
    Phase.BROKEN: Sign("octagon-x", "bad", size=16),
}
HEALTH_SIGNS = {
    Level.OK: Sign("circle-check", "good"),
    Level.NOTE: Sign("info", "accent"),
    Level.DEGRADED: Sign("triangle-alert", "warn"),
    Level.FAILED: Sign("octagon-x", "bad"),
}
