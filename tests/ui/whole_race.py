"""Everything at once: a packed field of three classes, its whole story, our car, and two people talking."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import around
import foresight
import long_race
import map_room
import msgspec
import scenes
from engineer_room import Room
from PySide6.QtWidgets import QApplication
from staffed import StaffedRoom

from pitbox.model.fact import Fact, Incident, Stop
from pitbox.model.session import EventRules
from pitbox.ui.scene.dayclock import DayClock
from pitbox.wall.hub import Hub
from pitbox.wall.settings import Window

AT_S = foresight.AT_S
PLAIN = (1600, 1000)
NIGHT_UTC_S = 1_795_000_000.0
WET = ((33_000.0, 1), (34_100.0, 2), (34_500.0, 4), (35_300.0, 3), (35_900.0, 2))


class WholeRace:
    """A room in which every panel has what it is for."""

    def __init__(self, room: Room, folder: Path, *, is_long: bool = False, has_chart: bool = True) -> None:
        self.room, self._app = room, QApplication.instance()
        self.clock = room.desk.bridge._outlook._clock
        self.began_s = self.now_s = self.clock.monotonic_s()
        self.clock.monotonic_s = lambda: self.now_s
        self.staffed = StaffedRoom(room, folder)
        self._end_foresight()
        self._give(is_long=is_long)
        around.converse(self.staffed, scenes.LONG[0][1] if is_long else "Ada Kern")
        room.pull()
        if has_chart:
            self.panel("track").show_chart(map_room.chart())
        self.panel("car").show_live(foresight.ticks())
        bridge = room.desk.bridge
        bridge._foresee(msgspec.structs.replace(foresight.FORECAST, ghosts=map_room.forecast().ghosts))
        stage = room.desk.stage
        stage.timeline.clock = DayClock(NIGHT_UTC_S)
        stage.look.taste = msgspec.structs.replace(stage.look.taste, zone="utc")
        self.timing.go_to_ours()
        self.settle()

    @property
    def timing(self):
        return self.room.timing

    def panel(self, name: str):
        return self.room.window.deck.docks[name].panel

    def settle(self) -> None:
        """Until nothing is left to be drawn, and nothing is lit any more."""
        self.room.pull()
        self.timing.beat(self.timing._now_s + 60)
        self.panel("relative").draw()
        self.panel("messages").refresh_now()
        gaps, stints = self.panel("gaps").plot, self.panel("stint_bars").plot
        for _ in range(100):
            self._app.processEvents()
            if not gaps.sheet.is_working and stints._is_whole:
                return
            self.room.pull()
        raise AssertionError("It is never drawn.")

    def stand(self, look: Literal["dark", "light"] = "dark", size: tuple[int, int] = PLAIN) -> None:
        """As it opens: in this theme and size, with our line chosen and nothing old."""
        window = self.room.window
        self.now_s = self.began_s
        self.room.desk.show_theme(look)
        window.resize(*size)
        self._app.processEvents()
        window.deck.arrange_anew()
        self._app.processEvents()
        self.timing.go_to_ours()
        self.timing.view.verticalScrollBar().setValue(0)
        window.setFocus()
        self.settle()

    def grow_old(self, seconds: float = 95.0) -> None:
        """Nothing came since."""
        self.now_s += seconds
        self.settle()

    def close(self) -> None:
        self.staffed.close()

    def _end_foresight(self) -> None:
        """Its answers come when they come."""
        bridge = self.room.desk.bridge
        if bridge._forecaster is not None:
            bridge._forecaster.stop()
            bridge._forecaster = None

    def _give(self, *, is_long: bool) -> None:
        hub = self.room.feed.hub = Hub(fact_bound=100_000)
        self.staffed.office._hub = hub
        known, names = map_room.info(), scenes.info(is_long=is_long)
        entries = tuple(msgspec.structs.replace(e, incidents=3, team_incidents=7) for e in names.entries)
        rules = EventRules(is_team_event=True, incident_limit=17, cautions="local")
        info = msgspec.structs.replace(known, entries=entries, rules=rules)
        for user_id, name in long_race.people().items():
            first = msgspec.structs.replace(entries[0], user_id=user_id, driver=name)
            hub.info.put(msgspec.structs.replace(info, entries=(first, *entries[1:])))
            self.room.desk.bridge.pull()
        hub.info.put(info)
        hub.publish_facts(_told())
        hub.standings.put(map_room.standings(wet_steps=WET, fuel_per_lap_l=3.18))


def _told() -> Sequence[Fact]:
    """A story that goes up to now, with the newest hour's trouble."""
    return [*long_race.facts(AT_S), *(i for i in around.incidents() if isinstance(i, Incident | Stop))]


def window_of(look: str, scale_percent: int = 100) -> Window:
    return Window(theme=look, scale_percent=scale_percent)
