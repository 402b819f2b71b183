"""The strategist's nouns: a choice, its worth, a call, a contingency, and all of them at one moment."""

import msgspec

from pitbox.strategy.montecarlo.outcome import Difference, Prospect


class PlannedStop(msgspec.Struct, frozen=True):
    lap: int
    """Of our car, at whose end it comes in."""
    fuel_l: float | None = None
    """To add, as the pit menu wants it; None: nobody measures this car's fuel, it fills as it needs."""
    has_tyres: bool = False
    user_id: int = 0
    """Who drives from then on; 0: whoever is in the car."""
    repair_s: float = 0.0


class Choice(msgspec.Struct, frozen=True):
    """One way to the flag."""

    key: str
    """The same for the same stops, from one moment to the next."""
    words: str
    """Verb first: `Box in 3 laps, 42 l, no tyres`."""
    stops: tuple[PlannedStop, ...]
    save_share: float = 0.0
    """Less fuel a lap than now."""


class Rated(msgspec.Struct, frozen=True):
    """A choice after some thousand races."""

    choice: Choice
    prospect: Prospect
    against_best: Difference | None
    """In places of the class against the first one, in the same races; None: it is the first."""
    why: str
    """In one line."""


class Branch(msgspec.Struct, frozen=True):
    """A knot of the tree: if this happens, that is the best choice."""

    words: str
    """`a caution within 10 laps`; empty at the root."""
    chance: float
    """Of it, where the branch above holds."""
    best: Choice | None
    mean_class_position: float
    branches: tuple["Branch", ...] = ()


class WhatIf(msgspec.Struct, frozen=True):
    """What an engineer tries; None and 0: as it is."""

    stops: tuple[PlannedStop, ...] | None = None
    pace_s: float = 0.0
    """A lap of ours is longer by this."""
    save_share: float = 0.0
    lose_s: float = 0.0
    """At once: a spin, a penalty."""
    caution_in_s: float | None = None
    rain_in_s: float | None = None
    rain_s: float = 1200.0
    number: int = 0
    """Of the asker; comes back with the answer."""


class Tried(msgspec.Struct, frozen=True):
    asked: WhatIf
    rated: Rated | None
    """None where the rules forbid it."""
    broken: tuple[str, ...]
    """Rules that it breaks, in words."""
    races: int


class Contingency(msgspec.Struct, frozen=True):
    """Worked out before it is needed."""

    kind: str
    """`caution`, `rain`, `lost` or `splash`."""
    title: str
    """`Caution now`."""
    rated: Rated | None
    against_staying: Difference | None
    words: str
    assumptions: tuple[str, ...]
    against: str = ""
    """What `against_staying` is held against: `staying out`, `going on as planned`."""


class Call(msgspec.Struct, frozen=True):
    """A card: what to do, how sure, why, and what waiting costs."""

    key: str
    """The same card from one moment to the next has the same key."""
    kind: str
    """One of `KINDS`."""
    urgency: int
    """0: to know, 1: soon, 2: now."""
    words: str
    """Verb first."""
    chance: float | None
    chance_words: str
    """`71 % P4`."""
    gain: float | None
    """Places of the class against driving on as planned; above zero they are won."""
    gain_error: float | None
    reason: str
    waiting: str
    """`One lap later: -0.2 places`; empty where it costs nothing."""
    assumptions: tuple[str, ...]
    until_lap: int | None
    """After which it is void."""
    choice: Choice | None = None


KINDS = (
    "window", "undercut", "overcut", "cover", "compound", "caution", "save fuel", "rejoin", "rule",
)  # fmt: skip


class FuelFan(msgspec.Struct, frozen=True):
    """Fuel on board at the end of laps to come, by the best choice; 5, 50 and 95 %."""

    laps: tuple[int, ...]
    low_l: tuple[float, ...]
    middle_l: tuple[float, ...]
    high_l: tuple[float, ...]
    unit: str
    tank_l: float


class TyreFit(msgspec.Struct, frozen=True):
    """Our laps' loss by age of the tyres, and the curve that is reckoned with."""

    points: tuple[tuple[int, float], ...]
    """Age in laps, seconds lost."""
    ages: tuple[int, ...]
    low_s: tuple[float, ...]
    middle_s: tuple[float, ...]
    high_s: tuple[float, ...]
    speaker: str
    """Which model said so."""


class StrategyAnswer(msgspec.Struct, frozen=True):
    """As of one moment. What cannot be said is None or empty, and `silent` says why."""

    moment_s: float
    session_num: int
    run: int
    car_idx: int
    laps: int
    """That our car has driven."""
    final_laps: tuple[int, int, int] | None
    """10, 50 and 90 % of our last lap, by the best choice."""
    races: int
    """Behind each figure."""
    is_whole: bool
    """No more races are to come for this moment."""
    rated: tuple[Rated, ...]
    """The best first."""
    calls: tuple[Call, ...]
    """The most urgent first."""
    contingencies: tuple[Contingency, ...]
    tree: Branch | None
    fuel: FuelFan | None
    tyres: TyreFit | None
    assumptions: tuple[str, ...]
    silent: tuple[str, ...]
    made_s: float = 0.0
    """Monotonic clock of who asked."""
    cost_s: float = 0.0
    """CPU that it took."""
    aside_laps: int | None = None
    """Laps that our car had driven when contingencies and tree were worked out, while those of this moment
    are still to come; None: they are of now."""
    finish: tuple[float, ...] = ()
    """Chances of our places in class by what we mean to do: the races, and a learned model if one speaks."""
