"""What all panels of the page share: the list, the chosen laps, what was read of them, zoom and cursor."""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.analysis.driven import Corner
from pitbox.analysis.formula import PATH, PLACE, TIME, FormulaError, formula
from pitbox.analysis.outline import Outline
from pitbox.model.ids import SessionId
from pitbox.store.lap_list import ListedLap
from pitbox.store.trace import LapKey
from pitbox.ui.scene.lap_fault import Fault, faults_of
from pitbox.ui.scene.lap_filter import LapFilter, typed
from pitbox.ui.scene.lap_layout import MOST as MOST_STRIPS
from pitbox.ui.scene.lap_layout import LapLayout
from pitbox.ui.scene.lap_strip import Strip, channels_needed, needed_by, strips_of
from pitbox.ui.shell.stage import Stage
from pitbox.wall.lap_desk import LapDesk, LapList, LapWish, key_of
from pitbox.wall.lap_set import Habit, LapSet
from pitbox.wall.outline_shelf import Chart

MOST = 8
_LAYOUT, _LAYOUTS = "laps.layout", "laps.layouts"
_LIST_EVERY_S = 5.0
_LEAST_SPAN = 0.002
_MOST_TRIES = 12
WHOLE = (0.0, 1.0)
_AIR = 0.012
"""Of the lap, before and behind a corner that is zoomed to."""


