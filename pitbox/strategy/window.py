"""When a car may stop: forward from now, backward from the flag, and where both agree.

Forward: how long it can stay out, by tank, tyres, stint and drive time. Backward: the earliest lap from which
the stops that are left reach the flag. A rival's tank is what its stops and its class have shown.
"""

import math

import msgspec

from pitbox.strategy.capacity import SIZES, Floats, mean_size, size_range
from pitbox.strategy.laps import LapChances
from pitbox.strategy.stop_book import StopBook
from pitbox.strategy.story import CarNow

TANK, TYRES, STINT, DRIVE_TIME, FAIR_SHARE = "tank", "tyres", "stint", "drive time", "fair share"


class Limit(msgspec.Struct, frozen=True):
    """Something that calls a car in."""

    name: str
    lap: int
    """At whose end it has to come in, at the latest."""
    words: str


class PitWindow(msgspec.Struct, frozen=True):
    """Of the next stop, by laps at whose end the car comes in."""

    earliest: int
    """From the flag backward: a full tank for each stop that is left reaches it from here on."""
    latest: int
    """From now forward: the tightest limit."""
    opens_in: int
    """Laps until it opens; 0: it is open."""
    closes_in: int
    """Laps until the last chance; 0: this lap; negative: missed."""
    stops_left: int
    """As few as it takes."""
    is_open: bool
    limits: tuple[Limit, ...]
    """The tightest first."""
    confidence: float
    """That the figures hold; 1 for our own car with its own gauge."""
    assumptions: tuple[str, ...]

    @property
    def is_overlap(self) -> bool:
        """Forward and backward agree on some lap."""
        return self.earliest <= self.latest


class Allowance(msgspec.Struct, frozen=True):
    """Limits beside the tank; None: there is none."""

    tyre_laps: float | None = None
    """That the tyres on the car still last."""
    stint_s: float | None = None
    """That the event still allows without a stop."""
    drive_s: float | None = None
    """That the driver may still drive."""
    owed_laps: int | None = None
    """That the others still have to drive before the flag."""


class Reach(msgspec.Struct, frozen=True):
    """How far a car gets, counted from the line after lap `now`."""

    now: int
    on_board_laps: float
    full_laps: float
    """On a full tank."""
    lap_s: float


def forward_limits(reach: Reach, allowed: Allowance, final_lap: int | None = None) -> list[Limit]:
    """The tightest first; laps that others owe call somebody in only where the last lap is known."""
    now, on_board_laps, lap_s = reach.now, reach.on_board_laps, reach.lap_s
    found = [
        Limit(TANK, now + max(0, math.floor(on_board_laps + 1e-9)), f"{on_board_laps:.1f} laps on board")
    ]
    if allowed.tyre_laps is not None:
        lap = now + max(0, math.floor(allowed.tyre_laps + 1e-9))
        found.append(Limit(TYRES, lap, f"tyres for {allowed.tyre_laps:.0f} laps"))
    for name, left_s in ((STINT, allowed.stint_s), (DRIVE_TIME, allowed.drive_s)):
        if left_s is not None:
            laps = max(0, math.floor(left_s / lap_s + 1e-9))
            found.append(Limit(name, now + laps, f"{left_s / 60:.0f} min of {name} left"))
    if allowed.owed_laps is not None and final_lap is not None:
        words = f"{allowed.owed_laps} laps left for the others to drive"
        found.append(Limit(FAIR_SHARE, max(now, final_lap - allowed.owed_laps), words))
    return sorted(found, key=lambda limit: limit.lap)


def pit_window(
    reach: Reach, final_lap: int, allowed: Allowance | None = None, confidence: float = 1.0
) -> PitWindow | None:
    """Of the next stop; None where what is on board reaches the flag within all limits."""
    now, full_laps = reach.now, reach.full_laps
    limits = forward_limits(reach, allowed or Allowance(), final_lap)
    latest = limits[0].lap
    if latest >= final_lap:
        return None
    stint = max(1, math.floor(full_laps + 1e-9))
    stops = max(1, math.ceil((final_lap - latest) / stint))
    earliest = max(now + 1, final_lap - stops * stint)
    return PitWindow(
        earliest=earliest,
        latest=latest,
        opens_in=max(0, earliest - now - 1),
        closes_in=latest - now - 1,
        stops_left=stops,
        is_open=earliest <= now + 1 <= latest,
        limits=tuple(limits),
        confidence=confidence,
        assumptions=(
            f"{full_laps:.1f} laps on a full tank",
            f"the flag on lap {final_lap}",
            *(limit.words for limit in limits),
        ),
    )


def rival_window(
    car: CarNow, book: StopBook, final_lap: LapChances, lap_s: float, allowed: Allowance | None = None
) -> PitWindow | None:
    """A rival's, from its observed stints; the confidence is the chance that its tank is about that size."""
    weights = book.tank_laps(car.car_idx)
    full = mean_size(weights)
    # Whoever is beyond the tank that one believes in has a lap more, and nobody knows how many.
    on_board = max(1.0, full - book.cars[car.car_idx].outing.drunk)
    reach = Reach(car.laps, on_board, full, lap_s)
    found = pit_window(reach, final_lap.quantile(0.5), allowed, _about(weights, full))
    if found is None:
        return None
    low, high = size_range(weights, 0.1)
    words = f"its tank lasts {low:.0f} to {high:.0f} laps, by its stops and its class"
    return msgspec.structs.replace(found, assumptions=(words, *found.assumptions[1:2]))


def _about(weights: Floats, mean: float) -> float:
    """Of the belief, what lies within a lap and a half of its mean."""
    return float(weights[(mean - 1.5 <= SIZES) & (mean + 1.5 >= SIZES)].sum())
