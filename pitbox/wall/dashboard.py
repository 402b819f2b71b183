"""What a driver wants to know at a glance, put together from the hub: what is recorded, lap, fuel, health.

Pulled by whoever shows it, on one thread of theirs; nothing here waits.
"""

from collections import deque
from enum import StrEnum
from statistics import mean
from typing import TypeVar

import msgspec

from pitbox.crew.health import Level
from pitbox.crew.mailbox import Mailbox
from pitbox.model.clock import Clock
from pitbox.model.fact import Fact, Lap
from pitbox.model.session import SessionInfo
from pitbox.model.standing import CarStanding, Standings
from pitbox.sync.holders import Safe
from pitbox.wall.health import HealthRegistry, Ward
from pitbox.wall.hub import Durable, Hub
from pitbox.wall.messenger import ShownMessage
from pitbox.wall.reminders import ShownNote

_T = TypeVar("_T")
_LIVE_S = 2.0
"""Without ticks for longer than this the sim is not running. Figures come once a second."""
_STORED_S = 5.0
"""Ticks come, and nothing was acknowledged for longer than this: say so."""
_OWN_LAPS = 200
"""Remembered, to say up to which lap others have the recording."""
_FUEL_LAPS = 5
"""Clean laps that the use per lap is taken from, the newest ones."""


class Phase(StrEnum):
    WAITING = "waiting"
    """No sim, or no session in it."""
    RECORDING = "recording"
    HELD = "held"
    """Ticks come, and the disk does not take them now."""
    ENDED = "ended"
    """The source came to its end, and all of it is recorded."""
    BROKEN = "broken"
    """Nothing is recorded any more: a thread ended with an error."""


class FuelRange(msgspec.Struct, frozen=True):
    """Laps until the tank is empty, at the use of the newest clean laps."""

    laps: float
    low: float
    high: float
    basis: int
    """Clean laps that it is drawn from."""


class Safety(msgspec.Struct, frozen=True):
    """On how many machines the recording is, this one included, and up to which lap of our car on all."""

    machines: int
    lap: int | None


class Glance(msgspec.Struct, frozen=True):
    """All that the driver's window shows, at one moment."""

    phase: Phase
    words: str
    level: Level = Level.OK
    trouble: str = ""
    """The worst matter in a sentence; empty when all is well."""
    track: str = ""
    part: str = ""
    """Practice, qualifying or race."""
    lap: int | None = None
    """The one that our car is on."""
    class_position: int | None = None
    time_left_s: float | None = None
    flag: str = ""
    fuel_l: float | None = None
    fuel: FuelRange | None = None
    age_s: int = 0
    """Whole seconds since the figures were new."""
    message: ShownMessage | None = None
    """What the pit wall said last."""
    team: tuple[str, ...] = ()
    """Who is connected."""
    safe: Safety | None = None
    incidents: int | None = None
    """Points that count against the limit: the team's in a team event, else the driver's."""
    incidents_left: int | None = None
    """Points until our car is disqualified; None where there is no limit or no count."""

    note: ShownNote | None = None
    """The newest reminder of a stint for the person here."""
    stint: str = ""
    """When that person drives next, in words; empty: no plan says so."""

    @property
    def is_stale(self) -> bool:
        return self.age_s > _LIVE_S


