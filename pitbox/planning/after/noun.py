"""The plan against the race, when it is over: all that a page, a command or a report draws of it.

Race times are seconds since the green flag. Costs are seconds, positive: lost. Intervals hold 90 %.
"""

from enum import StrEnum

import msgspec


class Estimate(msgspec.Struct, frozen=True):
    """A figure and the 90 % interval that it is known to."""

    value: float
    low: float
    high: float


class DriveTime(msgspec.Struct, frozen=True):
    """What one person had of the driving."""

    seat: str
    """Empty: those who drove and are nobody of the team."""
    name: str
    driven_s: float
    share: float
    """Of all driving."""
    planned_s: float
    planned_share: float
    laps: int
    stints: int
    least_s: float | None = None
    """What the rules demand of this person."""
    most_s: float | None = None
    is_within: bool = True
    """Neither less nor more than the rules say."""


class Equality(msgspec.Struct, frozen=True):
    figure: float
    """1: equal shares; 0: one person drove everything."""
    planned_figure: float
    equal_share: float
    moved_s: float
    """That would have to change hands for equal shares."""
    drivers: tuple[DriveTime, ...]


class PitStop(msgspec.Struct, frozen=True):
    """One visit to the pits, against what it needed."""

    number: int
    lap: int
    at_s: float
    """Race time of the lane entry."""
    seat_in: str
    seat_out: str
    services: tuple[str, ...]
    is_planned: bool
    is_caution: bool
    visit_s: float | None
    """From lane entry to lane exit; None where nobody measured it."""
    planned_s: float | None
    lane_s: float | None = None
    """Of the visit, what was rolled in the lane; None where nobody saw the stall."""
    stall_s: float | None = None
    fuel_l: float | None = None
    needed_s: float | None = None
    """What such a visit takes when all goes well; None: nothing to compare with."""
    needed_words: str = ""
    lane_lost_s: float | None = None
    service_lost_s: float | None = None
    """In the stall beyond what was done; where nobody saw the stall, of the visit as a whole."""
    way_lost_s: float | None = None
    """On the way in and out, against the car's other stops."""
    spread_s: float = 0.0
    """One standard deviation of ordinary stops like it."""
    class_visits_s: tuple[float, float, float] | None = None
    """Best, middle and slow (90 %) visit of the class with the same service."""
    likes: int = 0
    """Visits of the class that this stands on."""

    @property
    def lost_s(self) -> float:
        return sum(one or 0.0 for one in (self.lane_lost_s, self.service_lost_s, self.way_lost_s))


class Pace(msgspec.Struct, frozen=True):
    """Of clean laps in one stint, or of one person in all of them. None: too few laps to tell."""

    seat: str
    name: str
    stint: int
    """0: of all stints of this person."""
    laps: int
    clean_laps: int
    slow_laps: int = 0
    """Of the clean ones: so far off that traffic or a mistake is in them."""
    median: Estimate | None = None
    scatter_s: float | None = None
    """Robust standard deviation around the stint's trend: 1.4826 times the median distance."""
    iqr_s: float | None = None
    """Of the laps as they are, between their quartiles."""
    trend: Estimate | None = None
    """Seconds a lap within a stint: tyres, less the fuel that burns."""
    expected_s: float | None = None
    """As the plan had this person; the mean where several conditions were expected."""
    to_plan: Estimate | None = None
    """A lap, against that."""
    to_team: Estimate | None = None
    """A lap, against the team's others, what the track did taken out."""
    track_s: float | None = None
    """What the class's laps took then more than over its race."""
    words: str = ""


class Offset(msgspec.Struct, frozen=True):
    """A driven stint against a planned one."""

    leg: str
    seat: str
    """Who was planned."""
    is_same_driver: bool
    start_s: float
    """Later than planned: positive."""
    end_s: float | None
    """None where the stint never ended by itself, or several rows or parts make the ends incomparable."""
    fuel_l: float | None = None
    """Filled at the stop that it begins with, more than planned; None where one of them is not known."""
    has_tyres: bool | None = None
    """Tyres were changed there or not as planned; None: not known."""


class KeptStint(msgspec.Struct, frozen=True):
    stint: int
    seat: str
    start_s: float
    end_s: float
    laps: int
    row: int
    """Of the plan at the green flag, from 1; 0: in no plan."""
    at_green: Offset | None
    at_stop: Offset | None
    """Against the plan as it stood when the car came in for this stint, moved along with the race."""
    words: str = ""


class Change(msgspec.Struct, frozen=True):
    """A deed that changed the team's plan while it raced, or a word to an offer."""

    race_s: float
    who: str
    what: tuple[str, ...]
    reason: str = ""
    """Of the offer that was accepted or refused."""
    reply: str = ""
    """`accepted` or `refused`; empty: edited by hand."""


class Adherence(msgspec.Struct, frozen=True):
    """Shares of time at the wheel; the rest as in `KeptStint`."""

    stints: tuple[KeptStint, ...]
    skipped: tuple[str, ...]
    """Rows of the plan at the green flag that nobody drove, in words."""
    by_row: float
    """Driven by whom the row names that the stint was."""
    by_clock: float
    """Driven by whom the plan named at that moment, had nothing moved."""
    by_stop: float | None
    """Driven by whom the plan named when the car came in. None: never asked."""
    start_off_s: float | None
    """Median of how far stints began from their rows' times."""
    changes: tuple[Change, ...] = ()
    edits_before: int = 0
    """Deeds that made the plan, before the green flag."""


class CostKind(StrEnum):
    START = "start"
    STOP = "stop longer or shorter"
    WAY = "way in and out"
    UNPLANNED = "stop that was not planned"
    NOT_MADE = "stop that was not made"
    CAUTION_STOP = "stop under caution"
    LANE = "how the plan counts the lane"
    DRIVER = "other driver than planned"
    PACE = "pace of the driver"
    COMMON = "pace of the car"
    TRACK = "track and weather"
    LENGTH = "stint longer or shorter"
    SLOW_LAPS = "traffic and mistakes"
    TROUBLE = "trouble"
    CAUTION = "laps under caution"


class Cost(msgspec.Struct, frozen=True):
    """What one deviation took, against the plan at the green flag over the same distance."""

    kind: CostKind
    cost_s: float
    low_s: float
    high_s: float
    words: str
    stint: int = 0
    """0: of the whole race."""
    seat: str = ""


class Account(msgspec.Struct, frozen=True):
    """Costs and remainder add up to the total."""

    laps: int
    """The distance over which both are compared."""
    driven_s: float
    planned_s: float
    """For the same distance."""
    planned_laps: float
    """By the plan, in the time that was driven."""
    costs: tuple[Cost, ...]
    """In the order of the race, those of the whole race last."""
    remainder_s: float
    """Laps that nobody saw, mostly."""

    @property
    def total_s(self) -> float:
        return self.driven_s - self.planned_s


class PlanReview(msgspec.Struct, frozen=True):
    event: str
    team: str
    variant: str
    names: dict[str, str]
    """Of people, by their seat."""
    race_s: float
    """Driven, from the green flag to the last line."""
    is_finished: bool
    """It took the flag."""
    equality: Equality
    stops: tuple[PitStop, ...]
    stints: tuple[Pace, ...]
    drivers: tuple[Pace, ...]
    adherence: Adherence
    account: Account
    notes: tuple[str, ...] = ()
    """What could not be told, and what this stands on."""
