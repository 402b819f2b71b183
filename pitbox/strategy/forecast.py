"""What the pit wall sees coming, all in one struct: what panels draw and `pitbox status` prints.

    mind = Mind()                                  # of one race
    said = forecast(moment_of(story, standings), case, mind)

Pure: the same moment gives the same figures, live, from a recording and after a late start.
"""

import msgspec

from pitbox.model.standing import Standings
from pitbox.strategy.briefing import Briefing, BriefingDesk, Case, Mind, window_seen
from pitbox.strategy.catch import Catch, Closing, catch, closings
from pitbox.strategy.meeting import lap_now_s
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.race_end import RaceEnd
from pitbox.strategy.story import RUNNING, CarNow, Moment, Story
from pitbox.strategy.window import PitWindow

FUEL, TYRES, REPAIRS = "fuel", "tyres", "repairs"
_KINDS = (FUEL, TYRES, REPAIRS)


class Ghost(msgspec.Struct, frozen=True):
    """Where a stop now would put us: so far behind ourselves, wherever we are."""

    kind: str
    """`fuel`, `tyres` (with fuel) or `repairs` (with both)."""
    service: str
    """In words, with litres."""
    loss_s: float
    """Repairs included."""
    spread_s: float
    behind_laps: float
    """Of the lap that we drive now; more than 1 is a lap and more."""
    class_position: int
    near_chance: float
    """Of that place, give or take one."""
    words: str
    """What the cost stands on."""

    def lap_pct(self, own_place: float) -> float:
        """Where on the lap it is while we are at `own_place`, in laps."""
        return (own_place - self.behind_laps) % 1.0


class Forecast(msgspec.Struct, frozen=True):
    """As of one moment of the race. What cannot be said is None or empty."""

    moment_s: float
    """Sim time."""
    session_num: int
    run: int
    said: Briefing | None
    """About our car; None while it is not in this race."""
    lap_s: float | None
    """What a lap of ours takes now."""
    windows: dict[int, PitWindow]
    """Of every car that has to stop again, by car_idx; ours by its gauge."""
    ghosts: tuple[Ghost, ...]
    """Where a stop at the end of this lap would bring us out; empty while we are in the pits."""
    closings: dict[int, Closing]
    """How our pace compares with each car's."""
    catches: dict[int, Catch]
    """Class mates by car_idx: who of the two catches whom for place, at the pace of now."""
    made_s: float = 0.0
    """Monotonic clock of who asked."""
    cost_s: float = 0.0
    """CPU that it took."""


def forecast(moment: Moment, case: Case | None = None, mind: Mind | None = None) -> Forecast:
    """`mind` belongs to one race: another race, or one that is told anew, needs another."""
    known, wanted = mind or Mind(None if case is None else case.rules), case or Case()
    own, standings = moment.car(moment.own_car_idx), wanted.standings
    axis = (0, 0) if standings is None else (standings.session_num, standings.run)
    if own is None:
        known.stops.book.read(moment)
        end = None if moment.is_checkered else known.ends.at(moment)
        windows = _windows(moment, known.stops, end)
        return Forecast(moment.now_s, *axis, None, None, windows, (), {}, {})
    desk = BriefingDesk(moment, own, wanted, known)
    said = desk.briefing()
    windows = {} if desk.is_over else _windows(moment, known.stops, desk.end)
    if said.window is None:
        windows.pop(own.car_idx, None)
    else:
        windows[own.car_idx] = said.window
    return Forecast(
        moment_s=moment.now_s,
        session_num=axis[0],
        run=axis[1],
        said=said,
        lap_s=lap_now_s(moment, own),
        windows=windows,
        ghosts=_ghosts(moment, own, said),
        closings={one.car_idx: one for one in closings(moment, own)},
        catches=_catches(moment, own),
    )


def moment_of(story: Story, standings: Standings | None) -> Moment:
    """The story at the time of the newest picture; that of a sheet, or of nobody's eyes, tells no places."""
    is_seen = standings is not None and not story.is_sheet and any(one.surface > 0 for one in standings.cars)
    return story.at(0.0 if standings is None else standings.sim_time_s, standings if is_seen else None)


def _windows(moment: Moment, stops: NextStopModel, end: RaceEnd | None) -> dict[int, PitWindow]:
    found = {}
    for car in moment.cars:
        theirs = None if end is None else end.cars.get(car.car_idx)
        window = window_seen(car, stops, theirs) if car.status == RUNNING else None
        if window is not None:
            found[car.car_idx] = window
    return found


def _ghosts(moment: Moment, own: CarNow, said: Briefing) -> tuple[Ghost, ...]:
    lap_s = lap_now_s(moment, own)
    if lap_s is None or own.is_in_pits or moment.is_sheet:
        return ()
    return tuple(
        Ghost(
            kind=kind,
            service=call.service,
            loss_s=call.rejoin.cost.loss_s + call.repair_s,
            spread_s=call.rejoin.cost.spread_s,
            behind_laps=(call.rejoin.cost.loss_s + call.repair_s) / lap_s,
            class_position=call.rejoin.class_position,
            near_chance=call.rejoin.near_chance,
            words=call.rejoin.cost.words,
        )
        for kind, call in zip(_KINDS, said.rejoins, strict=False)
    )


def _catches(moment: Moment, own: CarNow) -> dict[int, Catch]:
    found = {}
    for mate in moment.of_class(own.class_id):
        if mate.car_idx == own.car_idx or mate.status != RUNNING:
            continue
        is_ahead = mate.class_position < own.class_position
        hunt = catch(moment, own, mate) if is_ahead else catch(moment, mate, own)
        if hunt is not None:
            found[mate.car_idx] = hunt
    return found
