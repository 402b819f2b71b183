"""The events that are planned, and all that is known of the one that is chosen."""

import secrets
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from pitbox.model import event as events
from pitbox.model.event import Event, Instance
from pitbox.model.form import new_key
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.field import Chip, Choice, Entry, Fault, Form
from pitbox.ui.team.form_panel import FormPanel
from pitbox.ui.team.rules import RuleSheet
from pitbox.ui.team.words import (
    dark_of,
    dark_words,
    hours,
    instant,
    length_of,
    start_of_text,
    start_words,
)

EMPTY = (
    "An event is a race that you plan: its start times, its rules, who comes and who drives when. "
    "Make one, or start the demo race and look at its example."
)
_PLAIN = (
    ("name", "Name", "Spa 24 h"),
    ("series", "Series", ""),
    ("track", "Track", ""),
    ("car_class", "Class", "GT3"),
)


class EventPanel(FormPanel):
    def __init__(self, stage: Stage, board: TeamBoard) -> None:
        super().__init__(stage, board, EMPTY)
        self.start.setText("New event")
        self.start.clicked.connect(lambda _=False: self.add_event())
        self.start.show()
        self.add = Chip("New", "Plan another race", is_checkable=False)
        self.add.clicked.connect(lambda _=False: self.add_event())
        self.remove = Chip("Delete", "Ctrl Z brings it back", is_checkable=False)
        self.remove.clicked.connect(lambda _=False: self.remove_event())
        self.bar_parts = [self.add, self.remove]
        self.which = Choice("Event", board.choose_event)
        self.column.addWidget(self.which)
        self.fields: dict[str, Entry] = {}
        self._add_fields()
        self.head("Starts")
        self._starts = QVBoxLayout()
        self._starts.setSpacing(self.column.spacing())
        self.column.addLayout(self._starts)
        self.starts: dict[str, Entry] = {}
        self._start_words: dict[str, Words] = {}
        self.new_start = Entry("New start time", self._add_start, "another start: 2026-06-27 16:00")
        self.column.addWidget(self.new_start)
        self._start_fault = Fault()
        self.new_start.went_wrong.connect(self._start_fault.wrong)
        self.column.addWidget(self._start_fault)
        self.head("Rules")
        self.rules = RuleSheet(stage.look, board)
        self.column.addWidget(self.rules)
        self.column.addStretch(1)
        self.setFocusProxy(self.which)
        board.changed.connect(self.refresh)
        self.refresh()

    def add_event(self) -> None:
        """Named at once, so that it is there; its name is the first thing to be typed."""
        key = new_key("event", secrets.randbits(32))
        if self.board.do("new event", lambda: events.add_event(key, "New event", zone="UTC")):
            self.board.choose_event(key)
            self.fields["name"].setFocus()

    def remove_event(self) -> None:
        event = self.board.scene.event
        if event is not None and self.board.do("delete event", lambda: [events.remove_event(event.key)]):
            self.board.tell(f"{event.name} is deleted; Ctrl Z brings it back.")

    def refresh(self) -> None:
        event = self.board.scene.event
        self.show_empty(is_empty=event is None)
        self.remove.setVisible(event is not None)
        if event is None:
            return
        self.which.offer([(one.key, one.name) for one in self.board.scene.events], event.key)
        for name, _, _ in _PLAIN:
            self.fields[name].tell(getattr(event, name))
        self.fields["length"].tell("" if event.length_s is None else hours(event.length_s))
        self.fields["laps"].tell("" if event.laps is None else str(event.laps))
        self.fields["zone"].tell(event.zone)
        self.fields["dark"].tell(dark_words(event.dark))
        self._show_starts(event)
        self.rules.show_event(event)

    def _add_fields(self) -> None:
        form = Form(self.stage.look)
        for name, title, hint in _PLAIN:
            self.fields[name] = Entry(title, partial(self._fill_text, name), hint)
            form.add(title, self.fields[name])
        rest: tuple[tuple[str, str, str, Callable[[str], object]], ...] = (
            ("length", "Length", "24h", lambda text: self._fill("length", length_s=length_of(text))),
            ("laps", "Laps", "no limit", lambda text: self._fill("laps", laps=int(text) if text else None)),
            ("zone", "Clock", "Europe/Berlin", lambda text: self._fill("clock", zone=text or None)),
            ("dark", "Night", "in race time: 5:00-11:00", lambda t: self._fill("night", dark=dark_of(t))),
        )
        for name, title, hint, store in rest:
            self.fields[name] = Entry(title, store, hint)
            form.add(title, self.fields[name])
        self.column.addWidget(form)

    def _show_starts(self, event: Event) -> None:
        wanted = {one.key: one for one in event.instances}
        if list(self.starts) != list(wanted):
            while (item := self._starts.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
            self.starts, self._start_words = {}, {}
            for key in wanted:
                self.starts[key] = Entry("Start", partial(self._move_start, key), "empty takes it away")
                self._start_words[key] = Words(tone="dim")
                self.starts[key].went_wrong.connect(self._start_fault.wrong)
                self._starts.addWidget(self.starts[key])
                self._starts.addWidget(self._start_words[key])
        for key, one in wanted.items():
            self.starts[key].tell(start_words(one.start_utc_s, event.zone))
            self._start_words[key].tell(self._mine(one))

    def _mine(self, one: Instance) -> str:
        """The same on the clock of who looks."""
        if one.start_utc_s is None:
            return "nobody knows when"
        if self.stage.look.taste.zone == "utc":
            return instant(one.start_utc_s, "UTC")
        return f"here {time.strftime('%a %d %b %H:%M', time.localtime(one.start_utc_s))}"

    def _fill_text(self, name: str, text: str) -> None:
        self._fill(name.replace("_", " "), **{name: text or None})

    def _fill(self, words: str, **values: object) -> None:
        event = self.board.scene.event
        if event is not None:
            drafts = events.fill_event(event.key, **values)
            self.board.do(f"{words} of the event", lambda: drafts)

    def _add_start(self, text: str) -> None:
        event = self.board.scene.event
        start_s = start_of_text(text, "UTC" if event is None else event.zone)
        if event is not None and start_s is not None:
            key = new_key("start", secrets.randbits(32))
            drafts = events.add_instance(key, event.key, start_s)
            if self.board.do("new start time", lambda: drafts):
                self.new_start.setModified(False)
                self.new_start.setText("")

    def _move_start(self, key: str, text: str) -> None:
        event = self.board.scene.event
        if event is None:
            return
        start_s = start_of_text(text, event.zone)
        if start_s is None:
            self.board.do("take a start time out", lambda: [events.remove_instance(key)])
        else:
            self.board.do("start time", lambda: events.fill_instance(key, start_utc_s=start_s))
