"""Everybody: who takes part, how far each is, and what their clocks show now."""

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from pitbox.model import member, participation
from pitbox.model.form import new_key
from pitbox.model.participation import Part as Duty
from pitbox.model.participation import Step
from pitbox.planning.person_clock import moment
from pitbox.planning.sign_up.words import plain
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.line import Line, LineColumn, Part, Sign
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.field import Chip
from pitbox.ui.team.scene import Attendant
from pitbox.ui.team.words import STEP_TITLES, percent
from pitbox.ui.theme.token import GRID, PADDING

if TYPE_CHECKING:
    from pitbox.model.edit import Draft

_COLUMNS = (
    LineColumn(0, least=110),
    LineColumn(88, gives_way=3),
    LineColumn(104),
    LineColumn(112, gives_way=4),
    LineColumn(56, is_left=False, gives_way=2),
    LineColumn(52, is_left=False, gives_way=5),
    LineColumn(148, gives_way=1),
)
_TITLES = ("Name", "Clock now", "Step", "Team", "Rating", "Free", "There for")
_SIGNS = {
    Step.INTERESTED: (Sign.RING, "dim"),
    Step.SIGNED_UP: (Sign.DOT, "dim"),
    Step.IN_TEAM: (Sign.UP, "text"),
    Step.CONFIRMED: (Sign.SAME, "good"),
    Step.WITHDRAWN: (Sign.DOWN, "faint"),
}
EMPTY = "Nobody yet. Type a name above and press Enter, or bring a list of sign-ups in under Formation."
_LITTLE = 0.5


