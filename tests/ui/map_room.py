"""A window with the track map, a made-up road and a field in packs."""

import msgspec
import numpy as np
import scenes
from feeds import HandFeed
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from pitbox.analysis.outline import POINTS, Outline, Source
from pitbox.crew.clock import SystemClock
from pitbox.model.session import EventRules, SessionInfo
from pitbox.model.standing import Standings
from pitbox.sim.synthetic.circuit import Circuit
from pitbox.strategy.forecast import Forecast, Ghost
from pitbox.ui.application import dress
from pitbox.ui.bridge import RaceBridge
from pitbox.ui.shell.memory import Memory
from pitbox.ui.shell.panel import PanelDock
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import Look, taste_of, theme_of
from pitbox.ui.track.panel import TRACK, TrackPanel
from pitbox.wall.outline_shelf import Chart, chart_key
from pitbox.wall.outlook import Outlook
from pitbox.wall.settings import Settings, Window

LANE = (0.955, 1.045)
SIZE = (880, 600)
_PACKS = ((0.052, 0.0016, 13), (0.325, 0.004, 16), (0.61, 0.0012, 10), (0.70, 0.012, 24))
"""Where each pack's first car is, how far the next ones are behind, and how many there are."""


def road() -> Circuit:
    return Circuit(7004.0, np.random.default_rng(11))


def chart() -> Chart:
    circuit = road()
    x_m, y_m = circuit.outline()
    even = np.arange(POINTS) / POINTS
    at = np.linspace(0.0, 1.0, len(x_m))
    x_m, y_m = np.interp(even, at, x_m), np.interp(even, at, y_m)
    outline = Outline(
        Source.POSITION,
        x_m - (x_m.max() + x_m.min()) / 2,
        y_m - (y_m.max() + y_m.min()) / 2,
        circuit.phases(even),
    )
    return Chart(chart_key("iracing", info().track), outline, LANE)


def info(*, cautions: str = "local") -> SessionInfo:
    known = scenes.info()
    track = msgspec.structs.replace(known.track, sector_starts=(0.0, 0.31, 0.68))
    return msgspec.structs.replace(known, track=track, rules=EventRules(cautions=cautions))


def places() -> list[float]:
    found = [first - nth * step for first, step, count in _PACKS for nth in range(count)]
    return [pct % 1.0 for pct in found]


def standings(**changes: object) -> Standings:
    """Three classes through each other; some in the lane and in trouble, ours on the road."""
    order = np.random.default_rng(4).permutation(63)
    known, cars = scenes.standings(), []
    for nth, car in enumerate(known.cars):
        status = {"off": "off", "lane": "lane", "stall": "stall", "tow": "tow", "out": "out"}.get(car.status)
        pct = {"lane": 0.97 + 0.01 * (nth % 3), "stall": 0.99 + 0.006 * (nth % 3)}.get(
            car.status, places()[order[nth]]
        )
        more = {"lap_pct": pct, "status": status or "track"}
        if car.car_idx == scenes.OWN:
            more = {"lap_pct": 0.55, "status": "track", "is_in_pits": False}
        cars.append(msgspec.structs.replace(car, **more))
    return msgspec.structs.replace(known, cars=tuple(cars), **changes)


def forecast() -> Forecast:
    costs = (("fuel", "42 l", 46.0, 12), ("tyres", "42 l and tyres", 58.0, 14))
    more = (("repairs", "42 l and tyres, 30 s of repairs", 88.0, 21),)
    ghosts = tuple(
        Ghost(kind, service, loss_s, 3.1, loss_s / 109.1, place, 0.71, "3 own stops")
        for kind, service, loss_s, place in costs + more
    )
    return Forecast(36_173.0, 0, 0, None, 109.1, {}, ghosts, {}, {})


class Table:
    """The map in its dock, on a feed by hand: what needs no window."""

    def __init__(
        self, folder, window: Window | None = None, *, is_known: bool = True, has_race: bool = True
    ) -> None:
        wanted = window or Window()
        self.feed, self.clock = HandFeed(), SystemClock()
        self.look = Look(theme_of(Settings(window=wanted)), taste_of(wanted))
        self.bridge = RaceBridge(Outlook(self.feed, self.clock))
        self.stage = Stage(self.look, self.bridge, Memory(folder))
        if has_race:
            self.feed.hub.info.put(info())
            self.feed.hub.standings.put(standings())
        dress(QApplication.instance(), self.look.theme)
        self.dock = PanelDock(TRACK, self.stage)
        self.dock.resize(*(self.look.px(side) for side in SIZE))
        self.dock.show()
        self.panel.setFocus()
        self.pull()
        if is_known:
            self.panel.show_chart(chart())
        self.pull()

    @property
    def panel(self) -> TrackPanel:
        return self.dock.panel

    @property
    def picture(self):
        return self.panel.view.picture

    def pull(self) -> None:
        self.bridge.pull()
        QApplication.processEvents()

    def shot(self) -> QImage:
        QApplication.processEvents()
        return self.dock.grab().toImage()

    def close(self) -> None:
        self.dock.hide()
        self.dock.deleteLater()
        self.bridge.deleteLater()
