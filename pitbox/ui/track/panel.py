"""The track panel: the map, with what a person can do to it."""

import math
from collections.abc import Callable

import msgspec
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pitbox.analysis.lane import LaneSeen
from pitbox.analysis.outline import circle
from pitbox.model.session import SessionInfo
from pitbox.model.source import Ticks
from pitbox.strategy.forecast import Forecast, Ghost
from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.scene.words import age_words
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Clipped, Words
from pitbox.ui.theme.token import GRID
from pitbox.ui.track.car import State, TrackCar, state_of, track_cars, yellow_zones
from pitbox.ui.track.ground import Scenery
from pitbox.ui.track.picture import Cast
from pitbox.ui.track.road import Road
from pitbox.ui.track.view import TrackView
from pitbox.wall.outline_shelf import Chart, chart_key
from pitbox.wall.outlook import Pulse

_KEY, _GROUP = "track", "Track"
_LIVE_S = 1.0
"""Live rows tell the places, as long as one came in this time; else the folded picture does."""
_ZOOM = 1.5
_HINT_WIDTH = 220
_STATES = {
    State.TRACK: "on track",
    State.OFF: "off the track",
    State.SLOW: "slow or standing",
    State.LANE: "in the pit lane",
    State.STALL: "in its stall",
    State.TOW: "towed",
    State.OUT: "not in the world",
}
_EMPTY = "Every car stands here as soon as a race comes in."
_UNKNOWN = "Its shape is learnt from our first whole lap"


class _Kept(msgspec.Struct, frozen=True):
    """What the panel remembers until the next evening."""

    has_all_plates: bool = True
    has_ghosts: bool = True


class TrackPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.view = TrackView(stage.look, self._tip)
        self._info: SessionInfo | None = None
        self._chart: Chart | None = None
        self._lane = LaneSeen()
        self._ghosts: tuple[Ghost, ...] = ()
        self._change: RaceChange | None = None
        self._is_stale = self._has_ended = False
        self._now_s, self._lived_s = 0.0, -math.inf
        self._kept = kept = stage.memory.recall(_KEY, _Kept) or _Kept()
        self._plates = Chip("All plates", self.toggle_plates, "A number at every car, or at few; key N")
        self._plates.setChecked(kept.has_all_plates)
        self._ghost_chip = Chip("Ghosts", self.toggle_ghosts, "Where a stop now would put us; key G")
        self._ghost_chip.setChecked(kept.has_ghosts)
        self._follow = Chip("Follow", self.toggle_follow, "Keep the selected car in the middle; key F")
        self._age = Words(tone="warn")
        self.shape = Clipped(tone="dim")
        self.bar_parts = [self._follow, self._ghost_chip, self._plates, self._age, self.shape]
        self.hint = Words(_EMPTY, tone="dim")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setFixedWidth(stage.look.px(_HINT_WIDTH))
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lay_out()
        self.setFocusProxy(self.view)
        self._add_commands()
        self._connect()

    @property
    def followed(self) -> int:
        return self.view.followed

    def show_change(self, change: RaceChange) -> None:
        if change.is_other_race:
            self.view.picture.motion.forget()
            self._ghosts = ()
            self._set_followed(NOBODY)
        self._change = change
        self._hear(change.info)
        cars = track_cars(change.scene)
        if self._has_ended:
            self._look_elsewhen(None)
        if self._now_s - self._lived_s > _LIVE_S:
            self._see(
                [car.car_idx for car in cars if car.fade == 1.0], [c.pct for c in cars if c.fade == 1.0]
            )
        lane = np.array([car.pct for car in cars if car.state is State.LANE])
        if len(lane):
            self._lane.take(lane)
        self._show_cast(cars)
        self._show_scenery(change.scene)

    def show_live(self, ticks: Ticks) -> None:
        """The newest row of the field, before it is folded."""
        names = ticks.field.dtype.names or ()
        if not len(ticks) or "CarIdxLapDistPct" not in names or "CarIdxTrackSurface" not in names:
            return
        row = ticks.field[-1]
        surface = np.atleast_1d(row["CarIdxTrackSurface"])
        pct = np.atleast_1d(row["CarIdxLapDistPct"]).astype(np.float64)
        seen = np.flatnonzero((surface >= 0) & (pct >= 0))
        if not len(seen) or not np.any(pct[seen]):
            return  # a buffer that was never filled
        self._lived_s = self._now_s
        self.view.picture.motion.see(self._now_s, seen, pct[seen])

    def show_chart(self, chart: Chart | None) -> None:
        """What is known of the track's shape now; None: nothing."""
        self._chart = chart
        self._build_road()

    def show_forecast(self, said: Forecast | None) -> None:
        self._ghosts = () if said is None else said.ghosts
        self._show_cast(self.view.picture.cast.cars)

    def show_pulse(self, pulse: Pulse) -> None:
        self._is_stale = pulse.is_stale
        has_ended, self._has_ended = self._has_ended, pulse.has_ended
        if pulse.has_ended and not has_ended and self._change is not None:
            self.show_change(msgspec.structs.replace(self._change, is_other_race=False))
        self._age.tell(f"{age_words(pulse.age_s or 0)} old" if pulse.is_stale else "")
        self._show_cast(self.view.picture.cast.cars)
        self._show_scenery(self.stage.bridge.scene)

    def beat(self, now_s: float) -> None:
        self._now_s = now_s
        self.view.beat(now_s)

    def toggle_follow(self) -> None:
        """The car that is selected, else ours; again: no more."""
        if self.followed != NOBODY:
            self._set_followed(NOBODY)
            return
        chosen, own = self.stage.selection.car_idx, self.stage.bridge.scene.own_car_idx
        known = {car.car_idx for car in self.view.picture.cast.cars}
        self._set_followed(chosen if chosen in known else own if own in known else NOBODY)

    def show_whole(self) -> None:
        self.view.show_whole()
        self._set_followed(NOBODY)

    def toggle_plates(self) -> None:
        self._turn(has_all_plates=not self._kept.has_all_plates)

    def toggle_ghosts(self) -> None:
        self._turn(has_ghosts=not self._kept.has_ghosts)

    def go_to_ours(self) -> None:
        self.stage.selection.select(self.stage.bridge.scene.own_car_idx)

    def go_along(self, cars: int) -> None:
        """Select who is so many cars ahead on the road, wherever it stands in the race."""
        motion, cast = self.view.picture.motion, self.view.picture.cast
        indices = np.array([car.car_idx for car in cast.cars if car.state is not State.OUT], np.intp)
        pct = motion.places(self._now_s, indices)
        order = [int(indices[at]) for at in np.argsort(pct) if np.isfinite(pct[at])]
        if not order:
            return
        now = self.stage.selection.car_idx
        if now not in order:
            now = self.stage.bridge.scene.own_car_idx
        at = order.index(now) + cars if now in order else 0
        self.stage.selection.select(order[at % len(order)])

    def _hear(self, info: SessionInfo | None) -> None:
        before = None if self._info is None else chart_key(self._info.sim, self._info.track)
        now = None if info is None else chart_key(info.sim, info.track)
        self._info = info
        if before != now and (self._chart is None or self._chart.key != now):
            self._chart, self._lane = None, LaneSeen()
            self._build_road()

    def _see(self, cars: list[int], pct: list[float]) -> None:
        self.view.picture.motion.see(self._now_s, np.array(cars, np.intp), np.array(pct, np.float64))

    def _build_road(self) -> None:
        chart = self._chart
        length_m = 5000.0 if self._info is None else self._info.track.length_m
        outline = circle(length_m) if chart is None else chart.outline
        if chart is not None and chart.lane is not None:
            self._lane.take_span(chart.lane)
        self.view.show_scenery(Scenery(Road(outline, self._lane.span)))
        self._show_scenery(self.stage.bridge.scene)

    def _show_scenery(self, scene: RaceScene) -> None:
        """Another one only if it looks different: the ground hangs on it."""
        old = self.view.scenery
        sectors = () if self._info is None else tuple(self._info.track.sector_starts)
        rules = "" if self._info is None else self._info.rules.cautions.casefold()
        is_caution = scene.head.flag == "caution" and rules != "local"
        zones = () if self._change is None or self._is_stale else yellow_zones(self._change)
        lane = self._lane.span
        if (old.sectors, old.is_caution, old.zones, old.road.lane) != (sectors, is_caution, zones, lane):
            road = old.road if old.road.lane == lane else Road(old.road.outline, lane)
            self.view.show_scenery(Scenery(road, sectors, zones, is_caution))
        is_learnt = old.road.outline.is_learnt
        self.hint.tell(_EMPTY if scene.is_empty else "")
        self.shape.tell("" if scene.is_empty or is_learnt else _UNKNOWN)
        self.hint.setVisible(bool(self.hint.text()))

    def _show_cast(self, cars: tuple[TrackCar, ...]) -> None:
        selection = self.stage.selection
        cast = Cast(
            cars=cars,
            ghosts=self._ghosts if self._kept.has_ghosts else (),
            chosen=selection.car_idx,
            reference=selection.reference_idx,
            has_all_plates=self._kept.has_all_plates,
            is_stale=self._is_stale,
        )
        if cast != self.view.picture.cast:
            self.view.show_cast(cast)

    def _set_followed(self, car_idx: int) -> None:
        """The chip says what is so: a click turns it before anybody is asked."""
        self._follow.setChecked(car_idx != NOBODY)
        if car_idx != self.followed:
            self.view.follow(car_idx)

    def _wish_follow(self, car_idx: int) -> None:
        if car_idx == NOBODY and self.followed == NOBODY:
            self.show_whole()
            return
        if car_idx != NOBODY:
            self.stage.selection.select(car_idx)
        self._set_followed(car_idx)

    def _show_selection(self, car_idx: int) -> None:
        if NOBODY not in (self.followed, car_idx):
            self._set_followed(car_idx)
        self._show_cast(self.view.picture.cast.cars)

    def _look_elsewhen(self, _: object) -> None:
        """Another moment, or the last one: nobody drives from one to the other."""
        self.view.picture.motion.forget()
        self._lived_s = -math.inf

    def _tip(self, car_idx: int, ghost: Ghost | None) -> str:
        row = self.stage.bridge.scene.row(car_idx)
        if row is not None:
            head = self.stage.bridge.scene.class_of(row.class_id)
            names = " · ".join(name for name in (row.entry.team, row.entry.driver) if name)
            place = f"P{row.class_position}" if head is None else f"{head.name} P{row.class_position}"
            age = f", seen {age_words(row.age_s)} ago" if row.age_s else ""
            return f"{row.entry.number}  {names}\n{place}, lap {row.laps + 1}, {_STATES[state_of(row)]}{age}"
        if ghost is None:
            return ""
        return (
            f"A stop now ({ghost.service}) would put us here, P{ghost.class_position}.\n"
            f"It costs {ghost.loss_s:.0f} s, give or take {ghost.spread_s:.0f}: {ghost.words}."
        )

    def _turn(self, **changes: bool) -> None:
        self._kept = msgspec.structs.replace(self._kept, **changes)
        self._plates.setChecked(self._kept.has_all_plates)
        self._ghost_chip.setChecked(self._kept.has_ghosts)
        self.stage.memory.keep(_KEY, self._kept)
        self._show_cast(self.view.picture.cast.cars)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        over = QHBoxLayout(self.view)
        edge = self.stage.look.px(8 * GRID)
        over.setContentsMargins(edge, edge, edge, edge)
        over.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignCenter)

    def _connect(self) -> None:
        bridge, selection = self.stage.bridge, self.stage.selection
        bridge.raced.connect(self.show_change)
        bridge.lived.connect(self.show_live)
        bridge.pulsed.connect(self.show_pulse)
        bridge.charted.connect(self.show_chart)
        bridge.foreseen.connect(self.show_forecast)
        bridge.looked.connect(self._look_elsewhen)
        bridge.beaten.connect(self.beat)
        selection.car_changed.connect(self._show_selection)
        selection.reference_changed.connect(lambda _: self._show_cast(self.view.picture.cast.cars))
        self.view.car_clicked.connect(selection.select)
        self.view.follow_wished.connect(self._wish_follow)

    def _add_commands(self) -> None:
        """Letters count while the panel has the focus; the palette reaches all of it from anywhere."""
        bind(
            [
                self._add("follow", "Follow the selected car, or ours, on the map", "F", self.toggle_follow),
                self._add("whole", "Show the whole track", "Home", self.show_whole),
                self._add("nearer", "Nearer", "+", lambda: self.view.zoom(_ZOOM)),
                self._add("farther", "Farther", "-", lambda: self.view.zoom(1 / _ZOOM)),
                self._add(
                    "ahead", "Select the next car ahead on the road", "Right", lambda: self.go_along(1)
                ),
                self._add(
                    "behind", "Select the next car behind on the road", "Left", lambda: self.go_along(-1)
                ),
                self._add("ours", "Go to our car on the map", "O", self.go_to_ours),
                self._add("plates", "All number plates, or only those that matter", "N", self.toggle_plates),
                self._add("ghosts", "Where a stop now would put us, or not", "G", self.toggle_ghosts),
            ],
            self,
        )

    def _add(self, name: str, title: str, keys: str, run: Callable[[], None]) -> Command:
        return self.stage.commands.add(Command(f"track.{name}", title, _GROUP, run, keys, scope="track"))


TRACK = PanelPlan("track", "Track", TrackPanel, column=1, row=0, width=5, height=4)