class Dashboard:
    """One reader of a hub."""

    def __init__(self, hub: Hub, health: HealthRegistry, clock: Clock, waits_for: str = "iRacing") -> None:
        self._hub = hub
        self._health = health
        self._clock = clock
        self._waits_for = waits_for
        self._standings: Standings | None = None
        self._info: SessionInfo | None = None
        self._durable: Durable | None = None
        self._versions: dict[str, int] = {}
        self._news_s: dict[str, float] = {}
        self._live_since_s = 0.0
        self._cursor = 0
        self._uses_l: list[float] = []
        self._laps: deque[Lap] = deque(maxlen=_OWN_LAPS)

    def look(self, *, has_ended: bool = False, is_broken: bool = False) -> Glance:
        """The picture of now. `has_ended`: nothing more will be recorded; `is_broken`: though it should."""
        now_s = self._clock.monotonic_s()
        self._pull(now_s)
        ward = self._health.snapshot()
        phase, words = self._phase(now_s, ward)
        if has_ended:
            phase, words = Phase.ENDED, "Recorded to the end"
        if is_broken:
            phase, words = Phase.BROKEN, "Recording has stopped"
        worst = ward.states[0].health if ward.states else None
        trouble = worst.words if worst is not None and worst.level >= Level.DEGRADED else ""
        glance = Glance(phase=phase, words=words, level=ward.level, trouble=trouble)
        if self._standings is None or self._info is None:
            return glance
        return self._with_race(glance, self._standings, self._info, now_s)

    def safety(self, safe: Safe) -> Safety:
        """Laps that ended before the time up to which every machine has the recording, and the next one."""
        done = [lap.lap for lap in self._laps if lap.end_s <= safe.until_s]
        return Safety(safe.machines, max(done) + 1 if done else None)

    def _pull(self, now_s: float) -> None:
        self._standings = self._fresh("standings", self._hub.standings, now_s) or self._standings
        self._info = self._fresh("info", self._hub.info, now_s) or self._info
        was_idle = self._age_s("live", now_s) > _LIVE_S
        if self._fresh("live", self._hub.live, now_s) is not None and was_idle:
            self._live_since_s = now_s
        durable = self._fresh("durable", self._hub.durable, now_s)
        self._cursor, facts = self._hub.facts_since(self._cursor)
        if durable is not None:
            if self._durable is None or durable.log.session != self._durable.log.session:
                self._laps.clear()
                self._uses_l.clear()  # another car, perhaps another track
            self._durable = durable
        self._note_fuel(facts)

    def _fresh(self, name: str, mailbox: Mailbox[_T], now_s: float) -> _T | None:
        version, value = mailbox.take(self._versions.get(name, 0))
        self._versions[name] = version
        if value is not None:
            self._news_s[name] = now_s
        return value

    def _note_fuel(self, facts: list[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, Lap) and fact.fuel_used_l and fact.kind.is_clean():
                self._uses_l.append(fact.fuel_used_l)
            own_idx = None if self._info is None else self._info.own.car_idx
            if isinstance(fact, Lap) and fact.car_idx == own_idx:
                self._laps.append(fact)
        del self._uses_l[:-_FUEL_LAPS]

    def _age_s(self, name: str, now_s: float) -> float:
        return now_s - self._news_s.get(name, float("-inf"))

    def _phase(self, now_s: float, ward: Ward) -> tuple[Phase, str]:
        if self._age_s("live", now_s) > _LIVE_S:
            return Phase.WAITING, f"Waiting for {self._waits_for}"
        storing = (t.health for t in ward.states if (t.health.room, t.health.subject) == ("log", "storing"))
        if any(health.level == Level.FAILED for health in storing):
            return Phase.HELD, "Not stored yet"
        if min(self._age_s("durable", now_s), now_s - self._live_since_s) > _STORED_S:
            return Phase.HELD, "Not stored yet"
        return Phase.RECORDING, "Recording"

    def _with_race(self, glance: Glance, standings: Standings, info: SessionInfo, now_s: float) -> Glance:
        part = info.part(standings.session_num)
        own = next((car for car in standings.cars if car.car_idx == info.own.car_idx), None)
        return msgspec.structs.replace(
            glance,
            track=info.track.name,
            part=part.kind if part else "",
            lap=None if own is None else own.laps + 1,
            class_position=_place(own),
            time_left_s=standings.time_left_s,
            flag=standings.flag,
            fuel_l=standings.fuel_l,
            fuel=fuel_range(standings.fuel_l, self._uses_l),
            age_s=int(self._age_s("standings", now_s)),
            incidents=info.incident_points(info.own.car_idx),
            incidents_left=info.incidents_left(info.own.car_idx),
        )


def fuel_range(fuel_l: float | None, uses_l: list[float]) -> FuelRange | None:
    """None while either the level or the use is not known."""
    if fuel_l is None or not uses_l:
        return None
    return FuelRange(
        laps=fuel_l / mean(uses_l), low=fuel_l / max(uses_l), high=fuel_l / min(uses_l), basis=len(uses_l)
    )


def _place(own: CarStanding | None) -> int | None:
    return own.class_position if own is not None and own.class_position > 0 else None
