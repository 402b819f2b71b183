"""Below the search: kind, track, car, tag, and from when to when; each narrows what the words find."""

from collections.abc import Callable, Iterable
from functools import partial

import msgspec
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.scene import Shelved
from pitbox.ui.sessions.words import days_s
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.field import Chip, Choice, Entry
from pitbox.ui.theme.token import GRID, PADDING
from pitbox.wall.library import Recorded

_DATE = 112
_FIELDS: tuple[tuple[str, str, Callable[[Recorded], Iterable[str]]], ...] = (
    ("kinds", "Any kind", lambda one: one.kinds),
    ("track", "Any track", lambda one: (one.track,)),
    ("car", "Any car", lambda one: (one.car,)),
    ("tags", "Any tag", lambda one: one.tags),
)
"""(of the filter, what stands there as long as it is open, what a session has of it)."""


class FilterRow(QWidget):
    def __init__(self, stage: Stage, board: SessionBoard) -> None:
        super().__init__()
        self._look, self.board = stage.look, board
        self.fields: dict[str, Choice] = {}
        for name, title, _ in _FIELDS:
            field = Choice(title, partial(self._choose, name))
            field.has_nothing = True
            self.fields[name] = field
        self.since = Entry("From this day on", self._store_since, "from 2026-11")
        self.until = Entry("Up to this day", self._store_until, "to 2026-11-21")
        self.clear = Chip("Clear", "Every kind, track, car, tag and date", is_checkable=False)
        self.clear.clicked.connect(self.open_all)
        self._shelved: Shelved | None = None
        self._offered: dict[str, list[tuple[str, str]]] = {}
        self._row = QHBoxLayout(self)
        for field in self.fields.values():
            self._row.addWidget(field, 1)
        for part in (self.since, self.until, self.clear):
            self._row.addWidget(part)
        board.changed.connect(self.refresh)
        stage.look.changed.connect(self._wear)
        self._wear()
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Nothing is held back by it."""
        wanted = self.board.wanted
        dates = wanted.since_utc_s or wanted.until_utc_s
        return not (wanted.kinds or wanted.track or wanted.car or wanted.tags or dates)

    def refresh(self) -> None:
        if self.board.shelved is not self._shelved:
            self._shelved = self.board.shelved
            for name, title, values in _FIELDS:
                known = {value for one in self._shelved.found for value in values(one) if value}
                words = sorted(known, key=str.casefold)
                self._offered[name] = [("", title), *((one, one) for one in words)]
        for name, field in self.fields.items():
            now = getattr(self.board.wanted, name)
            key = now if isinstance(now, str) else next(iter(now), "")
            offered = self._offered[name]
            field.offer(offered if key in dict(offered) else [*offered, (key, key)], key)
            field.setEnabled(len(offered) > 1)
        self.clear.setEnabled(not self.is_open)

    def open_all(self) -> None:
        wanted = self.board.wanted
        self.since.tell("")
        self.until.tell("")
        self.board.sift(type(wanted)(states=wanted.states))

    def _choose(self, name: str, key: str) -> None:
        value: object = key
        if name in ("kinds", "tags"):
            value = (key,) if key else ()
        self._sift(**{name: value})

    def _store_since(self, text: str) -> None:
        """Raises ValueError for what is no date."""
        at_s = days_s(text, self._look.taste.zone)[0] if text else 0.0
        self.since.tell(text)
        self._sift(since_utc_s=at_s)

    def _store_until(self, text: str) -> None:
        """That day included; raises ValueError for what is no date."""
        at_s = days_s(text, self._look.taste.zone)[1] if text else 0.0
        self.until.tell(text)
        self._sift(until_utc_s=at_s)

    def _sift(self, **changes: object) -> None:
        self.board.sift(msgspec.structs.replace(self.board.wanted, **changes))

    def _wear(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(PADDING), 0, px(PADDING), px(GRID))
        self._row.setSpacing(px(GRID))
        for entry in (self.since, self.until):
            entry.setFixedWidth(px(_DATE))
