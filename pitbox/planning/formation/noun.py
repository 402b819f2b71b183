"""What teams are formed of, what is demanded of them, and what was formed.

Every time is UTC in seconds. Scores lie between 0 and 1, the better the more.
"""

import msgspec

from pitbox.model.participation import Likings, Part
from pitbox.model.session import UNLIMITED
from pitbox.model.span import Span, Spans

PART_NAMES = ("coverage", "car", "skill", "roles", "wishes")
"""Of a score, in the order of every array of parts."""


class Candidate(msgspec.Struct, frozen=True):
    """A person who signed up, as the forming of teams sees one."""

    key: str
    """Of the member."""
    name: str
    strength: float
    """In points of rating."""
    strength_from: str = "rating"
    """`rating`, `pace` (expected lap times set beside the ratings) or `middle` (nothing is known)."""
    free: Spans = ()
    """Surely here."""
    maybe: Spans = ()
    """Here if it must be; no overlap with `free`."""
    cars: tuple[str, ...] = ()
    """Preferred ones, the best first; empty: all the same."""
    parts: tuple[Part, ...] = (Part.DRIVER,)
    likings: Likings = Likings()
    wanted: tuple[str, ...] = ()
    """Keys of members."""
    unwanted: tuple[str, ...] = ()

    @property
    def is_driver(self) -> bool:
        return Part.DRIVER in self.parts

    @property
    def can_spot(self) -> bool:
        """Drivers spot for each other only where they said so."""
        return Part.SPOTTER in self.parts


class Race(msgspec.Struct, frozen=True):
    """One start time of the event, from the green flag to the chequered one."""

    key: str
    span: Span
    name: str = ""


class CarChoice(msgspec.Struct, frozen=True):
    name: str
    class_name: str = ""
    most_teams: int = UNLIMITED


class Opening(msgspec.Struct, frozen=True):
    """A team that is to be filled."""

    key: str
    name: str
    car: str = ""
    """Empty: whichever suits its people best."""
    race: str = ""
    """Key of the start time; empty: whichever suits its people best."""
    members: tuple[str, ...] = ()
    """Placed already, by hand: they stay, whatever the rules say."""


class Weights(msgspec.Struct, frozen=True):
    """What each part of a score counts; only their proportions matter."""

    coverage: float = 0.35
    car: float = 0.20
    skill: float = 0.20
    roles: float = 0.10
    wishes: float = 0.15

    def shares(self) -> tuple[float, ...]:
        whole = sum(getattr(self, name) for name in PART_NAMES) or 1.0
        return tuple(getattr(self, name) / whole for name in PART_NAMES)


class Demand(msgspec.Struct, frozen=True):
    races: tuple[Race, ...]
    least: int = 3
    """Drivers in a team."""
    most: int = 5
    teams: int | None = None
    """At most so many; None: as many as the people fill at a size between least and most."""
    cars: tuple[CarChoice, ...] = ()
    """Empty: every car that anybody named."""
    spotters: int = 1
    """In a team, wished for: people who said that they spot, drivers among them."""
    openings: tuple[Opening, ...] = ()
    """Teams that are named, or have people already; further ones are added up to `teams`."""
    must_cover: bool = True
    """No team stands that has a moment of the race in which none of its drivers is free."""
    least_free_s: float = 3600.0
    """Whoever is free for less of a race does not drive in it."""
    weights: Weights = Weights()


class Parts(msgspec.Struct, frozen=True):
    """A score and what it is made of."""

    total: float
    coverage: float
    car: float
    skill: float
    roles: float
    wishes: float

    def minus(self, other: "Parts") -> "Parts":
        return Parts(*(getattr(self, name) - getattr(other, name) for name in self.__struct_fields__))


class Lineup(msgspec.Struct, frozen=True):
    """One team as it was formed."""

    key: str
    name: str
    members: tuple[str, ...]
    """Drivers first, the strongest before the others."""
    drivers: int
    car: str
    race: str
    strength: float
    """Mean of its drivers."""
    score: Parts
    holes: Spans = ()
    """Parts of the race in which none of its drivers is free, not even maybe."""
    thin: Spans = ()
    """In which fewer than two are: nobody could stand in."""
    fit: float = 1.0
    """Mean compatibility of its pairs of drivers."""
    weakest: tuple[str, str] | None = None
    """The pair that fits least."""
    faults: tuple[str, ...] = ()
    """Rules that it breaks, which only placing by hand can bring about."""
    change: Parts | None = None
    """After a move by hand: against before it."""


class Unplaced(msgspec.Struct, frozen=True):
    key: str
    name: str
    reason: str


class Spread(msgspec.Struct, frozen=True):
    """How far the teams are apart in strength, in points of rating."""

    mean: float = 0.0
    deviation: float = 0.0
    least: float = 0.0
    most: float = 0.0


class Formation(msgspec.Struct, frozen=True):
    lineups: tuple[Lineup, ...]
    unplaced: tuple[Unplaced, ...]
    score: Parts
    """Mean over all placed drivers, each with the score of the team."""
    bound: float
    """No formation of these people has a better total."""
    spread: Spread
    engine: str
    """`snake`, `draft`, `local`, `cp-sat`; `exact`: proven to be the best there is; `by hand`."""
    bound_by: str = ""
    """The relaxation that the bound comes from."""
    took_s: float = 0.0
    seed: int = 0
    change: Parts | None = None

    @property
    def gap(self) -> float:
        """As a share of the bound; 0: nothing better exists."""
        return max(0.0, self.bound - self.score.total) / max(self.bound, 1e-9)
