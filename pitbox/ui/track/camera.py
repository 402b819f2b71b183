"""From metres on the ground to pixels of the panel, and back. Pure; loads no Qt."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.outline import Outline

Floats = NDArray[np.float64]
MOST_ZOOM = 24.0
"""Times the whole track."""


class Camera(msgspec.Struct, frozen=True):
    """`x_m`, `y_m` stand in the middle; north is up."""

    x_m: float
    y_m: float
    px_per_m: float
    width: float
    height: float

    def to_screen(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        return (
            (x_m - self.x_m) * self.px_per_m + self.width / 2,
            (self.y_m - y_m) * self.px_per_m + self.height / 2,
        )

    def to_ground(self, x: float, y: float) -> tuple[float, float]:
        return (
            (x - self.width / 2) / self.px_per_m + self.x_m,
            self.y_m - (y - self.height / 2) / self.px_per_m,
        )

    def zoomed(self, factor: float, x: float, y: float) -> "Camera":
        """What lies under that pixel stays there."""
        x_m, y_m = self.to_ground(x, y)
        share = 1.0 - 1.0 / factor
        return msgspec.structs.replace(
            self,
            x_m=self.x_m + (x_m - self.x_m) * share,
            y_m=self.y_m + (y_m - self.y_m) * share,
            px_per_m=self.px_per_m * factor,
        )

    def moved(self, right: float, down: float) -> "Camera":
        """By pixels: the ground goes along with the hand."""
        return msgspec.structs.replace(
            self, x_m=self.x_m - right / self.px_per_m, y_m=self.y_m + down / self.px_per_m
        )

    def at(self, x_m: float, y_m: float) -> "Camera":
        return msgspec.structs.replace(self, x_m=x_m, y_m=y_m)


def whole(outline: Outline, width: float, height: float, margin: float) -> Camera:
    """All of the track, with a margin in pixels around it."""
    left, right = float(outline.x_m.min()), float(outline.x_m.max())
    low, high = float(outline.y_m.min()), float(outline.y_m.max())
    scale = min(
        max(width - 2 * margin, 1.0) / max(right - left, 1.0),
        max(height - 2 * margin, 1.0) / max(high - low, 1.0),
    )
    return Camera((left + right) / 2, (low + high) / 2, scale, width, height)