class LapBoard(QObject):
    listed = Signal()
    """Another list, or other laps of it pass the filter."""
    picked = Signal()
    drawn = Signal()
    """Other laps, strips or analysis."""
    zoomed = Signal()
    pointed = Signal()
    """The cursor is elsewhere."""

    def __init__(self, stage: Stage, desk: LapDesk) -> None:
        super().__init__()
        self.stage, self.desk = stage, desk
        self.list: LapList | None = None
        self.is_watched = False
        """Somebody looks at the page: a race that begins meanwhile is listed at once."""
        self._listed: SessionId | None = None
        """The session that was asked for."""
        self.filter = LapFilter()
        self.shown: tuple[ListedLap, ...] = ()
        self.picks: tuple[ListedLap, ...] = ()
        """In the order in which they were picked; the first is the reference."""
        self.set: LapSet | None = None
        self.habit: Habit | None = None
        self.refusals: dict[LapKey, str] = {}
        """Laps that were asked for and cannot be drawn, and why."""
        self._tries = 0
        """How often other laps may yet be taken for the quickest that cannot be drawn."""
        self.faults: tuple[Fault, ...] = ()
        """Mistakes on the laps that are drawn."""
        self.strips: tuple[Strip, ...] = ()
        self.layout: LapLayout = stage.memory.recall(_LAYOUT, LapLayout) or LapLayout()
        self.span = WHOLE
        """From share to share of the reference's lap."""
        self.cursor: float | None = None
        """A share of the reference's lap."""
        self.focus = 1
        """Place of the lap that is held against the reference in words."""
        self.chosen: SessionId | None = None
        """A session that somebody chose; None: the one that the window shows."""
        self.extra: tuple[str, ...] = ()
        """Channels that a figure needs beside the traces."""
        self._chart: Chart | None = None
        self._asked: tuple[str, ...] = ()
        self._number, self._listed_s = 0, 0.0
        self._versions = [0, 0, 0]
        stage.bridge.beaten.connect(self._beat)
        stage.bridge.charted.connect(self._learn)
        stage.look.changed.connect(self.reckon)
        stage.at_end.append(self._keep)

    # The list.

    @property
    def session(self) -> SessionId | None:
        return self.chosen or self.stage.bridge.feed.hub.session

    def open_session(self, session: SessionId | None) -> None:
        """Laps that were picked stay: laps of two sessions can be laid upon each other."""
        self.chosen = session
        self.ask_list()

    def ask_list(self) -> None:
        self._listed = self.session
        if self.session is not None:
            self.desk.list_laps(self.session)

    def show_filter(self, filter_: LapFilter) -> None:
        self.filter = filter_
        self._sift()

    def type_filter(self, text: str) -> None:
        self.show_filter(typed(self.filter, text, self.stage.look.taste.units))

    @property
    def session_words(self) -> str:
        """Which session's laps are listed."""
        known = () if self.list is None else self.list.sessions
        one = next((one for one in known if one.session_id == self.session), None)
        if one is None:
            return "No session" if self.session is None else "This session"
        return f"{one.track or one.title or one.session_id} \u00b7 {', '.join(one.parts)}".strip(" \u00b7")

    @property
    def outline(self) -> Outline | None:
        """Of the track of the race on show; another session may be of another track."""
        is_other = self.chosen is not None and self.chosen != self.stage.bridge.feed.hub.session
        return None if self._chart is None or is_other else self._chart.outline

    # The choice.

    def pick(self, lap: ListedLap) -> None:
        """Take it in, or out again; what cannot be drawn says why."""
        self._tries = 0
        keys = [key_of(one) for one in self.picks]
        if key_of(lap) in keys:
            self._choose([one for one in self.picks if key_of(one) != key_of(lap)])
        elif not lap.is_own:
            name = lap.driver or f"car {lap.number}"
            self.stage.notices.tell(
                f"Nobody recorded lap {lap.lap} of {name} from inside: only its time is known."
            )
        elif len(self.picks) >= MOST:
            self.stage.notices.tell(f"{MOST} laps are chosen: take one out first.")
        else:
            self._choose([*self.picks, lap])

    def refer_to(self, lap: ListedLap) -> None:
        """All others are held against this one from now on."""
        key = key_of(lap)
        if key not in [key_of(one) for one in self.picks]:
            self.pick(lap)
        mine = [one for one in self.picks if key_of(one) == key]
        if mine:
            self._choose([*mine, *(one for one in self.picks if key_of(one) != key)])

    def turn_reference(self) -> None:
        if len(self.picks) > 1:
            self._choose([*self.picks[1:], self.picks[0]])

    def clear(self) -> None:
        self._choose([])

    def pick_best(self) -> None:
        """The quickest two clean laps of our car that can be drawn."""
        self._tries = _MOST_TRIES
        self._take_best()

    def _take_best(self) -> None:
        laps = () if self.list is None else self.list.laps
        can = [one for one in laps if one.is_own and one.is_clean and key_of(one) not in self.refusals]
        clean = sorted(can, key=lambda one: one.time_s)
        if clean:
            self._choose(clean[:2])
        else:
            self.stage.notices.tell("No clean lap was recorded from inside a car yet.")

    def look_at(self, at: int) -> None:
        """Held against the reference in words."""
        self.focus = at
        self.drawn.emit()

    def place_of(self, key: LapKey) -> int | None:
        """Among those that were picked: its letter and its colour."""
        return next((at for at, one in enumerate(self.picks) if key_of(one) == key), None)

    # The traces.

    def arrange(self, layout: LapLayout) -> None:
        """What this needs beyond what was read is read."""
        self.layout = layout
        self.stage.memory.keep(_LAYOUT, layout)
        if set(channels_needed(layout)) <= set(self._asked):
            self.reckon()
        else:
            self.ask()

    def demand(self, names: tuple[str, ...]) -> None:
        """What a figure shows is read too."""
        self.extra = names
        if not {one for name in names for one in self.needs(name)} <= set(self._asked):
            self.ask()

    def add(self, name: str, slot: int | None = None) -> None:
        """Below all others, or into the gap with this number; one that is shown moves there."""
        strips = self.layout.strips
        if name not in strips and len(strips) >= MOST_STRIPS:
            self.stage.notices.tell(f"{MOST_STRIPS} traces are shown: take one out first.")
        else:
            self.arrange(self.layout.put(name, len(strips) if slot is None else slot))

    def remove(self, name: str) -> None:
        """Can be undone."""
        before = self.layout
        if name in before.strips:
            self.stage.do(
                "take out a trace",
                lambda: self.arrange(self.layout.removed(name)),
                lambda: self.arrange(before),
            )

    def add_formula(self, name: str, text: str) -> None:
        """Told where it cannot be read."""
        known = {TIME, PLACE, PATH, *(one.name for one in (self.list.channels if self.list else ()))}
        try:
            unknown = [one for one in formula(text).names if one not in known]
        except FormulaError as error:
            self.stage.notices.tell(str(error))
            return
        if unknown:
            self.stage.notices.tell(no_channel(unknown[0], known))
            return
        self.arrange(self.layout.with_formula(name, text))

    @property
    def layouts(self) -> dict[str, LapLayout]:
        return self.stage.memory.recall(_LAYOUTS, dict[str, LapLayout]) or {}

    def keep_layout(self, name: str) -> None:
        self.stage.memory.keep(_LAYOUTS, {**self.layouts, name: self.layout})
        self.stage.memory.store()

    def needs(self, name: str) -> tuple[str, ...]:
        return needed_by(name, self.layout)

    # Zoom and cursor.

    def show(self, begin: float, end: float) -> None:
        begin, end = max(0.0, begin), min(1.0, end)
        if end - begin >= _LEAST_SPAN and (begin, end) != self.span:
            self.span = begin, end
            self.zoomed.emit()

    def zoom(self, factor: float, around: float | None = None) -> None:
        begin, end = self.span
        if around is None:
            around = (
                self.cursor if self.cursor is not None and begin <= self.cursor <= end else (begin + end) / 2
            )
        length = min(1.0, max(_LEAST_SPAN, (end - begin) * factor))
        first = around - (around - begin) / (end - begin) * length
        first = min(max(0.0, first), 1.0 - length)
        self.show(first, first + length)

    def move(self, share: float) -> None:
        """Along the lap by a share of what is shown."""
        begin, end = self.span
        by = min(max(share * (end - begin), -begin), 1.0 - end)
        self.show(begin + by, end + by)

    def fit(self) -> None:
        self.show(*WHOLE)

    def zoom_to(self, corner: Corner) -> None:
        """With the braking before it and a little behind."""
        start, end = corner.start, corner.end
        for one in self.set.laps if self.set is not None else ():
            losses = one.loss.corners if one.loss is not None else ()
            mine = next((loss for loss in losses if loss.corner == corner.number), None)
            if mine is not None:
                start, end = min(start, mine.start), max(end, mine.end)
        self.point_at(corner.apex % 1.0)
        self.show(start - _AIR, min(1.0, end + _AIR))

    def zoom_to_fault(self, fault: Fault) -> None:
        self.point_at(fault.mistake.start)
        self.show(*fault.span)

    def step_corner(self, by: int) -> None:
        """The next one from the middle of what is shown."""
        corners = self.set.corners if self.set is not None else ()
        if not corners:
            self.stage.notices.tell("No corner is known of this track yet.")
            return
        at = sum(self.span) / 2 if self.span != WHOLE else (self.cursor or 0.0)
        ahead = [one for one in corners if (one.apex - at) * by > 1e-3 and one.number != self.corner_at(at)]
        ahead = ahead or list(corners)
        self.zoom_to(ahead[0] if by > 0 else ahead[-1])

    def corner_at(self, place: float) -> int | None:
        corners = self.set.corners if self.set is not None else ()
        return next((one.number for one in corners if one.start <= place <= one.end), None)

    def point_at(self, place: float | None) -> None:
        if place is not None:
            place = min(1.0, max(0.0, place))
        if place != self.cursor:
            self.cursor = place
            self.pointed.emit()

    # What the desk is asked, and says.

    def ask(self) -> None:
        """Read the chosen laps again."""
        self._number += 1
        if not self.picks:
            self.set, self.habit, self.strips, self.faults = None, None, (), ()
            self.drawn.emit()
            return
        drivers = {(one.session_id, one.car_idx, one.driver) for one in self.picks}
        kin = [
            one
            for one in (() if self.list is None else self.list.laps)
            if one.is_own and one.is_valid and not {"in", "out"} & set(one.marks.split())
            and (one.session_id, one.car_idx, one.driver) in drivers
        ]  # fmt: skip
        channels = dict.fromkeys(name for strip in self.layout.strips for name in self.needs(strip))
        is_metric = self.stage.look.taste.units == "metric"
        names = tuple(dict.fromkeys((*channels, *(one for name in self.extra for one in self.needs(name)))))
        self._asked = names
        self.desk.draw(LapWish(self._number, self.picks, names, self.outline, is_metric, tuple(kin)))

    def take(self) -> None:
        """What the desk has said since."""
        self._versions[0], listed = self.desk.lists.take(self._versions[0])
        if listed is not None:
            self.list = listed
            self._sift()
        self._versions[1], found = self.desk.sets.take(self._versions[1])
        if found is not None and found.number == self._number:
            self.set, self.habit, self.faults = found, None, faults_of(found, None)
            self._find_focus()
            self.refusals.update({key_of(lap): why for lap, why in found.refused})
            if found.refused and self._tries > 0:
                self._tries -= 1
                self._take_best()
                return
            self._tries = 0
            self.reckon()
        self._versions[2], habit = self.desk.habits.take(self._versions[2])
        if habit is not None and habit.number == self._number:
            self.habit, self.faults = habit, faults_of(self.set, habit)
            self.drawn.emit()

    def _find_focus(self) -> None:
        """Of those that can be drawn, another than the reference."""
        places = [one.at for one in (self.set.laps if self.set is not None else ())][1:]
        if places and self.focus not in places:
            self.focus = places[0]

    def _beat(self, now_s: float) -> None:
        self.take()
        is_other = self.is_watched and self.session != self._listed
        if is_other or (now_s - self._listed_s >= _LIST_EVERY_S and self.list is not None):
            self._listed_s = now_s
            self.ask_list()

    def _learn(self, chart: Chart) -> None:
        self._chart = chart

    def _choose(self, laps: Sequence[ListedLap]) -> None:
        self.picks = tuple(laps)
        self.focus = 1
        self.picked.emit()
        self.ask()

    def _sift(self) -> None:
        laps = () if self.list is None else self.list.laps
        self.shown = tuple(one for one in laps if self.filter.fits(one))
        self.listed.emit()

    def reckon(self) -> None:
        """What the traces show, of what was read."""
        if self.set is not None:
            units = {} if self.list is None else {one.name: one.unit for one in self.list.channels}
            self.strips = strips_of(self.set, self.layout, units, self.stage.look.taste.units)
        self.drawn.emit()

    def _keep(self) -> None:
        self.stage.memory.keep(_LAYOUT, self.layout)


Ask = Callable[[str, str, Callable[[str], None]], None]
"""A question, what stands there at first, and what is done with the answer."""


def no_channel(name: str, known: Iterable[str]) -> str:
    """And which one may be meant."""
    by_sound = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), by_sound, 1)
    return f"There is no channel {name}." + (f" Is {by_sound[near[0]]} meant?" if near else "")


def copied(filter_: LapFilter, **changes: object) -> LapFilter:
    return msgspec.structs.replace(filter_, **changes)
