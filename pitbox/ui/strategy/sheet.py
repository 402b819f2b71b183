"""A panel of the page: one drawn sheet of what the adviser says, its age, a sentence where it is silent."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout

from pitbox.ui.scene.words import age_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.token import GRID, PADDING

_SENTENCE = Style("dim")


class Sheet(Panel):
    """Children draw, and say whether there is something to draw."""

    name = ""
    empty = ""
    """What will stand here, in a sentence."""
    is_tall = False
    is_aside = False
    """It shows what is worked out last, once a lap."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.counsel = stage.counsel
        self.age = Words(tone="warn")
        self.bar_parts = [self.age]
        self.picture = self.make_picture()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Scroll(self.picture) if self.is_tall else self.picture, 1)
        self.setFocusProxy(self.picture)
        for signal in (self.counsel.changed, self.counsel.foreseen, self.counsel.aged):
            signal.connect(self.refresh)
        self.counsel.older.connect(self._tell_age)
        self.refresh()

    @property
    def has_something(self) -> bool:
        return self.counsel.answer is not None

    def make_picture(self) -> Picture:
        return Picture(self.stage.look, self.name, self.draw, self.source, is_tall=self.is_tall)

    def source(self) -> str:
        """The last line of each tip."""
        return self.counsel.source()

    @property
    def age_s(self) -> int | None:
        """Of race time, when it is old; None while it is fresh."""
        return self.counsel.age_s if self.counsel.is_old else None

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        raise NotImplementedError

    def draw(self, pen: Pen, box: QRectF) -> float:
        """What there is, or why there is nothing; returns where it ends."""
        pad = pen.px(PADDING)
        if self.has_something:
            return self.draw_sheet(pen, box.adjusted(pad, pen.px(GRID), -pad, -pen.px(GRID)))
        room = box.adjusted(2 * pad, 2 * pad, -2 * pad, 0)
        return pen.wrap(room, self.counsel.why_empty(self.empty), _SENTENCE, row=20) + pad

    def _aside_words(self) -> str:
        """Of which lap it is while that of this one is still to come."""
        answer = self.counsel.answer
        laps = None if answer is None or not (self.is_aside and self.has_something) else answer.aside_laps
        return "" if laps is None else f"as of lap {laps}"

    def refresh(self) -> None:
        self._tell_age()
        self.picture.renew(is_faint=self.has_something and self.age_s is not None)

    def _tell_age(self) -> None:
        age_s = self.age_s if self.has_something else None
        self.age.tell(f"as of {age_words(age_s)} ago" if age_s else self._aside_words())
