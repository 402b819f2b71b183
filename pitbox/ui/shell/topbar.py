"""The bar on top: which race, how long still, which flag, and whether what is shown is fresh and safe."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pitbox.model.plan_offer import PlanNow
from pitbox.model.source import Ticks
from pitbox.ui.scene.race import RaceChange, RaceHead, Weather
from pitbox.ui.scene.turn import countdown, turn_of
from pitbox.ui.scene.weather import weather_of, weather_words
from pitbox.ui.scene.words import NONE, age_words, count_words, span_words
from pitbox.ui.shell.words import Clipped, IconLabel, Words, spring
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import FLAG_COLOURS, FLAG_STRIP, PADDING, Type, Weight
from pitbox.wall.feed import Spring
from pitbox.wall.outlook import Pulse

_SPRINGS = {
    Spring.NONE: "nothing opened",
    Spring.DEMO: "demo race",
    Spring.PEERS: "live",
    Spring.RECORDING: "recording, not live",
}
_PHASES = {
    "waiting": "before the start",
    "parade": "formation lap",
    "checkered": "chequered flag",
    "over": "over",
}
_DOT = 10


class TopBar(QWidget):
    """Told by the bridge; asks nobody."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.title = Clipped("PitBox", weight=Weight.STRONG, size=Type.STRONG)
        self.part = Words(tone="dim")
        self.clock = Words(NONE, size=Type.HEAD, weight=Weight.FIRST)
        self.left = Words(tone="dim")
        self.lap = Words(tone="text")
        self.flag = Words(tone="dim")
        self.next_driver = Words()
        self.next_driver.hide()
        self.weather = Words(tone="dim")
        self._weather: Weather | None = None
        self.trouble = Words(tone="warn")
        self.trouble_sign = IconLabel(look, "triangle-alert", "warn")
        self.state_sign = IconLabel(look, "circle", "dim", _DOT)
        self.state = Words(tone="dim")
        self.strip = QFrame()
        self._flag_name = ""
        self._lay_out()
        look.changed.connect(self._wear)
        look.changed.connect(self._show_weather)
        self._wear()
        self.show_head(RaceHead())
        self.show_pulse(Pulse())

    def show_change(self, change: RaceChange) -> None:
        self.show_head(change.scene.head)

    def show_head(self, head: RaceHead) -> None:
        self.title.tell(head.title or "PitBox")
        self.part.tell(head.part)
        is_clock = head.time_left_s is not None
        self.clock.tell(span_words(head.time_left_s) if is_clock else "")
        self.left.tell("left" if is_clock else "")
        self.lap.tell(_lap_words(head))
        flag = _PHASES.get(head.phase, head.flag)
        self.flag.tell(f"{flag} flag" if flag == head.flag and flag else flag)
        self.flag.set_tone("dim" if head.flag in ("", "green") else "text")
        if head.flag != self._flag_name:
            self._flag_name = head.flag
            self._wear()

    def show_live(self, ticks: Ticks) -> None:
        self._weather = weather_of(ticks)
        self._show_weather()

    def show_plan(self, now: PlanNow | None) -> None:
        """Who gets in next, and when: on every page."""
        turn = turn_of(now)
        when = "" if turn is None else countdown(turn.next_in_s)
        is_told = turn is not None and bool(turn.next_driver and when)
        self.next_driver.tell(f"next {turn.next_driver} in {when}" if turn is not None and is_told else "")
        self.next_driver.setVisible(is_told)

    def show_pulse(self, pulse: Pulse) -> None:
        words = pulse.link.words
        if pulse.is_stale and pulse.age_s is not None:
            words = f"Nothing new for {age_words(pulse.age_s)}"
        self.trouble.tell(words)
        self.trouble.setVisible(bool(words))
        self.weather.set_tone("faint" if pulse.is_stale else "dim")
        self.trouble_sign.setVisible(bool(words))
        is_safe = pulse.link.is_recorded and not pulse.is_stale
        machines = count_words(pulse.link.machines, "machine", "machines")
        until = f" up to {pulse.link.until}" if pulse.link.until else ""
        self.state.tell(f"Recorded on {machines}{until}" if pulse.link.is_recorded else _spring_words(pulse))
        self.state.set_tone("text" if is_safe else "dim")
        self.state_sign.show_icon("circle", "good" if is_safe else "faint", is_filled=is_safe)

    def _lay_out(self) -> None:
        px = self._look.px
        bar = QWidget()
        bar.setObjectName("topbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        grid = QGridLayout(bar)
        grid.setContentsMargins(px(PADDING + 4), 0, px(PADDING + 4), 0)
        grid.setSpacing(px(2 * PADDING))
        for at, parts in enumerate(
            (
                (self.title, self.part, spring()),
                (self.clock, self.left, self.lap, self.flag, self.next_driver),
                (spring(), self.weather, self.trouble_sign, self.trouble, self.state_sign, self.state),
            )
        ):
            row = QHBoxLayout()
            row.setSpacing(px(PADDING))
            for part in parts:
                row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addLayout(row, 0, at)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.strip)

    def _show_weather(self) -> None:
        self.weather.tell(weather_words(self._weather, self._look.taste.units))

    def _wear(self) -> None:
        """Green is how things should be: a plain line, so that any other flag is seen."""
        colour = FLAG_COLOURS.get(self._flag_name) if self._flag_name != "green" else None
        self.strip.setFixedHeight(self._look.px(FLAG_STRIP))
        self.strip.setStyleSheet(f"background: {colour or self._look.palette.line}")


def _lap_words(head: RaceHead) -> str:
    if head.lap is None:
        return ""
    return f"lap {head.lap} of {head.laps}" if head.laps else f"lap {head.lap}"


def _spring_words(pulse: Pulse) -> str:
    has_gone = pulse.has_ended and pulse.spring is not Spring.RECORDING
    return "ended" if has_gone else _SPRINGS[pulse.spring]
