"""What the strategy's forecast is to a table of cars. Loads no Qt."""

from typing import TYPE_CHECKING

from pitbox.ui.scene.row import LapWindow

if TYPE_CHECKING:  # what makes a forecast is loaded by the thread that makes it
    from pitbox.strategy.forecast import Forecast


def lap_windows(said: "Forecast") -> dict[int, LapWindow]:
    """By car: laps at whose end it has to come in; one that should have come in already is due now."""
    calls = () if said.said is None else said.said.rivals
    likely = {one.car_idx: one.next_stop.likely for one in calls if one.next_stop is not None}
    found = {}
    for car_idx, window in said.windows.items():
        next_lap = window.latest - window.closes_in
        last = max(next_lap, window.latest)
        first = min(last, max(next_lap, window.earliest))
        middle = likely.get(car_idx)
        found[car_idx] = LapWindow(first, last, window.confidence, None if middle is None else middle[1])
    return found
