"""What the strategy's forecast is to a table of cars. Loads no Qt."""

from typing import TYPE_CHECKING

from pitbox.ui.scene.row import LapWindow

if TYPE_CHECKING:  # what makes a forecast is loaded by the thread that makes it
    from pitbox.strategy.forecast import Forecast


def lap_windows(said: "Forecast") -> dict[int, LapWindow]:
    """By car: laps at whose end it has to come in; one that should have come in already is due now."""
    found = {}
    for car_idx, window in said.windows.items():
        next_lap = window.latest - window.closes_in
        last = max(next_lap, window.latest)
        first = min(last, max(next_lap, window.earliest))
        found[car_idx] = LapWindow(first, last, window.confidence)
    return found
