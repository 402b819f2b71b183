"""The calls panel: cards, the most urgent on top, and what a person says to them; else it is quiet."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from pitbox.crew.health import Level
from pitbox.model.advice import Reply
from pitbox.ui.race.calls.words import Card, card_of, tip_of
from pitbox.ui.scene.words import age_words
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import Call

_SCOPE, _GROUP = "calls", "Calls"
_LINE, _BAR = 16, 3
_NARROW = 128
"""Its words wrap; a narrow window cuts none of them."""
_QUIET = "No call now. What to do, how sure it is and what waiting costs stands here when it is time."
_EMPTY = "What to do next stands here as soon as our car has done laps in a race."


class CallPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.counsel = stage.counsel
        self.at = ""
        """Key of the card that the keys act on; the top one when it is gone."""
        self._replies: dict[str, tuple[Reply, int]] = {}
        """What was said here, and how urgent the call was then: more urgent, it comes back."""
        self._open: set[str] = set()
        self.age = Words(tone="warn")
        self.put_off = QPushButton()
        self.put_off.setProperty("is_chip", True)
        self.put_off.setToolTip("Show what was put off again")
        self.put_off.clicked.connect(lambda _=False: self.bring_back())
        self.bar_parts = [self.put_off, self.age]
        self.picture = Picture(
            stage.look, "Calls", self._draw, self.counsel.source, is_tall=True, least_width=_NARROW
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture))
        self.setFocusProxy(self.picture)
        self._add_commands()
        for signal in (self.counsel.changed, self.counsel.aged):
            signal.connect(self.refresh)
        self.counsel.older.connect(self._tell_age)
        self.refresh()

    @property
    def calls(self) -> "list[Call]":
        """Those that nobody has put off."""
        answer = self.counsel.answer
        calls = () if answer is None else answer.calls
        return [call for call in calls if not self._is_off(call)]

    @property
    def current(self) -> "Call | None":
        calls = self.calls
        return next((call for call in calls if call.key == self.at), calls[0] if calls else None)

    def reply(self, reply: Reply, key: str = "") -> None:
        """To this card, or to the one that the keys act on."""
        call = self._call(key)
        if call is None:
            return
        self._replies[call.key] = (reply, call.urgency)
        trouble = self.counsel.reply(call.key, reply)
        if reply is Reply.ACCEPTED:
            self.stage.notices.tell(f"Accepted: {call.words}", Level.OK)
        if trouble:
            self.stage.notices.tell(f"It stands in no log: {trouble}", Level.DEGRADED)
        self.refresh()

    def ask_why(self, key: str = "") -> None:
        """Open what a card assumes, or close it again."""
        call = self._call(key)
        if call is not None:
            self._open ^= {call.key}
            self.refresh()

    def _call(self, key: str) -> "Call | None":
        return next((one for one in self.calls if one.key == key), None) if key else self.current

    def bring_back(self) -> None:
        """The log is told too: after a start anew they are still here."""
        answer = self.counsel.answer
        for call in () if answer is None else answer.calls:
            if self._is_off(call):
                self._replies.pop(call.key, None)
                self.counsel.reply(call.key, None)
        self.refresh()

    def step(self, by: int) -> None:
        keys = [call.key for call in self.calls]
        current = self.current
        if current is not None:
            self.at = keys[min(max(0, keys.index(current.key) + by), len(keys) - 1)]
            self.refresh()

    def refresh(self) -> None:
        answer = self.counsel.answer
        standing = set() if answer is None else {call.key for call in answer.calls}
        self._replies = {key: said for key, said in self._replies.items() if key in standing}
        self._open &= standing
        off = 0 if answer is None else sum(self._is_off(call) for call in answer.calls)
        self.put_off.setText(f"{off} put off")
        self.put_off.setVisible(bool(off))
        self._tell_age()
        self.picture.renew(is_faint=self.is_old)

    @property
    def is_old(self) -> bool:
        return self.counsel.is_old and bool(self.calls)

    def _tell_age(self) -> None:
        age_s = self.counsel.age_s if self.is_old else 0
        self.age.tell(f"as of {age_words(age_s)} ago" if age_s else "")

    def _is_off(self, call: "Call") -> bool:
        reply, urgency = self._said(call.key)
        return reply == Reply.NOT_NOW and call.urgency <= urgency

    def _said(self, key: str) -> tuple[str, int]:
        """To this card: here, else as the log has it from before this window was opened."""
        said = self._replies.get(key) or self.counsel.replied(key) or ("", 0)
        return said[0], said[1] or 0

    def _draw(self, pen: Pen, box: QRectF) -> float:
        pad, calls = pen.px(PADDING), self.calls
        if not calls:
            words = _EMPTY if self.counsel.answer is None else _QUIET
            words = self.counsel.trouble or words
            room = box.adjusted(2 * pad, 2 * pad, -2 * pad, 0)
            return pen.wrap(room, words, Style("dim"), row=20) + pad
        current, top = self.current, box.top()
        for at, call in enumerate(calls):
            card = card_of(call, self._said(call.key)[0])
            is_current = current is not None and call.key == current.key
            bottom = self._card(
                pen, card, QRectF(box.left(), top, box.width(), 0), (at == 0, is_current), tip_of(call)
            )
            pen.fill(QRectF(box.left(), bottom - 1, box.width(), 1), "line")
            top = bottom
        return top

    def _card(self, pen: Pen, card: Card, box: QRectF, state: tuple[bool, bool], tip: str) -> float:
        """First words, then figures at the right; the reason below them, and what waiting costs."""
        is_first, is_current = state
        painter, measure = pen.painter, Pen(pen.look)
        if painter is not None and is_current:
            height = self._body(measure, card, box, is_first=is_first, is_current=True) - box.top()
            pen.fill(QRectF(box.left(), box.top(), box.width(), height), "raised")
        at = len(pen.spots)
        bottom = self._body(pen, card, box, is_first=is_first, is_current=is_current)
        pen.fill(
            QRectF(box.left(), box.top(), pen.px(_BAR), bottom - box.top() - 1),
            card.tone,
            1.0 if card.mark else 0.4,
        )
        pen.spot(QRectF(box.left(), box.top(), box.width(), bottom - box.top()), tip, self._picker(card.key))
        pen.spots.insert(at, pen.spots.pop())  # buttons lie on top of it
        return bottom

    def _body(self, pen: Pen, card: Card, box: QRectF, *, is_first: bool, is_current: bool) -> float:
        px = pen.px
        left, right = box.left() + px(PADDING + GRID), box.right() - px(PADDING)
        top = box.top() + px(GRID)
        weight = Weight.FIRST if is_first else Weight.STRONG
        words = Style("dim" if card.reply else "text", Type.STRONG if is_first else Type.BODY, weight)
        figures = Style("text", Type.BODY, Weight.STRONG, "right")
        wide = max(pen.width(card.chance, figures), pen.width(card.gain, NOTE))
        room = QRectF(left, top, right - left - wide - px(PADDING), 0)
        pen.write(QRectF(right - wide - 1, top, wide + 1, px(_LINE + 2)), card.chance, figures)
        gain = QRectF(right - wide - 1, top + px(_LINE + 2), wide + 1, px(_LINE))
        pen.write(gain, card.gain, Style(card.gain_tone, Type.NOTE, side="right"))
        below = pen.wrap(room, card.words, words, row=_LINE + 2, most=5)
        reason = QRectF(
            left, below, room.width() if card.gain and below <= gain.top() + 1 else right - left, 0
        )
        below = pen.wrap(reason, card.reason, NOTE, most=3)
        below = max(below, gain.bottom() if card.gain else 0.0)
        notes = [(card.mark, card.tone), (card.waiting, "warn"), (card.until, "dim")]
        below = _notes(pen, QRectF(left, below, right - left, px(_LINE)), [one for one in notes if one[0]])
        if card.key in self._open:
            for detail in card.details:
                below = pen.wrap(
                    QRectF(left + px(PADDING), below, right - left - px(PADDING), 0), detail, NOTE
                )
        if is_current or card.reply:
            below = self._answers(pen, card, left, below + px(GRID), is_current=is_current)
        return below + px(GRID)

    def _answers(self, pen: Pen, card: Card, left: float, top: float, *, is_current: bool) -> float:
        px, key = pen.px, card.key
        if card.reply == Reply.ACCEPTED:
            pen.write(
                QRectF(left, top, px(72), px(20)), "✓ accepted", Style("good", Type.NOTE, Weight.STRONG)
            )
            left += px(76)
        if is_current:
            buttons = [
                ("Accept", "It is what we do: Enter", lambda: self.reply(Reply.ACCEPTED, key)),
                ("Not now", "Put it off: N", lambda: self.reply(Reply.NOT_NOW, key)),
                ("Why", "What it assumes: W", lambda: self.ask_why(key)),
            ]
            for title, tip, press in buttons[1 if card.reply else 0 :]:
                left = px(GRID) + pen.button(left, top, title, tip, press, is_first=title == "Accept")
        return top + px(20)

    def _picker(self, key: str) -> Callable[[], None]:
        def pick() -> None:
            self.at = key
            self.refresh()

        return pick

    def _add_commands(self) -> None:
        add, words = self.stage.commands.add, "call card strategy"
        for name, title, keys, run in (
            ("accept", "Accept the call", "Return", lambda: self.reply(Reply.ACCEPTED)),
            ("not_now", "Put the call off", "N", lambda: self.reply(Reply.NOT_NOW)),
            ("why", "Why this call", "W", self.ask_why),
            ("before", "The call before", "Up", lambda: self.step(-1)),
            ("after", "The call after", "Down", lambda: self.step(1)),
            ("back", "Show what was put off again", "B", self.bring_back),
        ):
            command = add(Command(f"{_SCOPE}.{name}", title, _GROUP, run, keys, words=words, scope=_SCOPE))
            bind([command], self)
        add(Command("calls.go", "Go to the calls", _GROUP, self._go, "Ctrl+J", words=words))

    def _go(self) -> None:
        dock = self.parentWidget()
        if dock is not None:
            dock.show()
            dock.raise_()
        self.picture.setFocus()


def _notes(pen: Pen, row: QRectF, notes: list[tuple[str, str]]) -> float:
    """Beside each other as far as there is room, else below."""
    if not notes:
        return row.top()
    x, top, gap = row.left(), row.top(), pen.px(PADDING)
    for words, tone in notes:
        style = Style(tone, Type.NOTE, Weight.STRONG if words in {"Now", "Soon"} else Weight.PLAIN)
        wide = pen.width(words, style)
        if x > row.left() and x + wide > row.right():
            x, top = row.left(), top + row.height()
        pen.write(QRectF(x, top, min(wide + 1, row.right() - x), row.height()), words, style)
        x += wide + gap
    return top + row.height()


CALLS = PanelPlan("calls", "Calls", CallPanel, column=1, row=2, width=2, height=3)
