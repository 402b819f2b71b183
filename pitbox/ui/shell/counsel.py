"""What the adviser says now, how old that is, and why it is silent: alike for all panels."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.model.advice import Reply
from pitbox.model.errors import EditError
from pitbox.ui.scene.words import age_words
from pitbox.wall.forecaster import LATE_S
from pitbox.wall.health import Ward
from pitbox.wall.outlook import Pulse

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import StrategyAnswer
    from pitbox.strategy.forecast import Forecast
    from pitbox.ui.bridge import RaceBridge
    from pitbox.ui.scene.race import RaceChange

_ROOM = "strategy"


class Counsel(QObject):
    """One for each window."""

    changed = Signal()
    """Another answer, or none any more."""
    foreseen = Signal()
    """Another forecast, or none any more."""
    aged = Signal()
    """What was fresh is old now, or the other way round; or why there is nothing is another reason."""
    older = Signal()
    """What is old is older now than the words for it say."""

    def __init__(self, bridge: "RaceBridge") -> None:
        super().__init__()
        self._bridge = bridge
        self.answer: StrategyAnswer | None = bridge.advice
        self.forecast: Forecast | None = bridge.forecast
        self.trouble = ""
        """What does not work in strategy, in words; empty: nothing."""
        self._now_s = 0.0
        self._race_s: float | None = None
        self._pulse = Pulse()
        self._was_old = (False, False)
        self._was_age = ("", "")
        bridge.advised.connect(self._take)
        bridge.foreseen.connect(self._foresee)
        bridge.raced.connect(self._follow)
        bridge.pulsed.connect(self._feel)
        bridge.warded.connect(self._hear)
        bridge.beaten.connect(self._beat)

    @property
    def is_there(self) -> bool:
        """Somebody works answers out."""
        return self._bridge.adviser is not None

    @property
    def is_old(self) -> bool:
        """Nothing replaced it for so long, while the race went on; a moment of the past does not grow old."""
        return self.answer is not None and self._is_late(self.answer.made_s, self.age_s)

    @property
    def is_forecast_old(self) -> bool:
        return self.forecast is not None and self._is_late(self.forecast.made_s, self.forecast_age_s)

    @property
    def age_s(self) -> int:
        """Of race time, since the moment that was reckoned with."""
        return 0 if self.answer is None else self._since(self.answer.moment_s)

    @property
    def forecast_age_s(self) -> int:
        return 0 if self.forecast is None else self._since(self.forecast.moment_s)

    @property
    def race_s(self) -> float | None:
        """Sim time of what is shown."""
        return self._race_s

    def source(self) -> str:
        """Where the figures are from and how old they are, as the last line of a tip."""
        answer = self.answer
        if answer is None:
            return ""
        more = "" if answer.is_whole else ", more to come"
        return f"From {answer.races:,} simulated races{more}, {age_words(self.age_s)} old."

    def forecast_source(self) -> str:
        return "" if self.forecast is None else f"From strategy, {age_words(self.forecast_age_s)} old."

    def why_empty(self, words: str) -> str:
        """For a panel with nothing on it: what is wrong, why it is silent, or what will stand there."""
        if self.trouble:
            return self.trouble
        if self.answer is None:
            return words
        return " ".join(self.answer.silent) or words

    def replied(self, key: str) -> tuple[Reply, int | None] | None:
        """What was said to this card in another window, or before this one was opened."""
        adviser, answer = self._bridge.adviser, self.answer
        return None if adviser is None or answer is None else adviser.replied(key, answer.laps)

    def reply(self, key: str, reply: Reply | None) -> str:
        """Have it noted, or taken back; says why that cannot be."""
        if self._bridge.adviser is None:
            return ""
        try:
            self._bridge.adviser.answer_call(key, reply)
        except EditError as error:
            return str(error)
        return ""

    def _take(self, answer: "StrategyAnswer | None") -> None:
        self.answer = answer
        self._was_old = (self.is_old, self.is_forecast_old)
        self.changed.emit()

    def _foresee(self, said: "Forecast | None") -> None:
        self.forecast = said
        self._was_old = (self.is_old, self.is_forecast_old)
        self.foreseen.emit()

    def _follow(self, change: "RaceChange") -> None:
        self._race_s = None if change.standings is None else change.standings.sim_time_s

    def _feel(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._judge()

    def _hear(self, ward: Ward) -> None:
        bad = [
            told.health.words
            for told in ward.states
            if told.health.room == _ROOM and told.health.level in (Level.DEGRADED, Level.FAILED)
        ]
        trouble = " ".join(bad)
        if trouble != self.trouble:
            self.trouble = trouble
            self.aged.emit()

    def _beat(self, now_s: float) -> None:
        self._now_s = now_s
        self._judge()

    def _judge(self) -> None:
        is_old = (self.is_old, self.is_forecast_old)
        ages = (self.age_s if is_old[0] else 0, self.forecast_age_s if is_old[1] else 0)
        was_age, self._was_age = self._was_age, (age_words(ages[0]), age_words(ages[1]))
        if is_old != self._was_old:
            self._was_old = is_old
            self.aged.emit()
        elif self._was_age != was_age:
            self.older.emit()

    def _since(self, moment_s: float) -> int:
        return 0 if self._race_s is None else max(0, int(self._race_s - moment_s))

    def _is_late(self, made_s: float, age_s: int) -> bool:
        if self._bridge.still is not None or self._pulse.has_ended:
            return False
        return self._pulse.is_stale or (age_s > 0 and self._now_s - made_s > LATE_S)
