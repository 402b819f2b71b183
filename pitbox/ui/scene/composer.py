"""From facts to what panels draw. Pure: the same batches give the same scenes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from pitbox.model.amendment import Amendment, amend_standings
from pitbox.model.fact import Fact, Stop
from pitbox.model.session import Entry, SessionInfo
from pitbox.model.standing import CarStanding, Standings
from pitbox.strategy.story import CarStory, Story
from pitbox.ui.scene.amended import amended_of
from pitbox.ui.scene.landmark import start_of
from pitbox.ui.scene.race import RaceChange, RaceHead, RaceScene, same_rows
from pitbox.ui.scene.row import Best, CarRow, ClassHead, Gap, LapWindow, LastLap, StopNote, Tyres
from pitbox.wall.moment import Still
from pitbox.wall.outlook import Batch

_NOTHING_SAID: Mapping[int, Amendment] = MappingProxyType({})
_SEEN_S = 2.0
"""A car that was away for less has no age: single ticks go missing."""


class Composer:
    """Keeps what it was told, and makes a scene of it when a new picture comes."""

    def __init__(self) -> None:
        self.scene = RaceScene()
        self._story = Story()
        self._facts: list[Fact] = []
        self._standings: Standings | None = None
        self._info: SessionInfo | None = None
        self._axis: tuple[int, int] | None = None
        self._is_other_race = False
        self._amendments: Mapping[int, Amendment] = {}
        self._crews: dict[int, dict[int, str]] = {}
        self._windows: Mapping[int, LapWindow] | None = None

    @property
    def story(self) -> Story:
        """All facts of the race so far, for panels that draw more than the present."""
        return self._story

    def take(self, batch: Batch, windows: Mapping[int, LapWindow] | None = None) -> RaceChange | None:
        """What changed; None when nothing that is drawn did. `windows`: pit windows by car, from strategy."""
        if batch.is_other_feed:
            self._begin()
        if batch.info is not None:
            self._info = batch.info
            for entry in batch.info.entries:
                if entry.driver and entry.user_id:
                    self._crews.setdefault(entry.car_idx, {})[entry.user_id] = entry.driver
        batch.tell(self._story)
        self._facts += batch.facts
        if batch.retold:
            retold = {car.car_idx for car in batch.retold}
            self._facts = [fact for fact in self._facts if getattr(fact, "car_idx", -1) not in retold]
            self._facts += [fact for car in batch.retold for fact in car.facts]
        if batch.amendments is not None:
            self._amendments = batch.amendments
        if batch.standings is not None:
            self._note_axis(batch.standings)
            self._standings = batch.standings
        is_news = batch.standings is not None or batch.info is not None or bool(batch.facts or batch.retold)
        is_news = is_news or windows is not self._windows
        self._windows = windows
        if not (is_news or batch.is_other_feed):
            return None
        scene = compose(self._standings, self._info, self._story, windows or {}, self._amendments)
        people = {"amendments": self._amendments, "crews": self._crews}
        return self._change(msgspec.structs.replace(scene, **people), batch)

    def whole(self) -> RaceChange:
        """All that is known now, as if nothing had been shown before."""
        return _whole(self.scene, self._facts, self._standings, self._info)

    def _begin(self) -> None:
        self._story, self._facts = Story(), []
        self._standings = self._info = self._axis = None
        self._is_other_race, self._amendments, self._crews = True, {}, {}

    def _note_axis(self, standings: Standings) -> None:
        axis = (standings.session_num, standings.run)
        self._is_other_race = self._is_other_race or (self._axis is not None and axis != self._axis)
        self._axis = axis

    def _change(self, scene: RaceScene, batch: Batch) -> RaceChange:
        before = {} if self._is_other_race else {row.car_idx: row for row in self.scene.rows}
        cars = frozenset(
            row.car_idx
            for row in scene.rows
            if row.car_idx not in before or not same_rows(before[row.car_idx], row)
        )
        change = RaceChange(
            scene=scene,
            cars=cars,
            is_reordered=list(before) != [row.car_idx for row in scene.rows],
            is_other_race=self._is_other_race,
            facts=(*batch.facts, *(fact for car in batch.retold for fact in car.facts)),
            standings=self._standings,
            info=self._info,
        )
        self.scene, self._is_other_race = scene, False
        return change


def compose_still(still: Still, amendments: Mapping[int, Amendment] = _NOTHING_SAID) -> RaceChange:
    """A moment of the past, as if nothing had been shown before; `amendments` are in its story already."""
    standings = None if still.standings is None else amend_standings(still.standings, amendments)
    scene = compose(standings, still.info, still.story, {}, amendments)
    scene = msgspec.structs.replace(scene, amendments=amendments)
    return _whole(scene, still.facts, standings, still.info)


def compose(
    standings: Standings | None,
    info: SessionInfo | None,
    story: Story,
    windows: Mapping[int, LapWindow],
    amendments: Mapping[int, Amendment] = _NOTHING_SAID,
) -> RaceScene:
    """The scene of one moment; empty while it is not known who races."""
    if standings is None or info is None:
        return RaceScene()
    entries = {entry.car_idx: entry for entry in info.entries if not entry.is_spectator}
    bests = _class_bests(standings, entries)
    leaders: dict[int, CarStanding] = {}
    rows = []
    for car in standings.cars:
        entry = entries.get(car.car_idx)
        if entry is None or entry.is_pace_car:
            continue
        leader = leaders.setdefault(entry.class_id, car)
        best_s = bests.get(entry.class_id)
        row = _row(car, entry, leader, story.cars.get(car.car_idx), best_s=best_s)
        changes: dict[str, object] = {
            "is_ours": car.car_idx == info.own.car_idx,
            "age_s": _age_s(car, standings),
        }
        amendment = amendments.get(car.car_idx)
        if amendment is not None:
            changes["entry"] = _with_driver(entry, car.user_id, amendment, story.people)
            changes["amended"] = amended_of(amendment, story.people, start_of(story))
        rows.append(msgspec.structs.replace(row, window=windows.get(car.car_idx), **changes))
    scene = RaceScene(_head(standings, info), tuple(rows), _classes(info, rows, bests), info.own.car_idx)
    return msgspec.structs.replace(scene, window_laps=_window_laps(rows))


def _window_laps(rows: list[CarRow]) -> int:
    """So that nine of ten windows lie within it."""
    ends = sorted(row.window.last - row.laps for row in rows if row.window is not None)
    longest = ends[min(len(ends) - 1, len(ends) * 9 // 10)] if ends else 0
    return max(20, -(-longest // 10) * 10)


def _whole(
    scene: RaceScene, facts: Sequence[Fact], standings: Standings | None, info: SessionInfo | None
) -> RaceChange:
    return RaceChange(
        scene=scene,
        cars=frozenset(row.car_idx for row in scene.rows),
        is_reordered=True,
        is_other_race=True,
        facts=tuple(facts),
        standings=standings,
        info=info,
    )


def _with_driver(entry: Entry, user_id: int, amendment: Amendment, people: Mapping[int, str]) -> Entry:
    """Who is in the car as a person says, until the sim names somebody new."""
    if amendment.driver is None or user_id != amendment.driver[1] or user_id not in people:
        return entry
    return msgspec.structs.replace(entry, user_id=user_id, driver=people[user_id])


def _row(
    car: CarStanding,
    entry: Entry,
    leader: CarStanding,
    told: CarStory | None,
    *,
    best_s: float | None,
) -> CarRow:
    turn = None if told is None else told.driver_stints.last
    is_class_best = car.best_lap_s is not None and car.best_lap_s == best_s
    return CarRow(
        entry=entry,
        position=car.position,
        class_position=car.class_position,
        laps=car.laps,
        lap_pct=car.lap_pct,
        gap=Gap(car.class_gap_s, _laps_between(leader, car)),
        total_gap=Gap(car.gap_s, car.laps_down),
        interval_s=car.interval_s,
        last=_last_lap(car, told, is_class_best=is_class_best),
        best_lap_s=car.best_lap_s,
        is_class_best=is_class_best,
        stint_laps=car.stint_laps,
        driver_laps=None if turn is None else max(0, car.laps - turn.start_lap + 1),
        stops=car.stops,
        stop=None if told is None else _stop_note(told.stops.last),
        tyres=_tyres(car, told),
        window=None,
        status=car.status,
        incident=car.incident,
        is_ours=False,
        age_s=0,
    )


def _last_lap(car: CarStanding, told: CarStory | None, *, is_class_best: bool) -> LastLap:
    best = Best.NONE
    if car.last_lap_s is not None and car.last_lap_s == car.best_lap_s:
        best = Best.CLASS if is_class_best else Best.OWN
    lap = None if told is None else told.laps.last
    if lap is None:
        return LastLap(car.last_lap_s, best)
    return LastLap(car.last_lap_s, best, is_in=lap.kind.is_in, is_out=lap.kind.is_out)


def _tyres(car: CarStanding, told: CarStory | None) -> Tyres:
    fact = None if told is None else told.tyre_stints.last
    return Tyres(car.compound, car.tyre_laps, 1.0 if fact is None else fact.confidence)


def _age_s(car: CarStanding, standings: Standings) -> int:
    away_s = standings.sim_time_s - car.seen_s
    return int(away_s) if away_s > _SEEN_S else 0


def _stop_note(stop: Stop | None) -> StopNote | None:
    if stop is None:
        return None
    lane_s = None if stop.lane_out_s is None else stop.lane_out_s - stop.lane_in_s
    stall_s = None
    if stop.stall_in_s is not None and stop.stall_out_s is not None:
        stall_s = stop.stall_out_s - stop.stall_in_s
    return StopNote(stop.lap, lane_s, stall_s, stop.is_tow)


def _laps_between(ahead: CarStanding, behind: CarStanding) -> int:
    return max(0, int(ahead.laps + ahead.lap_pct - behind.laps - behind.lap_pct))


def _class_bests(standings: Standings, entries: Mapping[int, Entry]) -> dict[int, float]:
    bests: dict[int, float] = {}
    for car in standings.cars:
        entry = entries.get(car.car_idx)
        if entry is not None and car.best_lap_s is not None:
            bests[entry.class_id] = min(bests.get(entry.class_id, car.best_lap_s), car.best_lap_s)
    return bests


def _classes(info: SessionInfo, rows: list[CarRow], bests: Mapping[int, float]) -> tuple[ClassHead, ...]:
    counts: dict[int, int] = {}
    for row in rows:
        counts[row.class_id] = counts.get(row.class_id, 0) + 1
    by_pace = sorted(info.classes, key=lambda c: (-c.relative_speed, c.class_id))
    racing = [c for c in by_pace if counts.get(c.class_id)]
    return tuple(
        ClassHead(c.class_id, c.name, rank, counts[c.class_id], bests.get(c.class_id))
        for rank, c in enumerate(racing)
    )


def _head(standings: Standings, info: SessionInfo) -> RaceHead:
    part = info.part(standings.session_num)
    return RaceHead(
        title=info.title or info.track.name,
        track=info.track.name,
        part="" if part is None else part.kind,
        phase=standings.phase,
        flag=standings.flag,
        lap=standings.cars[0].laps + 1 if standings.cars else None,
        laps=None if part is None else part.laps,
        time_left_s=standings.time_left_s,
        sim_time_s=standings.sim_time_s,
    )
