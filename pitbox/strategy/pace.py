"""Pace as a learned model says it, in the place of the plain formula where one speaks.

Whoever folds the race for a model lays `Pace` of each car into the `Moment`; without it, or for a car that it
cannot speak of any more, all here goes by the plain formula.
"""

import msgspec


class Speaker(msgspec.Struct, frozen=True):
    """Which version speaks, and since when."""

    model: str
    version: str
    step: str
    since_s: float
    """By the wall's clock: when it was promoted."""


class Pace(msgspec.Struct, frozen=True):
    """Of one car, as it crossed the line last."""

    lap: int
    """That it had done then."""
    next_s: float
    low_s: float
    high_s: float
    """Of the next lap: 80 %."""
    soon_s: float
    """Mean of the next ten laps, in this stint."""


class TyreLoss(msgspec.Struct, frozen=True):
    """Seconds that a lap on tyres of some age takes more than one on new ones, at the same fuel; 90 %."""

    low_s: float
    middle_s: float
    high_s: float


class TyreCall(msgspec.Struct, frozen=True):
    """What the set that our car is on costs for each lap of its age, with 90 % intervals, seconds."""

    slope_s: float
    low_s: float
    high_s: float
    cliff_age: float | None
    """Laps after which it falls off; None where nobody's did."""
    laps: int
    """That this stands on."""
    compound: str = ""
    """That our car is on."""
    curves: dict[str, tuple[TyreLoss, ...]] = {}
    """By compound, for whoever is in our car; the first is of new tyres, the next a lap old, and so on."""


class CautionCall(msgspec.Struct, frozen=True):
    """How cautions come in this world, before this race has shown anything."""

    per_hour: float
    """Of green running."""
    length_s: float
    """Median."""
    spread: float
    """Of the logarithm."""
    words: str


class PitCall(msgspec.Struct, frozen=True):
    """What a stop under green lost here before this race, with 90 % of single stops."""

    loss_s: float
    low_s: float
    high_s: float
    unsure_s: float
    """One standard deviation of the level itself."""
    stops: int
    """Of this car here; 0: of others, or elsewhere."""
    step: str
    """What it stands on: `circuit`, `world` or `prior`."""


class FinishCall(msgspec.Struct, frozen=True):
    """Our place in class at the flag."""

    chances: tuple[float, ...]
    """Of each place, the first one first."""
    step: str


class Learned(msgspec.Struct, frozen=True):
    """What models say at one moment; empty of what they cannot say."""

    paces: dict[int, Pace] = {}
    speaker: Speaker | None = None
    """Of the paces; None: the plain formula."""
    tyres: TyreCall | None = None
    tyre_speaker: Speaker | None = None
    cautions: CautionCall | None = None
    caution_speaker: Speaker | None = None
    pits: dict[str, PitCall] = {}
    """By what is driven, as the session names it."""
    pit_speaker: Speaker | None = None
    finish: FinishCall | None = None
    finish_speaker: Speaker | None = None

    def pace(self, car_idx: int, laps_done: int) -> Pace | None:
        """None once the car has done another lap than the one that the pace follows."""
        found = self.paces.get(car_idx)
        return found if found is not None and found.lap == laps_done else None


NOTHING = Learned()
