"""Teams being formed of who signed up: what is asked, the best so far, and what is changed by hand.

Nothing of it is in the plans before it is confirmed.
"""

import secrets
import threading
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.errors import PitBoxError
from pitbox.model.form import new_key
from pitbox.model.participation import Participation
from pitbox.model.span import Span
from pitbox.planning.formation.noun import CarChoice, Demand, Formation, Parts, Race
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.board import TeamBoard

if TYPE_CHECKING:  # numpy and the search are loaded by the thread that forms
    from pitbox.planning.formation.field import Field

LIMIT_S = 7.0


class Wishes(msgspec.Struct, frozen=True):
    """What is asked of the teams, as the page has it."""

    least: int = 3
    most: int = 5
    teams: int | None = None
    spotters: int = 1
    cars: tuple[str, ...] = ()
    must_cover: bool = True
    is_kept: bool = False
    """Whoever is in a team stays in it."""
    is_quick: bool = False
    """A snake draft, at once."""


class _News(msgspec.Struct, frozen=True):
    number: int
    field: Any
    formed: Formation | None = None
    is_final: bool = False
    wrong: str = ""


class Forming(QObject):
    changed = Signal()
    progressed = Signal()

    def __init__(self, stage: Stage, board: TeamBoard) -> None:
        super().__init__()
        self._stage, self._board = stage, board
        self.wishes = Wishes()
        self.formed: Formation | None = None
        self.field: Field | None = None
        self.demand: Demand | None = None
        self.is_running = False
        self.share = 0.0
        """Of the time that it may take."""
        self.wrong = ""
        self._number = 0
        self._base: Formation | None = None
        self._asked: Formation | None = None
        """Being written down: a second press does not write it again."""
        self._news: Mailbox[_News] = Mailbox()
        self._seen = 0
        self._began_s = self._now_s = 0.0
        self._hand: Hand | None = None
        self._hands: list[Hand] = []
        """Those that still come to their end too."""
        self._stop = threading.Event()
        self._event = ""
        stage.bridge.beaten.connect(self._beat)
        board.changed.connect(self._follow)
        stage.at_end.append(self._end)

    @property
    def candidates(self) -> dict[str, Participation]:
        """Who signed up, by member."""
        from pitbox.planning.formation.confirm import NOT_YET  # noqa: PLC0415 - numpy comes with it

        said = (one.said for one in self._board.scene.people)
        return {one.member: one for one in said if one is not None and one.step not in NOT_YET}

    @property
    def why_not(self) -> str:
        """Why no teams can be formed now; empty where they can."""
        scene = self._board.scene
        if scene.event is None:
            return "There is no event yet."
        if scene.span is None:
            return "Say when the event starts: teams are formed so that they cover it."
        if scene.event.length_s is None:
            return "Say how long the race is: teams are formed so that they cover it."
        return "" if self.candidates else "Nobody has signed up yet."

    @property
    def is_changed(self) -> bool:
        """Somebody was moved by hand since."""
        return self.formed is not None and self.formed is not self._base

    def wish(self, **changes: Any) -> None:
        wishes = msgspec.structs.replace(self.wishes, **changes)
        least, most = sorted((wishes.least, wishes.most))
        self.wishes = msgspec.structs.replace(wishes, least=least, most=most)
        self.changed.emit()

    def form(self, *, is_quick: bool | None = None) -> None:
        """Begin anew; the best so far is shown as it comes."""
        if self.why_not:
            self._board.tell(self.why_not)
            return
        self.cancel()
        if is_quick is not None:
            self.wishes = msgspec.structs.replace(self.wishes, is_quick=is_quick)
        self._number += 1
        self._stop = stop = threading.Event()
        self.is_running, self.wrong, self.share, self._began_s = True, "", 0.0, self._now_s
        self.demand = demand = self._demand()
        people = {one.key: one.member for one in self._board.scene.people}
        said, number, wishes = tuple(self.candidates.values()), self._number, self.wishes

        def work(_: threading.Event) -> None:
            try:
                self._work(number, (people, said), demand, wishes, stop)
            except PitBoxError as error:
                self._news.put(_News(number, None, is_final=True, wrong=str(error)))

        self._hand = Hand("formation", work)
        self._hand.start()
        self._hands = [*(hand for hand in self._hands if hand.is_alive), self._hand]
        self.changed.emit()

    def cancel(self) -> None:
        """The best so far stays."""
        self._stop.set()

    def move(self, member: str, team: str) -> None:
        """By hand; can be taken back like everything else."""
        before, field = self.formed, self.field
        if before is None or field is None or self.is_running:
            return
        try:
            after = self.tried(member, team)
        except PitBoxError as error:
            self._board.tell(str(error), Level.DEGRADED)
            return
        if after is None or after is before:
            return
        number = self._number
        self._stage.do(
            f"move {self._board.scene.name(member)}",
            lambda: self._set(after),
            lambda: self._set(before),
            lambda: self._number == number and not self.is_running,
        )

    def tried(self, member: str, team: str) -> Formation | None:
        """As it would be with that person there; `team` empty: in none."""
        if self.formed is None or self.field is None:
            return None
        from pitbox.planning.formation.hand import moved  # noqa: PLC0415 - it is loaded by now

        return moved(self.field, self.formed, member, team)

    def confirm(self) -> None:
        """Write the teams down, as one step of undo; where it cannot be, that is told."""
        from pitbox.planning.formation.confirm import confirm  # noqa: PLC0415 - it is loaded by now

        formed, demand, event = self.formed, self.demand, self._board.scene.event
        if formed is None or demand is None or event is None or self.is_running or formed is self._asked:
            return
        teams = self._board.scene.teams
        known = {team.key for team in teams}
        fresh = [one for one in formed.lineups if one.key not in known]
        keys = {one.key: new_key(one.name, secrets.randbits(32)) for one in fresh}
        said = {one.key: one.said for one in self._board.scene.people if one.said is not None}
        words = f"{len(formed.lineups)} teams"
        drafts = lambda: confirm(formed, demand, event.key, teams, said, key_of=keys)  # noqa: E731 - one line
        people = sum(len(one.members) for one in formed.lineups)

        def done() -> None:
            self._board.tell(
                f"{words} with {people} people are written down; Ctrl Z takes that back.", Level.OK
            )
            if self.formed is formed:
                self.formed = self._base = None
                self.changed.emit()

        def refused(why: str) -> None:
            self._asked = None
            self._board.refused(why)

        if self._board.do_beside(words, drafts, done, refused):
            self._asked = formed

    def drop(self) -> None:
        """Forget what was formed; the plans are as they were."""
        self.cancel()
        self.formed = self._base = None
        self.changed.emit()

    def _demand(self) -> Demand:
        from pitbox.planning.formation.confirm import openings_of  # noqa: PLC0415 - as above

        scene, wishes = self._board.scene, self.wishes
        assert scene.event is not None
        starts = [(one.key, one.start_utc_s, one.name) for one in scene.event.instances]
        races = tuple(Race(k, Span(s, s + scene.length_s), n) for k, s, n in starts if s is not None)
        openings = openings_of(scene.teams, self.candidates, races, is_kept=wishes.is_kept)
        if wishes.teams is not None and not wishes.is_kept:
            openings = openings[: wishes.teams]
        return Demand(
            races,
            wishes.least,
            wishes.most,
            teams=wishes.teams,
            cars=tuple(CarChoice(name) for name in wishes.cars),
            spotters=wishes.spotters,
            openings=openings,
            must_cover=wishes.must_cover,
        )

    def _work(self, number: int, who: Any, demand: Demand, wishes: Wishes, stop: threading.Event) -> None:
        """On its own thread."""
        from pitbox.planning.formation.field import Field  # noqa: PLC0415 - not before somebody forms
        from pitbox.planning.formation.former import Engine, Former  # noqa: PLC0415 - the same
        from pitbox.planning.formation.sign_ups import candidates_of  # noqa: PLC0415 - the same

        people, said = who
        field = Field(candidates_of(people, said, demand.races), demand)
        former = Former(
            field,
            Engine.SNAKE if wishes.is_quick else Engine.CP_SAT,
            limit_s=LIMIT_S,
            is_stopped=stop.is_set,
            on_better=lambda formed: self._news.put(_News(number, field, formed)),
        )
        self._news.put(_News(number, field, former.form(), is_final=True))

    def _beat(self, now_s: float) -> None:
        self._now_s = now_s
        if not self.is_running:
            return
        self._seen, news = self._news.take(self._seen)
        if news is not None and news.number == self._number:
            self._take(news)
        elif self.is_running:
            share = min(1.0, (now_s - self._began_s) / LIMIT_S)
            if share - self.share >= 0.01:
                self.share = share
                self.progressed.emit()
        hand = self._hand
        if hand is not None and hand.error is not None and self.is_running:
            self._take(_News(self._number, None, is_final=True, wrong=f"No teams: {hand.error}"))

    def _take(self, news: _News) -> None:
        if news.formed is not None:
            self.field, self.formed, self._base = news.field, news.formed, news.formed
        self.wrong = news.wrong
        self.is_running = not news.is_final
        self.changed.emit()

    def _set(self, formed: Formation) -> None:
        self.formed = formed
        self.changed.emit()

    def _follow(self) -> None:
        """Another event has other people."""
        key = "" if self._board.scene.event is None else self._board.scene.event.key
        if key != self._event:
            self._event = key
            self._number += 1
            self.is_running = False
            self.drop()
        else:
            self.changed.emit()

    def _end(self) -> None:
        self.cancel()
        for hand in self._hands:
            hand.stop()


def score_words(score: float) -> str:
    return f"{100 * score:.0f}"


def change_words(change: Parts | None) -> str:
    """`+3`; empty where nothing changed that could be seen."""
    points = 0 if change is None else round(100 * change.total)
    return "" if not points else f"{points:+d}".replace("-", "\N{MINUS SIGN}")
