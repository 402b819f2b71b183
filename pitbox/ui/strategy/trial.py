"""What an engineer tries: stops that are moved, circumstances that are supposed; each is asked at once."""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.strategy.decision.answer import PlannedStop, Rated, Tried, WhatIf
from pitbox.ui.shell.stage import Stage

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import StrategyAnswer

NOTHING = WhatIf()
_FIRST_FUEL_L = 40.0
Stops = tuple[PlannedStop, ...]
Scene = tuple[object, ...]
"""Which race, and which moment of it while somebody looks back: what is tried belongs to one of them."""


class _Left(msgspec.Struct, frozen=True):
    """A trial of the race as it runs, while somebody looks back."""

    scene: Scene
    asked: WhatIf
    chosen: str


class Trial(QObject):
    """One for each window. Changes no race: it asks the adviser, and holds what that says."""

    changed = Signal()
    """Another question, another stop chosen, or another choice to start from."""
    answered = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self.asked = NOTHING
        self.tried: Tried | None = None
        """The newest answer to what is asked now; older while `is_waiting`."""
        self.at = 0
        """The stop that the keys act on."""
        self.chosen = ""
        """Key of the choice to start from; empty: the best."""
        self._number = 0
        self._before_drag: WhatIf | None = None
        self._scene: Scene | None = None
        self._left: _Left | None = None
        self._moment_s: float | None = None
        """Of the race that the newest question was asked about, at the earliest."""
        self._start: Rated | None = None
        """What the trial differed from in the answer before."""
        stage.bridge.tried.connect(self._take)
        stage.bridge.advised.connect(self._follow)
        self._follow(stage.counsel.answer)

    @property
    def is_empty(self) -> bool:
        return msgspec.structs.replace(self.asked, number=0) == NOTHING

    @property
    def is_waiting(self) -> bool:
        """The answer that is shown is that to an older question."""
        return not self.is_empty and (self.tried is None or self.tried.asked.number != self._number)

    @property
    def start(self) -> Rated | None:
        """What the trial differs from."""
        answer = self._stage.counsel.answer
        if answer is None or not answer.rated:
            return None
        return _by_key(answer, self.chosen) or answer.rated[0]

    @property
    def stops(self) -> Stops:
        if self.asked.stops is not None:
            return self.asked.stops
        return () if self.start is None else self.start.choice.stops

    @property
    def shown(self) -> Stops:
        """As they are drawn: with the litres and laps that the answer gave to what nobody chose."""
        tried = None if self.is_waiting else self.tried
        found = () if tried is None or tried.rated is None else tried.rated.choice.stops
        return found if len(found) == len(self.stops) else self.stops

    @property
    def _open_stops(self) -> Stops:
        """To be changed: litres that no person chose are left to whoever answers."""
        if self.asked.stops is not None:
            return self.asked.stops
        return tuple(msgspec.structs.replace(stop, fuel_l=None) for stop in self.stops)

    @property
    def stop(self) -> PlannedStop | None:
        """The one that the keys act on; none while nothing can be tried."""
        stops = () if self.start is None else self.stops
        return stops[min(self.at, len(stops) - 1)] if stops else None

    @property
    def saved_share(self) -> float:
        """Fuel that is saved: what somebody says, else what the choice does that is started from."""
        own = 0.0 if self.start is None else self.start.choice.save_share
        return self.asked.save_share if self.asked.stops is not None else self.asked.save_share or own

    @property
    def bounds(self) -> tuple[int, int]:
        """Laps between which a stop can lie."""
        answer = self._stage.counsel.answer
        if answer is None:
            return 0, 0
        last = answer.laps + 1 if answer.final_laps is None else answer.final_laps[2] - 1
        return answer.laps + 1, max(answer.laps + 1, last)

    @property
    def tank_l(self) -> float | None:
        answer = self._stage.counsel.answer
        return None if answer is None or answer.fuel is None else answer.fuel.tank_l

    # What a person does.

    def choose(self, key: str) -> None:
        """Start from that choice; what was tried before is given up, and comes back with undo."""
        if key == self.chosen and self.is_empty:
            return
        before, was = self.chosen, self.asked
        self._note("choice to try", lambda: self._set(NOTHING, key), lambda: self._set(was, before))

    def pick(self, at: int) -> None:
        """Let the keys act on that stop."""
        count = len(self.stops)
        at = min(max(0, at), max(0, count - 1))
        if at != self.at:
            self.at = at
            self.changed.emit()

    def suppose(self, words: str, **fields: Any) -> None:
        """Another pace, saving, lost time, caution or rain."""
        self._do(words, msgspec.structs.replace(self.asked, **fields))

    def move(self, by: int, *, with_later: bool = False) -> None:
        """`with_later`: all stops behind it go along, so that no stint but the one before gets longer."""
        stop = self.stop
        if stop is not None:
            stops = self._moved(self._index, stop.lap + by, with_later=with_later)
            self._do_stops("move stops" if with_later else "move stop", stops)

    def add_fuel(self, by_l: float) -> None:
        stop = self.stop
        if stop is None:
            return
        most_l = self.tank_l or 1e4
        now_l = stop.fuel_l if stop.fuel_l is not None else self._shown_fuel_l(self._index)
        now_l = self.tank_l or _FIRST_FUEL_L if now_l is None else now_l
        self._do_stops("fuel of a stop", self._with(fuel_l=float(round(min(max(0.0, now_l + by_l), most_l)))))

    def turn_tyres(self) -> None:
        stop = self.stop
        if stop is not None:
            self._do_stops("tyres of a stop", self._with(has_tyres=not stop.has_tyres))

    def turn_driver(self) -> None:
        """To the next of those who drive this car, then to whoever is in it."""
        stop = self.stop
        if stop is None:
            return
        users = [0, *self._drivers()]
        at = users.index(stop.user_id) if stop.user_id in users else 0
        self._do_stops("driver of a stop", self._with(user_id=users[(at + 1) % len(users)]))

    def remove(self) -> None:
        index = self._index
        if self.stop is not None:
            stops = self._open_stops
            self._do_stops("remove stop", (*stops[:index], *stops[index + 1 :]))

    def insert(self, lap: int | None = None) -> None:
        """In the middle of the longest stint, or there."""
        first, last = self.bounds
        if last <= first or self.start is None:
            return
        taken = [stop.lap for stop in self.stops]
        if lap is None:
            ends = [first - 1, *taken, last + 1]
            lap, _ = max(
                (((one + other) // 2, other - one) for one, other in pairwise(ends)),
                key=lambda gap: gap[1],
            )
        if lap in taken or not first <= lap <= last:
            return
        stops = tuple(sorted((*self._open_stops, PlannedStop(lap)), key=lambda stop: stop.lap))
        self._do_stops("add stop", stops)
        self.pick([stop.lap for stop in stops].index(lap))

    def reset(self) -> None:
        if not self.is_empty:
            self._do("back to the choice", NOTHING)

    # While a stop is dragged each lap is asked, and all of it is one step for undo.

    def begin_drag(self, at: int) -> None:
        self.pick(at)
        self._before_drag = self.asked

    def drag(self, lap: int, *, with_later: bool = False) -> None:
        stops = self.stops
        if self.stop is not None:
            stops = self._moved(self._index, lap, with_later=with_later)
        if stops != self.stops:
            self._set(self._asking(stops), self.chosen)

    def end_drag(self, *, is_kept: bool = True) -> None:
        before, after, self._before_drag = self._before_drag, self.asked, None
        if before is None or before == after:
            return
        if not is_kept:
            self._set(before, self.chosen)
            return
        chosen = self.chosen
        self._note("move stop", lambda: self._set(after, chosen), lambda: self._set(before, chosen))

    @property
    def _index(self) -> int:
        return min(self.at, max(0, len(self.stops) - 1))

    def _drivers(self) -> list[int]:
        said = None if self._stage.counsel.forecast is None else self._stage.counsel.forecast.said
        return [] if said is None else [share.user_id for share in said.drivers if share.user_id]

    def _moved(self, at: int, lap: int, *, with_later: bool) -> Stops:
        """Never over its neighbours, nor out of the race."""
        stops, (first, last) = self.stops, self.bounds
        least = stops[at - 1].lap + 1 if at > 0 else first
        most = stops[at + 1].lap - 1 if at + 1 < len(stops) else last
        if with_later:
            most = stops[at].lap + max(0, last - stops[-1].lap)
        lap = min(max(lap, least), max(least, most))
        by = lap - stops[at].lap
        if by == 0:
            return stops
        if not with_later:
            return self._with(at, lap=lap)
        later = (msgspec.structs.replace(stop, lap=stop.lap + by) for stop in self._open_stops[at:])
        return (*self._open_stops[:at], *later)

    def _shown_fuel_l(self, at: int) -> float | None:
        """As it stands on the page, else as the choice has it that was started from."""
        first = () if self.start is None else self.start.choice.stops
        found = (stops[at].fuel_l for stops in (self.shown, first) if at < len(stops))
        return next((fuel_l for fuel_l in found if fuel_l is not None), None)

    def _asking(self, stops: Stops) -> WhatIf:
        """The same with these stops, and with what the choice saves they were part of."""
        return msgspec.structs.replace(self.asked, stops=stops, save_share=self.saved_share)

    def _with(self, at: int | None = None, **fields: Any) -> Stops:
        at, stops = self._index if at is None else at, self._open_stops
        return (*stops[:at], msgspec.structs.replace(stops[at], **fields), *stops[at + 1 :])

    def _do_stops(self, words: str, stops: Stops) -> None:
        if stops != self.stops:
            self._do(words, self._asking(stops))

    def _do(self, words: str, after: WhatIf) -> None:
        before, chosen = self.asked, self.chosen
        if msgspec.structs.replace(after, number=before.number) != before:
            self._note(words, lambda: self._set(after, chosen), lambda: self._set(before, chosen))

    def _note(self, words: str, run: Callable[[], None], back: Callable[[], None]) -> None:
        """As a step that is void in any other race."""
        scene = self._scene
        self._stage.do(words, run, back, lambda: self._scene == scene)

    def _set(self, asked: WhatIf, chosen: str) -> None:
        if (msgspec.structs.replace(asked, number=self.asked.number), chosen) == (self.asked, self.chosen):
            return
        self.asked, self.chosen = asked, chosen
        if self.is_empty:
            self.tried = None
        self._clip()
        self._start = self.start
        self._ask()
        self.changed.emit()

    def _ask(self) -> None:
        """What starts from another choice than the first names its stops: no adviser knows it."""
        self._number += 1
        self.asked = asked = msgspec.structs.replace(self.asked, number=self._number)
        adviser, answer = self._stage.bridge.adviser, self._stage.counsel.answer
        if adviser is None or self.is_empty:
            return
        self._moment_s = None if answer is None else answer.moment_s
        if asked.stops is None and self.chosen:
            asked = self._asking(self._open_stops)
        adviser.ask(asked)

    def _take(self, tried: Tried) -> None:
        """An answer to an older question is shown while a stop is dragged, never after one to a newer."""
        newest = 0 if self.tried is None else self.tried.asked.number
        if not self.is_empty and newest <= tried.asked.number <= self._number:
            self.tried = tried
            self.answered.emit()

    # While the race goes on.

    def _follow(self, answer: "StrategyAnswer | None") -> None:
        """The same is asked about each newer moment; another race has another trial."""
        if answer is None:
            self._leave()
            return
        scene = self._scene_of(answer)
        if scene != self._scene:
            self._enter(scene)
        if not answer.rated:  # nothing can be asked about it
            return
        was = self.asked
        self._hold_on(answer)
        self._clip()
        self._start = self.start
        is_other = was != self.asked
        if self.is_empty:
            self.tried = None
        elif is_other or answer.moment_s != self._moment_s:
            self._ask()
            is_other = True
        if is_other:
            self.changed.emit()

    def _scene_of(self, answer: "StrategyAnswer") -> Scene:
        bridge = self._stage.bridge
        asked = None if bridge.still is None else bridge.still.asked
        return bridge.feed.hub.session, answer.session_num, answer.run, answer.car_idx, asked

    def _leave(self) -> None:
        """Nothing said before holds; a trial of the race as it runs waits until somebody is back."""
        if self._scene is not None and self._scene[-1] is None:
            self._left = _Left(self._scene, self.asked, self.chosen)
        self._scene = None
        self._begin(NOTHING, "")

    def _enter(self, scene: Scene) -> None:
        left = self._left if self._left is not None and self._left.scene == scene else None
        self._scene = scene
        if left is not None:
            self._begin(left.asked, left.chosen)
        elif scene[-1] is None:  # a race of its own
            self._left = None
            self._begin(NOTHING, "")

    def _begin(self, asked: WhatIf, chosen: str) -> None:
        self.asked, self.tried, self.chosen, self.at = asked, None, chosen, 0
        self._before_drag = self._start = self._moment_s = None
        self.changed.emit()

    def _hold_on(self, answer: "StrategyAnswer") -> None:
        """A choice that is no longer rated: its stops stay what is tried, where anything is."""
        if not self.chosen or _by_key(answer, self.chosen) is not None:
            return
        start, is_tried = self._start, not self.is_empty
        self.chosen = ""
        if is_tried and self.asked.stops is None and start is not None:
            stops = tuple(msgspec.structs.replace(stop, fuel_l=None) for stop in start.choice.stops)
            share = self.asked.save_share or start.choice.save_share
            self.asked = msgspec.structs.replace(self.asked, stops=stops, save_share=share)

    def _clip(self) -> None:
        """Stops that were driven past are no part of a trial any more; the keys stay at theirs."""
        first, _ = self.bounds
        stops = self.asked.stops
        if self.start is None or not stops or stops[0].lap >= first:
            return
        left = tuple(stop for stop in stops if stop.lap >= first)
        gone = len(stops) - len(left)
        if self.at < gone:
            self._before_drag = None  # what was dragged is driven past
        self.asked, self.at = msgspec.structs.replace(self.asked, stops=left), max(0, self.at - gone)


def _by_key(answer: "StrategyAnswer", key: str) -> Rated | None:
    return next((one for one in answer.rated if one.choice.key == key), None)
