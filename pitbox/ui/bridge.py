"""The one crossing from threads to Qt: a timer pulls, a signal gives a frozen struct to views on main."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from pitbox.model.ids import Axis
from pitbox.strategy.story import Story
from pitbox.ui.scene.ahead import lap_windows
from pitbox.ui.scene.composer import Composer, compose_still
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import LapWindow
from pitbox.wall.amender import amend_story
from pitbox.wall.feed import Feed
from pitbox.wall.moment import Still
from pitbox.wall.outlook import Batch, Outlook, Pulse
from pitbox.wall.staff import staff_of

if TYPE_CHECKING:  # it loads what only a driver's window needs
    from pitbox.strategy.decision.answer import StrategyAnswer, Tried
    from pitbox.strategy.forecast import Forecast
    from pitbox.ui.scene.adviser import Adviser
    from pitbox.wall.dashboard import Glance
    from pitbox.wall.forecaster import Forecaster
    from pitbox.wall.surveyor import Surveyor

DRIVER_PERIOD_MS = 200


class DriverBridge(QObject):
    """Asks for a glance five times a second, and says when it is another one."""

    glanced = Signal(object)
    """A `Glance`."""

    def __init__(self, look: "Callable[[], Glance]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._last: Glance | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(DRIVER_PERIOD_MS)
        self._timer.timeout.connect(self.pull)

    def start(self) -> None:
        self.pull()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def pull(self) -> None:
        glance = self._look()
        if glance != self._last:
            self._last = glance
            self.glanced.emit(glance)


RACE_PERIOD_MS = 16
"""Sixty times a second: cars on a map move smoothly, all else changes four times."""
STILL_PERIOD_MS = 33


class RaceBridge(QObject):
    """Pulls a feed on one timer, and hands on what changed. The only way by which a race reaches a view."""

    raced = Signal(object)
    """A `RaceChange`: another picture of the race, at most four times a second in a live one."""
    newest = Signal(object)
    """A `RaceChange` too, but always of the race as it runs: for what draws all of it, the present marked."""
    lived = Signal(object)
    """`Ticks`: the newest rows before they are logged, for the eye only."""
    pulsed = Signal(object)
    """A `Pulse`: where data comes from, and how old and how safe it is."""
    warded = Signal(object)
    """A `Ward`: the health of all rooms."""
    looked = Signal(object)
    """The `Still` that is shown from now on instead of the present; None: the present again."""
    charted = Signal(object)
    """A `Chart`: the shape of the track that is raced on, as soon as it is known, and when more of it is."""
    foreseen = Signal(object)
    """A `Forecast` of the moment that is shown; None: nothing that was said before holds any more."""
    advised = Signal(object)
    """A `StrategyAnswer` about the moment that is shown; None: nothing said before holds any more."""
    tried = Signal(object)
    """`Tried`: what comes of what a person asked the adviser."""
    beaten = Signal(float)
    """Every beat of the timer, with the monotonic clock in seconds: what moves or fades hangs on it."""

    def __init__(
        self,
        outlook: Outlook,
        parent: QObject | None = None,
        forecaster: "Forecaster | None" = None,
        surveyor: "Surveyor | None" = None,
        adviser: "Adviser | None" = None,
    ) -> None:
        """They work while the bridge does; without them nothing is foreseen or advised, no track known."""
        super().__init__(parent)
        self._outlook = outlook
        self._forecaster, self._foreseen = forecaster, 0
        self._forecast: Forecast | None = None
        self._surveyor, self._charts = surveyor, 0
        self._counter = None if adviser is None else _Counter(adviser)
        self._composer = Composer()
        self._pulse: Pulse | None = None
        self._times_s: list[float] | None = None
        self._back = _Back()
        self._windows: dict[int, LapWindow] = {}
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(RACE_PERIOD_MS)
        self._timer.timeout.connect(self.pull)

    @property
    def scene(self) -> RaceScene:
        """What is shown: for a view that opens late."""
        return self._composer.scene if self._back.scene is None else self._back.scene

    @property
    def story(self) -> Story:
        """All facts of the race so far, as far as it is shown. Read only."""
        return self._composer.story if self._back.still is None else self._back.still.story

    @property
    def newest_scene(self) -> RaceScene:
        """As the race is, whatever the page shows."""
        return self._composer.scene

    @property
    def newest_story(self) -> Story:
        return self._composer.story

    @property
    def feed(self) -> Feed:
        return self._outlook.feed

    @property
    def still(self) -> Still | None:
        """The moment that is shown; None while it is the present."""
        return self._back.still

    @property
    def forecast(self) -> "Forecast | None":
        """The newest, of the moment that is shown."""
        return self._forecast

    @property
    def adviser(self) -> "Adviser | None":
        return None if self._counter is None else self._counter.adviser

    @property
    def advice(self) -> "StrategyAnswer | None":
        """The newest, of the moment that is shown."""
        return None if self._counter is None else self._counter.answer

    @property
    def pulse(self) -> Pulse:
        return self._pulse or Pulse()

    def start(self) -> None:
        self.pull()
        self._timer.start()
        if self._forecaster is not None:
            self._forecaster.start()
        if self._surveyor is not None:
            self._surveyor.start()

    def stop(self) -> None:
        self._timer.stop()
        if self._forecaster is not None:
            self._forecaster.stop()
        if self._surveyor is not None:
            self._surveyor.stop()

    def be_calm(self, *, is_calm: bool) -> None:
        """Half as often, where nothing has to move smoothly."""
        self._timer.setInterval(STILL_PERIOD_MS if is_calm else RACE_PERIOD_MS)

    def turn_to(self, feed: Feed) -> None:
        """Another race; views hear of it as a change in which nothing is left of the one before."""
        if self.feed.moments is not None:
            self.feed.moments.cancel()
        was_shown, self._back = self._back.still is not None, _Back()
        self._outlook.turn_to(feed)
        if self._forecaster is not None:
            self._forecaster.turn_to(feed)
            self._foreseen = 0
        self._foresee(None)
        if self._counter is not None:
            self._counter.forget()
            self.advised.emit(None)
        if was_shown:
            self.looked.emit(None)
        self.pull()

    def look_back(self, at: Axis) -> bool:
        """Show that moment as soon as it is worked out; what comes meanwhile waits. False: there is no past.

        While a slider is dragged, call it at every step: only the newest wish counts.
        """
        moments = self.feed.moments
        if moments is None:
            return False
        if not self._back.is_wished:
            self._back.version, self._back.is_wished = moments.answered.take()[0], True
        moments.ask(at)
        self._back.asked = at
        return True

    def look_live(self) -> None:
        """Back to the present, with all that came in behind."""
        was_shown, self._back = self._back.still is not None, _Back()
        if self.feed.moments is not None:
            self.feed.moments.cancel()
        if was_shown:
            self._look_ahead_from(None)
            self.looked.emit(None)
            self.raced.emit(self._composer.whole())

    def time_pulls(self, into: list[float]) -> None:
        """Note from now on how long each pull took, with all that views did in it."""
        self._times_s = into

    def pull(self) -> None:
        began_s = time.perf_counter()
        self._hand_on(self._outlook.pull())
        if self._times_s is not None:
            self._times_s.append(time.perf_counter() - began_s)

    def _hand_on(self, batch: Batch) -> None:
        self._take_forecast()
        self._take_advice()
        self._take_chart(batch)
        change = self._composer.take(batch, self._windows)
        if change is not None:
            self.newest.emit(change)
        if self._back.is_wished:
            self._show_still()
        if self._back.still is None:
            if change is not None:
                self.raced.emit(change)
            if batch.live is not None:
                self.lived.emit(batch.live)
        if batch.pulse != self._pulse:
            self._pulse = batch.pulse
            self.pulsed.emit(batch.pulse)
        if batch.ward is not None:
            self.warded.emit(batch.ward)
        self.beaten.emit(batch.at_s)

    def _take_forecast(self) -> None:
        if self._forecaster is None:
            return
        self._foreseen, said = self._forecaster.forecasts.take(self._foreseen)
        if said is not None:
            self._foresee(said)

    def _take_advice(self) -> None:
        if self._counter is None:
            return
        answer, tried = self._counter.take()
        if answer is not None:
            self.advised.emit(answer)
        if tried is not None:
            self.tried.emit(tried)

    def _take_chart(self, batch: Batch) -> None:
        if self._surveyor is None:
            return
        if batch.info is not None:
            self._surveyor.want(batch.info.sim, batch.info.track)
        self._charts, chart = self._surveyor.charts.take(self._charts)
        if chart is not None:
            self.charted.emit(chart)

    def _look_ahead_from(self, still: Still | None) -> None:
        """What was foreseen at another moment is not shown at this one."""
        self._foresee(None)
        if self._forecaster is not None:
            self._forecaster.look_from(still)
            self._foreseen = 0
        if self._counter is not None:
            self._counter.forget()
            self.advised.emit(None)

    def _foresee(self, said: "Forecast | None") -> None:
        self._forecast = said
        if self._back.still is None:
            self._windows = {} if said is None else lap_windows(said)
        self.foreseen.emit(said)

    def _show_still(self) -> None:
        moments = self.feed.moments
        if moments is None:
            return
        staff, shown = staff_of(self.feed), self._back.still
        revision = None if staff is None else staff.book.revision
        if shown is not None and revision != self._back.revision:  # somebody sets the past right
            moments.ask(self._back.asked or shown.asked)
        self._back.version, still = moments.answered.take(self._back.version)
        self._back.revision = revision
        if still is None:
            return
        amendments = (
            {}
            if staff is None
            else staff.book.ask(lambda ledger: amend_story(still.story, ledger, still.facts, still.moment))
        )
        change = compose_still(still, amendments)
        self._back.still, self._back.scene = still, change.scene
        self._look_ahead_from(still)
        self.looked.emit(still)
        self.raced.emit(change)
        if still.live is not None:
            self.lived.emit(still.live)


class _Back:
    """How a bridge looks at the past."""

    def __init__(self) -> None:
        self.version = 0
        """Of the answer that was shown last."""
        self.is_wished = False
        self.asked: Axis | None = None
        """The newest wish."""
        self.revision: object = None
        """Of the edits that were laid over the past that is shown."""
        self.still: Still | None = None
        self.scene: RaceScene | None = None


class _Counter:
    """Where a bridge picks up what an adviser says."""

    def __init__(self, adviser: "Adviser") -> None:
        self.adviser = adviser
        self.answer: StrategyAnswer | None = None
        self._answered = self._tried = 0

    def forget(self) -> None:
        """What lies in the mailboxes from now on is new."""
        self.answer, self._answered, self._tried = None, 0, 0

    def take(self) -> "tuple[StrategyAnswer | None, Tried | None]":
        """What is new; None: nothing is."""
        self._answered, answer = self.adviser.answers.take(self._answered)
        self._tried, tried = self.adviser.tried.take(self._tried)
        if answer is not None:
            self.answer = answer
        return answer, tried
