"""What stands beside a plan while its race runs: what happened, how it fits, a new plan on offer."""

import math
from enum import StrEnum

import msgspec

from pitbox.model.relay import Legs, Relay, RuleName, Violation


class Level(msgspec.Struct, frozen=True):
    """One of the aims that a solver follows, in order: how good it got, and how good it could be at most."""

    name: str
    """`feasible`, `balance`, `changes`, `preference` or `pace`."""
    value: float
    """Smaller is better."""
    bound: float
    """No plan with the levels before it as they are gets below."""
    unit: str = "s"

    @property
    def gap(self) -> float:
        """As a share of the value; 0: nothing better exists."""
        return 0.0 if self.value <= self.bound else (self.value - self.bound) / max(abs(self.value), 1e-9)


class Clash(msgspec.Struct, frozen=True):
    """One demand that cannot be kept together with the others named beside it."""

    rule: RuleName
    words: str
    seat: str = ""


class Relaxation(msgspec.Struct, frozen=True):
    """What has to give, at the least, for a plan to exist."""

    words: str
    clash: Clash
    by_s: float = 0.0
    """By how much, where the rule is one of time; 0: the rule has to go."""
    more: tuple["Relaxation", ...] = ()
    """What has to give as well, where one is not enough; the words above say all of it."""
    by_stints: int = 0
    """By how many more, where the rule is one of stints in a row."""


class Solved(msgspec.Struct, frozen=True):
    legs: Legs
    """Empty where nothing is feasible."""
    levels: tuple[Level, ...] = ()
    clashes: tuple[Clash, ...] = ()
    """Of an impossible plan: demands that exclude each other; without any one of them, the others do not."""
    relaxation: Relaxation | None = None
    engine: str = ""
    """`cp-sat` or `plain`."""
    took_s: float = 0.0
    is_minimal: bool = True
    """False: time ran out over the clashes, and some of them may have nothing to do with it."""

    @property
    def is_feasible(self) -> bool:
        return bool(self.legs)


LEAST_SAID = 0.4
"""A name of less chance is not said: it is hardly more often right than any other."""


class Driven(msgspec.Struct, frozen=True):
    """A stint as the folds have it, and the row of the plan that it was."""

    leg: str
    """Key of the planned stint; empty where it was in nobody's plan."""
    stint: int
    """Number in the folds."""
    seat: str
    """Who drove; empty where the sim's user is nobody of the team."""
    user_id: int
    start_s: float
    end_s: float | None
    """None while it runs."""
    laps: int = 0
    words: str = ""
    """What was other than planned: `Kai instead of Ada`, `12 min early`, `not planned`."""
    odds: tuple[tuple[str, float], ...] = ()
    """Seats and their chances, the likeliest first, where nobody says who drove; empty where it is known."""

    @property
    def is_named(self) -> bool:
        """`seat` may be said: it is known, or likely enough; else it only keeps a place in the plan."""
        return not self.odds or self.odds[0][1] >= LEAST_SAID

    def doubt(self, now_s: float) -> float:
        """How much is open about who drove, by time: what an answer is worth."""
        open_ = -sum(chance * math.log(chance) for _, chance in self.odds)
        return open_ * ((now_s if self.end_s is None else self.end_s) - self.start_s)


class Shares(msgspec.Struct, frozen=True):
    """One person's time at the wheel."""

    seat: str
    driven_s: float
    planned_s: float
    """Still to come by the plan."""
    least_s: float | None = None
    """What the rules demand of this person by the flag."""
    most_s: float | None = None


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    DRIVER = "driver"
    LENGTH = "length"
    SPOTTER = "spotter"
    SERVICE = "service"


class Change(msgspec.Struct, frozen=True):
    leg: str
    kind: ChangeKind
    words: str
    """`Stint 7: Lea instead of Kai`."""
    start_s: float


class Offer(msgspec.Struct, frozen=True):
    """A new plan from now, to be accepted or refused. It changes nothing that was driven."""

    key: str
    reason: str
    """`Kai is missing`, `2 laps longer`."""
    base: int
    """The count of edits that it was worked out of; a plan edited since refuses it."""
    legs: Legs
    """The whole plan with it, from the green flag."""
    changes: tuple[Change, ...]
    before: tuple[Violation, ...] = ()
    after: tuple[Violation, ...] = ()
    levels: tuple[Level, ...] = ()
    took_s: float = 0.0
    is_final: bool = False
    """False: a better one may follow."""


class PlanNow(msgspec.Struct, frozen=True):
    """The plan of our car at one moment of the race: what pages and small windows draw."""

    event: str
    team: str
    variant: str
    relay: Relay
    legs: Legs
    """Done ones as they were, the one at the wheel, and those to come."""
    driven: tuple[Driven, ...]
    violations: tuple[Violation, ...]
    shares: tuple[Shares, ...]
    race_s: float | None = None
    """Now, since the green flag; None before it."""
    green_utc_s: float | None = None
    base: int = 0
    """The count of edits that it stands on."""
    next_leg: str = ""
    next_in_s: float | None = None
    surprises: tuple[str, ...] = ()
    """What the race did that nobody planned, newest first."""
    offers: tuple[Offer, ...] = ()
