"""One run of one session: everything that lasts from row to row."""

import math

import msgspec

from pitbox.model.code import SessionState
from pitbox.model.fact import Fact
from pitbox.model.session import Entry, SessionInfo
from pitbox.timing.aside import Aside
from pitbox.timing.car import Car
from pitbox.timing.flag import FlagRun
from pitbox.timing.motion import Motion, still
from pitbox.timing.own import OwnTrace, nothing_told
from pitbox.timing.service import StallTimes
from pitbox.timing.stint import LOST
from pitbox.timing.thirst import Thirst
from pitbox.timing.watch import Watch
from pitbox.timing.wetness import Wetness


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """A session text and the moment from which it speaks."""

    session_num: int
    sim_time_s: float
    info: SessionInfo


class Heat(msgspec.Struct, array_like=True):
    """The state of the folds between a start and the next restart or session."""

    session_num: int
    run: int
    info: SessionInfo | None = None
    told_s: float = -math.inf
    """Since when the info speaks; an older text that comes late says nothing."""
    notices: list[Notice] = msgspec.field(default_factory=list)
    """Session texts that wait for the rows of their time."""
    state: int = -1
    flags: int = 0
    checkered_s: float | None = None
    flag: FlagRun = msgspec.field(default_factory=FlagRun)
    motion: Motion = msgspec.field(default_factory=still)
    own: OwnTrace = msgspec.field(default_factory=nothing_told)
    cars: dict[int, Car] = msgspec.field(default_factory=dict)
    """By car_idx: whoever showed up, the pace car and spectators left out."""
    watch: Watch = msgspec.field(default_factory=Watch)
    thirst: Thirst = msgspec.field(default_factory=Thirst)
    stands: StallTimes = msgspec.field(default_factory=StallTimes)
    aside: Aside = msgspec.field(default_factory=Aside)
    """Rows of our own car alone."""
    wetness: Wetness = msgspec.field(default_factory=Wetness)

    @property
    def is_race(self) -> bool:
        """So it is taken while no session text says otherwise."""
        part = self.info.part(self.session_num) if self.info is not None else None
        return part is None or "race" in part.kind.lower()

    @property
    def phase(self) -> str:
        """How far the session is; see `Standings.phase`."""
        if self.is_over:
            return "over"
        if not self.is_race:
            return "open"
        if self.state >= SessionState.CHECKERED:
            return "checkered"
        if self.state == SessionState.RACING:
            return "racing"
        return "parade" if self.state == SessionState.PARADE_LAPS else "waiting"

    @property
    def is_live(self) -> bool:
        """Laps count: a race from the green flag on, any other session always."""
        return self.state >= SessionState.RACING or not self.is_race

    @property
    def is_over(self) -> bool:
        return self.state >= SessionState.COOL_DOWN

    @property
    def first_info(self) -> SessionInfo | None:
        """What the session text says, though its rows may be still to come."""
        return self.info or (self.notices[0].info if self.notices else None)

    @property
    def sectors(self) -> tuple[float, ...]:
        """Where the track's sectors begin."""
        return () if self.first_info is None else self.first_info.track.sector_starts

    def is_ours(self, car_idx: int | None) -> bool:
        """Whether a collector in this car speaks for our car; one that did not say is believed."""
        info = self.first_info
        return car_idx is None or info is None or car_idx == info.own.car_idx

    @property
    def own_car_idx(self) -> int | None:
        return None if self.info is None else self.info.own.car_idx

    def entry(self, car_idx: int) -> Entry | None:
        entries = () if self.info is None else self.info.entries
        return next((entry for entry in entries if entry.car_idx == car_idx), None)

    def hear(self, notice: Notice) -> None:
        """Keep a session text for the rows of its time; repeated and outdated ones are dropped."""
        last = self.notices[-1] if self.notices else None
        known_s = self.told_s if last is None else last.sim_time_s
        known = self.info if last is None else last.info
        if notice.sim_time_s >= known_s and notice.info != known:
            self.notices.append(notice)

    def ours(self, notice: Notice) -> Notice:
        """The text as seen from our car; a collector in another car does not change who we are."""
        known = self.notices[-1].info if self.notices else self.info
        if known is None or known.own.car_idx == notice.info.own.car_idx:
            return notice
        return Notice(
            notice.session_num, notice.sim_time_s, msgspec.structs.replace(notice.info, own=known.own)
        )

    def learn(self, notice: Notice) -> None:
        """From now on this is the session text."""
        self.info, self.told_s = notice.info, notice.sim_time_s
        for entry in notice.info.entries:
            car = self.cars.get(entry.car_idx)
            if car is None:
                continue
            car.class_id = entry.class_id
            if _is_apart(entry):
                del self.cars[entry.car_idx]

    def known(self) -> list[Notice]:
        """The session texts heard so far that still say something, oldest first."""
        now = [] if self.info is None else [Notice(self.session_num, self.told_s, self.info)]
        return now + self.notices

    def car(self, car_idx: int) -> Car | None:
        """The car, new if need be; None for the pace car and for spectators."""
        car = self.cars.get(car_idx)
        if car is not None:
            return car
        entry = self.entry(car_idx)
        if entry is None:
            car = Car(car_idx)
        elif _is_apart(entry):
            return None
        else:
            car = Car(car_idx, user_id=entry.user_id, class_id=entry.class_id)
        self.cars[car_idx] = car
        return car

    def rank(self, car: Car) -> tuple[int, int]:
        """(position, class position) at a crossing that the car has just completed, or by its best lap."""
        ahead = self._ahead_of(car)
        return 1 + len(ahead), 1 + sum(other.class_id == car.class_id for other in ahead)

    def close(self) -> list[Fact]:
        """The end of the run: nothing that is still open was seen to end."""
        facts: list[Fact] = []
        for car_idx in sorted(self.cars):
            car = self.cars[car_idx]
            last_s = float(self.motion.seen_s[car_idx])
            facts += car.end_stint(last_s, LOST)
            facts += car.mishap.close(last_s)
        facts += self.flag.close(self.motion.time_s)
        return facts

    def _ahead_of(self, car: Car) -> list[Car]:
        others = [other for other in self.cars.values() if other is not car]
        if self.is_race:  # asked once: the search in the session text costs more than all the rest
            # Who has done as many laps has done them before: nobody else crossed the line just now.
            return [other for other in others if other.laps >= car.laps]
        best_s = car.best_lap_s or math.inf
        return [other for other in others if (other.best_lap_s or math.inf) < best_s]


def _is_apart(entry: Entry) -> bool:
    """In the field and not in the race."""
    return entry.is_pace_car or entry.is_spectator