class PeoplePanel(Panel):
    """Typing looks for somebody; Enter takes the one found, or adds who is not there yet."""

    def __init__(self, stage: Stage, board: TeamBoard, now_utc_s: Callable[[], float]) -> None:
        super().__init__(stage)
        self.board, self._now_utc_s = board, now_utc_s
        self.count = Words(tone="dim")
        self.all = Chip("Everybody", "Those too who have not said anything to this event")
        self.all.toggled.connect(lambda _: self.refresh())
        self.bar_parts = [self.count, self.all]
        self.search = QLineEdit()
        self.search.setPlaceholderText("Look for a name, or type a new one and press Enter")
        self.search.setAccessibleName("Look for somebody")
        self.search.textChanged.connect(lambda _: self.refresh())
        self.search.returnPressed.connect(self.take)
        self.search.installEventFilter(self)
        self.heads = LineList(stage.look, _COLUMNS, "Heads")
        self.heads.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.heads.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.heads.show_lines([Line("head", tuple(Part(title, "dim") for title in _TITLES))])
        self.list = LineList(stage.look, _COLUMNS, "People")
        self.list.empty = EMPTY
        self.list.chosen.connect(board.choose)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.search)
        self._heads_row = QHBoxLayout()
        self._heads_row.addWidget(self.heads)
        self._column.addLayout(self._heads_row)
        self.list.verticalScrollBar().rangeChanged.connect(lambda *_: self._align_heads())
        self._column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)
        self._minute = -1
        self._is_due = False
        board.changed.connect(self._follow)
        board.chosen.connect(self.list.choose)
        stage.bridge.beaten.connect(self._beat)
        stage.look.changed.connect(self._wear)
        self._wear()
        self.refresh()

    def refresh(self) -> None:
        self._is_due = False
        scene = self.board.scene
        words, now_s = plain(self.search.text()).split(), self._now_utc_s()
        teams = self._teams()
        shown = [one for one in scene.people if self._is_shown(one, words, teams)]
        zones = {one.member.zone for one in shown}
        clocks = {zone: f"{moment(now_s, zone):%a %H:%M}" for zone in zones}
        self.list.show_lines([self._line(one, clocks, teams) for one in shown])
        self.list.choose(self.board.person_key)
        drivers = sum(one.said is not None and Duty.DRIVER in one.said.parts for one in scene.signed)
        people = count_words(len(scene.signed), "person", "people")
        self.count.tell(f"{people}, {drivers} to drive" if scene.event is not None else "")
        self.count.setVisible(scene.event is not None)

    def take(self) -> None:
        """The one who is shown, or somebody new, who is signed up at once."""
        name = " ".join(self.search.text().split())
        people, lines = self.board.scene.people, self.list.lines
        found = [one.key for one in people if plain(one.member.name) == plain(name)]
        found = found or ([lines[0].key] if len(lines) == 1 else [])
        if name and found:
            self.board.choose(found[0])
            self.search.clear()
            self.list.setFocus()
        elif name:
            self._add(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from what is typed into the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.list.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _add(self, name: str) -> None:
        key, event = new_key(name, secrets.randbits(32)), self.board.scene.event

        def drafts() -> "list[Draft]":
            made = member.add_member(key, name)
            return made if event is None else made + participation.sign_up(event.key, key, Step.SIGNED_UP)

        if self.board.do(f"add {name}", drafts):
            self.search.clear()
            self.board.choose(key)

    def _is_shown(self, one: Attendant, words: list[str], teams: Mapping[str, str]) -> bool:
        if not words:
            return one.said is not None or self.all.isChecked() or self.board.scene.event is None
        hay = f" {plain(one.member.name)} {plain(teams[one.key])}"
        return all(f" {word}" in hay for word in words)

    def _line(self, one: Attendant, clocks: Mapping[str, str], teams: Mapping[str, str]) -> Line:
        said, person = one.said, one.member
        tone = "text" if one.is_in else "faint"
        step = "not asked" if said is None else STEP_TITLES[said.step]
        sign, sign_tone = (Sign.NONE, "faint") if said is None else _SIGNS[said.step]
        there = "" if said is None else ", ".join(part.value for part in said.parts)
        free, free_tone = _free(one)
        is_ill = bool(one.unknown or person.others or (said is not None and said.others))
        name = Part(person.name, tone, is_strong=True, sign=Sign.ALERT if is_ill else Sign.NONE)
        parts = (
            name,
            Part(clocks[person.zone], "dim" if one.is_in else "faint"),
            Part(step, sign_tone if said is not None else "faint", sign=sign),
            Part(teams[one.key], tone),
            Part("" if person.rating is None else f"{person.rating}", tone),
            Part(free, free_tone if one.is_in else "faint"),
            Part(there, "dim" if one.is_in else "faint"),
        )
        tip = "\n".join(filter(None, (person.name, person.note, *one.unknown)))
        return Line(one.key, parts, tip=tip)

    def _teams(self) -> dict[str, str]:
        """By person: the own one, then those in which the person helps."""
        scene = self.board.scene
        names = {team.key: team.name for team in scene.teams}
        found: dict[str, list[str]] = {}
        for one in scene.people:
            own = "" if one.said is None else names.get(one.said.team, "")
            found[one.key] = [own] if own else []
        for team in scene.teams:
            for key in team.shared:
                if team.name not in found.setdefault(key, []):
                    found[key].append(team.name)
        return {key: " + ".join(own) for key, own in found.items()}

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_due:
            self.refresh()

    def _follow(self) -> None:
        """Behind the wizard nobody reads the list: two hundred lines wait until somebody does."""
        if self.isVisible():
            self.refresh()
        else:
            self._is_due = True

    def _beat(self, _: float) -> None:
        minute = int(self._now_utc_s() // 60)
        if minute != self._minute and self.isVisible():
            self._minute = minute
            self.refresh()

    def _align_heads(self) -> None:
        """Over their columns, whether or not a bar takes room beside the list."""
        bar = self.list.verticalScrollBar()
        self._heads_row.setContentsMargins(0, 0, bar.sizeHint().width() if bar.maximum() else 0, 0)

    def _wear(self) -> None:
        px = self.stage.look.px
        self._column.setContentsMargins(0, 0, 0, 0)
        self.heads.setFixedHeight(self.stage.look.row_height)
        self.search.setStyleSheet(f"margin: {px(GRID)}px {px(PADDING)}px;")


def next_step(board: TeamBoard, *, is_back: bool = False) -> None:
    """One step on, or back out of it, for the one who is chosen."""
    one = board.person
    if one is None or board.scene.event is None:
        return
    event, said = board.scene.event.key, one.said
    if said is None:
        if not is_back:
            board.do("sign up", lambda: participation.sign_up(event, one.key, Step.SIGNED_UP))
        return
    wanted = {
        Step.INTERESTED: Step.WITHDRAWN if is_back else Step.SIGNED_UP,
        Step.SIGNED_UP: Step.WITHDRAWN if is_back else Step.IN_TEAM,
        Step.IN_TEAM: Step.SIGNED_UP if is_back else Step.CONFIRMED,
        Step.CONFIRMED: Step.SIGNED_UP if is_back else Step.CONFIRMED,
        Step.WITHDRAWN: Step.WITHDRAWN if is_back else Step.INTERESTED,
    }[said.step]
    board.do(
        f"{one.member.name}: {STEP_TITLES[wanted].lower()}", lambda: participation.take_step(said, wanted)
    )


def _free(one: Attendant) -> tuple[str, str]:
    """(words, tone): how much of the race somebody can be there."""
    if one.said is None:
        return "", "faint"
    if one.share is None:
        return "not said" if not one.said.free else "", "faint"
    return percent(one.share), "warn" if one.share < _LITTLE else "text"
