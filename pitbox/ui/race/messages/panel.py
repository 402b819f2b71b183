"""The messages panel: what was said and what became of it, and three ways to say something."""

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pitbox.crew.health import Level
from pitbox.model.edit import DELETED, Draft, Entity
from pitbox.model.errors import EditError
from pitbox.model.message import KIND, MAX_MESSAGE, Receipt, clean_text
from pitbox.model.pit_request import PitMenu
from pitbox.ui.race.messages.quick import QuickBar
from pitbox.ui.race.messages.wish import PitWish
from pitbox.ui.race.messages.words import COLUMNS, line_of
from pitbox.ui.scene.talk import Person, Saying, consent, people, talk
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words, rule
from pitbox.ui.theme.token import GRID, PADDING
from pitbox.wall.staff import Staff, staff_of

_LOOK_S, _REGULAR_S = 0.2, 2.0
_EVERYBODY = "Everybody"
_NOTHING = "Nothing was said yet. What you write reaches everybody here, and tells who read it."
_NOBODY = "Messages stand here as soon as a session is open."
_QUICK_KEYS = 9
_LOW = 232
"""In a lower panel what is said comes before what could be."""


class MessagePanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        px = stage.look.px
        self.list = LineList(stage.look, COLUMNS, "Messages")
        self.list.empty = _NOBODY
        self.list.follows_end = True
        self.sayings: list[Saying] = []
        self.fresh = Words(tone="accent")
        self.acknowledge_chip = Chip(
            "Acknowledge", self.acknowledge, "What is new was read; key Ctrl Return", is_checkable=False
        )
        self.acknowledge_chip.hide()
        self.menu_chip = Chip("Pit menu", self.toggle_wish, "Ask for something in it; key Ctrl P")
        self.bar_parts = [self.fresh, self.acknowledge_chip, self.menu_chip]
        self.quick = QuickBar(stage.look)
        self.quick.pressed.connect(self.say)
        self.to = QComboBox()
        self.to.setAccessibleName("To whom")
        # A team-mate's long name must not take the room of what is said.
        self.to.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.to.setMinimumContentsLength(len(_EVERYBODY))
        self.to.addItem(_EVERYBODY, "")
        self.line = QLineEdit()
        self.line.setPlaceholderText("Message")
        self.line.setMaxLength(MAX_MESSAGE)
        self.line.returnPressed.connect(self._send)
        self.send = QPushButton("Send")
        self.send.clicked.connect(self._send)
        self.wish = PitWish(stage.look)
        self.wish.asked.connect(self.ask)
        self.wish.hide()
        self._people: list[Person] = []
        self._revision: object = None
        self._looked_s = self._told_s = 0.0
        self._lay_out(px(GRID), px(PADDING))
        self.setFocusProxy(self.line)
        self._add_commands()
        stage.bridge.beaten.connect(self.beat)
        self.list.opened.connect(self.acknowledge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.quick.limit(1 if self.height() < self.stage.look.px(_LOW) else 0)

    def beat(self, now_s: float) -> None:
        if now_s - self._looked_s >= _LOOK_S:
            self._looked_s = now_s
            self.refresh(now_s)

    def refresh(self, now_s: float) -> None:
        """Work it out again when somebody wrote, or when time has gone by."""
        staff = self._staff
        if staff is None:
            self._show_nobody()
            return
        revision = staff.book.revision
        if revision == self._revision and now_s - self._told_s < _REGULAR_S:
            return
        self._revision, self._told_s = revision, now_s
        own, at = staff.book.device, staff.book.at
        unit = self._unit()
        self.sayings, others = staff.book.ask(
            lambda ledger: (talk(ledger, own, at, unit), people(ledger, own))
        )
        self._show_people(others)
        self.quick.show_texts(staff.messenger.quick)
        self._show_sayings(staff)

    def say(self, text: str) -> None:
        """To whoever is chosen; can be taken back with Ctrl+Z."""
        staff, to, sent = self._staff, self.to.currentData() or "", list[str]()
        if staff is None:
            self._refuse("Nothing can be said here: no session is open.")
            return
        messenger, book = staff.messenger, staff.book

        def run() -> None:
            self._tried(lambda: sent.append(messenger.say(text, to)))

        def back() -> None:
            if sent:
                self._tried(lambda: book.write([Draft(Entity(KIND, sent.pop()), DELETED, value=True)]))

        if self._tried(lambda: clean_text(text)):
            self.stage.do("message", run, back)
            doubt = messenger.doubt(to) if sent else ""
            if doubt:
                self.stage.notices.tell(doubt, Level.NOTE)
            self.refresh_now()

    def ask(self, menu: PitMenu) -> None:
        """Wish for this in the driver's pit menu."""
        staff = self._staff
        if staff is None:
            self._refuse("Nothing can be asked for here: no session is open.")
        elif self._tried(lambda: _request(staff, menu)):
            self.refresh_now()

    def acknowledge(self, key: str = "") -> None:
        """What is new, or this one of it, was read."""
        staff = self._staff
        if staff is not None and self._tried(lambda: staff.messenger.acknowledge(key)):
            self.refresh_now()

    def toggle_wish(self) -> None:
        self.wish.setVisible(not self.wish.isVisibleTo(self))
        self.menu_chip.setChecked(self.wish.isVisibleTo(self))
        if self.wish.isVisibleTo(self):
            self.wish.fuel.setFocus()

    def refresh_now(self) -> None:
        self._revision = None
        self.refresh(self._looked_s)

    @property
    def _staff(self) -> Staff | None:
        return staff_of(self.stage.bridge.feed)

    def _send(self) -> None:
        text = self.line.text().strip()
        if text:
            self.line.clear()
            self.say(text)

    def _show_nobody(self) -> None:
        self.sayings = []
        self.list.empty = _NOBODY
        self.list.show_lines([])
        for part in (self.line, self.send, self.to, self.menu_chip):
            part.setEnabled(False)
        self.quick.show_texts(())
        self.fresh.tell("")
        self.acknowledge_chip.hide()

    def _show_sayings(self, staff: Staff) -> None:
        for part in (self.line, self.send, self.to, self.menu_chip):
            part.setEnabled(True)
        self.list.empty = _NOTHING
        zone = self.stage.look.taste.zone
        self.list.show_lines([line_of(one, zone, self.stage.green) for one in self.sayings])
        fresh = [one for one in self.sayings if one.is_new]
        self.wish.show_consent(consent(self.sayings))
        self.fresh.tell(count_words(len(fresh), "new message", "new messages") if fresh else "")
        self.acknowledge_chip.setVisible(bool(fresh))
        if fresh and self.isVisible():
            self._tried(lambda: staff.messenger.note(Receipt.SHOWN, *(one.key for one in fresh)))

    def _show_people(self, others: list[Person]) -> None:
        if others == self._people:
            return
        self._people, chosen = others, self.to.currentData()
        self.to.clear()
        self.to.addItem(_EVERYBODY, "")
        for person in others:
            # A name that two share cannot tell them apart, the device can.
            is_shared = sum(one.name == person.name for one in others) > 1
            self.to.addItem(f"{person.name} {person.device[:4]}" if is_shared else person.name, person.device)
        self.to.setCurrentIndex(max(0, self.to.findData(chosen)))

    def _unit(self) -> str:
        info = self.stage.bridge.newest_story.info
        return "kWh" if info is not None and info.own.is_electric else "l"

    def _tried(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except EditError as error:
            self._refuse(str(error))
            return False
        return True

    def _refuse(self, words: str) -> None:
        self.stage.notices.tell(words, Level.DEGRADED)

    def _lay_out(self, gap: int, edge: int) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(rule())
        foot = QWidget()
        rows = QVBoxLayout(foot)
        rows.setContentsMargins(edge, edge, edge, edge)
        rows.setSpacing(gap)
        rows.addWidget(self.quick)
        rows.addWidget(self.wish)
        row = QHBoxLayout()
        row.setSpacing(gap)
        row.addWidget(self.to)
        row.addWidget(self.line, 1)
        row.addWidget(self.send)
        rows.addLayout(row)
        column.addWidget(foot)

    def _add_commands(self) -> None:
        add = self.stage.commands.add
        plans: list[tuple[str, str, str, Callable[[], None], str]] = [
            ("acknowledge", "Acknowledge what is new", "Ctrl+Return", self.acknowledge, ""),
            ("menu", "Ask for something in the pit menu", "Ctrl+P", self.toggle_wish, ""),
        ]
        plans += [
            (f"quick_{at}", f"Send quick text {at}", f"Alt+{at}", self._quick(at - 1), "Send a quick text")
            for at in range(1, _QUICK_KEYS + 1)
        ]
        scope = "messages"
        bind(
            [
                add(Command(f"{scope}.{name}", title, "Messages", run, keys, scope=scope, card=card))
                for name, title, keys, run, card in plans
            ],
            self,
        )
        add(Command("messages.write", "Write a message", "Messages", self.line.setFocus))

    def _quick(self, at: int) -> Callable[[], None]:
        return lambda: self.quick.buttons[at].click() if at < len(self.quick.buttons) else None


def _request(staff: Staff, menu: PitMenu) -> object:
    from pitbox.wall.pit_menu import request_menu  # noqa: PLC0415 - loads what speaks to the sim

    return request_menu(staff.book, menu)


MESSAGES = PanelPlan("messages", "Messages", MessagePanel, column=1, row=2, cell=1, width=3, height=3)
