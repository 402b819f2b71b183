"""The teams as cards, and who is in none: people are put elsewhere by dragging or with the keys.

While somebody hovers over a team its scores show what they would be.
"""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from pitbox.planning.formation.noun import PART_NAMES, Formation, Lineup, Unplaced
from pitbox.ui.shell.pen import FAINT, NOTE, STRONG, Pen, Style
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.forming import Forming, change_words, score_words
from pitbox.ui.team.words import percent, span_at
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_CARD, _GAP, _HEAD, _ROW, _FAULT = 232, 8, 40, 20, 16
_DRAG = 5
NONE = ""
"""Key of the card of those who are in no team."""
_PART_TITLES = dict(
    zip(PART_NAMES, ("Covers the race", "Car", "Even strength", "Roles", "Wishes"), strict=True)
)


class TeamsView(QAbstractScrollArea):
    """Arrow keys walk over people; Enter takes one up, arrows choose the team then, Enter puts it down."""

    chosen = Signal(str)
    """A person."""

    def __init__(self, look: Look, board: TeamBoard, forming: Forming) -> None:
        super().__init__()
        self._look, self.board, self.forming = look, board, forming
        self.shown: Formation | None = None
        """As it is, or as it would be with the one who is carried."""
        self.person = ""
        """That the keys are at."""
        self.lifted = ""
        """That is carried."""
        self.over: str | None = None
        """Key of the card that it is carried over."""
        self._pressed: tuple[str, QPointF] | None = None
        self._at = QPointF()
        self._boxes: list[tuple[str, QRectF]] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Teams")
        forming.changed.connect(self.refresh)
        look.changed.connect(self._lay_out)
        self.refresh()

    @property
    def cards(self) -> dict[str, tuple[str, ...]]:
        """Who is in each, in the order of the page; those in no team first, where there are any."""
        formed = self.shown
        if formed is None:
            return {}
        out = {NONE: tuple(one.key for one in formed.unplaced)}
        out |= {one.key: one.members for one in formed.lineups}
        return out

    def refresh(self) -> None:
        self.shown = self.forming.formed
        if self.lifted and self.over is not None and self.shown is not None:
            self._try(self.over)
        self._lay_out()

    def box_of(self, member: str) -> QRectF | None:
        """Where a person stands, as it is scrolled now."""
        for key, box in self._scrolled():
            members = self.cards.get(key, ())
            if member in members:
                top = box.top() + self._look.px(_HEAD) + members.index(member) * self._look.px(_ROW)
                return QRectF(box.left(), top, box.width(), self._look.px(_ROW))
        return None

    def card_box(self, key: str) -> QRectF:
        return next(box for one, box in self._scrolled() if one == key)

    def lift(self, member: str) -> None:
        self.lifted = member
        self.over = self._team_of(member)
        self.viewport().update()

    def carry(self, key: str | None) -> None:
        """Over another card; its scores tell what it would be."""
        if key != self.over:
            self.over = key
            if key is not None:
                self._try(key)
            self._lay_out()

    def put_down(self, *, is_kept: bool = True) -> None:
        member, key, self.lifted, self.over = self.lifted, self.over, "", None
        self.shown = self.forming.formed
        if is_kept and member and key is not None:
            self.forming.move(member, key)
            self.person = member
        self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        pen = Pen(self._look, painter)
        painter.fillRect(event.rect(), pen.colour("panel"))
        formed, room = self.shown, QRectF(self.viewport().rect())
        if formed is None:
            self._draw_empty(pen, room)
        else:
            lineups = {one.key: one for one in formed.lineups}
            for key, box in self._scrolled():
                if box.intersects(room):
                    self._draw_card(pen, box, key, lineups.get(key), formed)
            self._draw_carried(pen)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        member = self._member_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and member:
            self._pressed = member, event.position()
            self.person = member
            self.board.choose(member)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        member, start = self._pressed
        self._at = event.position()
        if not self.lifted and (self._at - start).manhattanLength() >= self._look.px(_DRAG):
            self.lift(member)
        if self.lifted:
            self._scroll_at_edge(self._at.y())
            self.carry(self._card_at(self._at))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if self.lifted and event.button() == Qt.MouseButton.LeftButton:
            self.put_down(is_kept=self.over is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        by = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        if self.shown is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape and self.lifted:
            self.put_down(is_kept=False)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.person:
            self.put_down() if self.lifted else self.lift(self.person)
        elif key == Qt.Key.Key_Delete and self.person and not self.lifted:
            self.forming.move(self.person, NONE)
        elif key in by:
            self._carry_by(*by[key]) if self.lifted else self._walk(*by[key])
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().viewportEvent(event)

    def tip_at(self, at: QPointF) -> str:
        formed, key = self.shown, self._card_at(at)
        if formed is None or key is None:
            return ""
        member = self._member_at(at)
        unplaced = next((one for one in formed.unplaced if one.key == member), None)
        if unplaced is not None:
            return f"{unplaced.name}: {unplaced.reason}"
        lineup = next((one for one in formed.lineups if one.key == key), None)
        return "" if lineup is None else self._lineup_tip(lineup)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        everybody = [member for members in self.cards.values() for member in members]
        if self.person not in everybody:
            self.person = everybody[0] if everybody else ""
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _try(self, key: str) -> None:
        tried = self.forming.tried(self.lifted, key)
        self.shown = self.forming.formed if tried is None else tried

    def _team_of(self, member: str) -> str:
        return next((key for key, members in self.cards.items() if member in members), NONE)

    def _walk(self, dx: int, dy: int) -> None:
        """Down a card and on into the next one; sideways to the same row of the card beside."""
        cards = [(key, members) for key, members in self.cards.items() if members]
        where = [
            (c, r)
            for c, (_, members) in enumerate(cards)
            for r, one in enumerate(members)
            if one == self.person
        ]
        if not cards:
            return
        card, row = where[0] if where else (0, 0)
        if dx:
            card = min(max(0, card + dx), len(cards) - 1)
            row = min(row, len(cards[card][1]) - 1)
        else:
            flat = [(c, r) for c, (_, members) in enumerate(cards) for r in range(len(members))]
            card, row = flat[min(max(0, flat.index((card, row)) + dy), len(flat) - 1)]
        self.person = cards[card][1][row]
        self.board.choose(self.person)
        self._show(self.person)

    def _carry_by(self, dx: int, dy: int) -> None:
        keys = [key for key, _ in self._boxes]
        at = keys.index(self.over) if self.over in keys else 0
        self.carry(keys[min(max(0, at + (dx or dy * self._across)), len(keys) - 1)])
        self._show(self.lifted)

    def _show(self, member: str) -> None:
        box, bar = self.box_of(member), self.verticalScrollBar()
        if box is not None and box.top() < self._look.px(_HEAD):
            bar.setValue(bar.value() + round(box.top()) - self._look.px(_HEAD))
        elif box is not None and box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + round(box.bottom()) - self.viewport().height())
        if member:
            team = next(
                (one.name for one in (self.shown.lineups if self.shown else ()) if member in one.members),
                "no team",
            )
            self.setAccessibleDescription(f"{self.board.scene.name(member)}, in {team}")
        self.viewport().update()

    def _scroll_at_edge(self, y: float) -> None:
        edge, bar = self._look.px(24), self.verticalScrollBar()
        if y < edge:
            bar.setValue(bar.value() - edge // 2)
        elif y > self.viewport().height() - edge:
            bar.setValue(bar.value() + edge // 2)

    @property
    def _across(self) -> int:
        px = self._look.px
        return max(1, int((self.viewport().width() - px(_GAP)) / px(_CARD + _GAP)))

    def _lay_out(self) -> None:
        px, formed, across = self._look.px, self.shown, self._across
        self._boxes = []
        if formed is not None:
            wide = (self.viewport().width() - px(_GAP) * (across + 1)) / across
            keys = [key for key, members in self.cards.items() if key or members or self.lifted]
            top = float(px(_GAP))
            lineups = {one.key: one for one in formed.lineups}
            for start in range(0, len(keys), across):
                row = keys[start : start + across]
                high = max(self._height(key, lineups.get(key)) for key in row)
                for at, key in enumerate(row):
                    self._boxes.append((key, QRectF(px(_GAP) + at * (wide + px(_GAP)), top, wide, high)))
                top += high + px(_GAP)
        bottom = max((box.bottom() for _, box in self._boxes), default=0.0) + px(_GAP)
        bar = self.verticalScrollBar()
        bar.setSingleStep(px(_ROW))
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, round(bottom) - self.viewport().height()))
        self.viewport().update()

    def _height(self, key: str, lineup: Lineup | None) -> float:
        px = self._look.px
        faults = [] if lineup is None else self._faults(lineup)
        return px(_HEAD) + max(1, len(self.cards[key])) * px(_ROW) + len(faults) * px(_FAULT) + px(GRID)

    def _scrolled(self) -> list[tuple[str, QRectF]]:
        by = -float(self.verticalScrollBar().value())
        return [(key, box.translated(0, by)) for key, box in self._boxes]

    def _card_at(self, at: QPointF) -> str | None:
        return next((key for key, box in self._scrolled() if box.contains(at)), None)

    def _member_at(self, at: QPointF) -> str:
        key = self._card_at(at)
        for member in self.cards.get(key, ()) if key is not None else ():
            box = self.box_of(member)
            if box is not None and box.contains(at):
                return member
        return ""

    def _faults(self, lineup: Lineup) -> list[str]:
        zone = "UTC" if self.board.scene.event is None else self.board.scene.event.zone
        holes = [f"Nobody is free {span_at(span, zone)}" for span in lineup.holes[:2]]
        return [*lineup.faults, *holes]

    def _lineup_tip(self, one: Lineup) -> str:
        parts = [f"{title} {100 * getattr(one.score, name):.0f}" for name, title in _PART_TITLES.items()]
        lines = [f"{one.name}: {score_words(one.score.total)} of 100", ", ".join(parts)]
        if one.weakest is not None:
            first, second = (self.board.scene.name(key) for key in one.weakest)
            lines.append(f"{first} and {second} fit least.")
        return "\n".join([*lines, *self._faults(one)])

    def _draw_empty(self, pen: Pen, room: QRectF) -> None:
        words = self.forming.wrong or self.forming.why_not
        if self.forming.is_running:
            words = "Teams are being formed; the first ones stand here in a moment."
        words = words or f"{len(self.forming.candidates)} people have signed up. Form teams of them above."
        pen.wrap(room.adjusted(pen.px(16), pen.px(16), -pen.px(16), 0), words, Style("dim"), row=20)

    def _draw_card(self, pen: Pen, box: QRectF, key: str, lineup: Lineup | None, formed: Formation) -> None:
        px, is_over = pen.px, bool(self.lifted) and key == self.over
        pen.frame(box, "accent" if is_over else "line", "raised" if is_over else "")
        room = box.adjusted(px(PADDING), px(GRID), -px(PADDING), 0)
        line = QRectF(room.left(), room.top(), room.width(), px(18))
        if lineup is None:
            pen.write(line, "In no team", STRONG)
            below = QRectF(room.left(), line.bottom(), room.width(), px(16))
            count = len(formed.unplaced)
            pen.write(below, "why: point at somebody" if count else "put somebody here", NOTE)
        else:
            self._draw_score(pen, line, lineup)
            words = ", ".join(filter(None, (lineup.car, f"strength {lineup.strength:,.0f}")))
            pen.write(QRectF(room.left(), line.bottom(), room.width(), px(16)), words, NOTE)
        pen.fill(QRectF(room.left(), box.top() + px(_HEAD) - 2, room.width(), 1), "line")
        reasons = {one.key: one for one in formed.unplaced}
        top = box.top() + px(_HEAD)
        for member in self.cards[key]:
            self._draw_member(
                pen, QRectF(box.left(), top, box.width(), px(_ROW)), member, reasons.get(member)
            )
            top += px(_ROW)
        for fault in [] if lineup is None else self._faults(lineup):
            mark = QRectF(room.left(), top + px(5), px(6), px(6))
            pen.fill(mark, "bad")
            pen.write(
                QRectF(room.left() + px(10), top, room.width() - px(10), px(_FAULT)),
                fault,
                Style("bad", Type.NOTE),
            )
            top += px(_FAULT)

    def _draw_score(self, pen: Pen, line: QRectF, one: Lineup) -> None:
        """Name, and at the right what it is worth and by how much it is another now."""
        change = change_words(one.change)
        score = score_words(one.score.total)
        wide = pen.width(score, STRONG)
        pen.write(QRectF(line.right() - wide, line.top(), wide, line.height()), score, STRONG)
        right = line.right() - wide - pen.px(GRID)
        if change:
            is_better = change.startswith("+")
            words = f"{'▲' if is_better else '▼'} {change}"
            style = Style("good" if is_better else "bad", Type.NOTE, Weight.STRONG)
            room = pen.width(words, style)
            pen.write(QRectF(right - room, line.top(), room, line.height()), words, style)
            right -= room + pen.px(GRID)
        pen.write(QRectF(line.left(), line.top(), right - line.left(), line.height()), one.name, STRONG)

    def _draw_member(self, pen: Pen, box: QRectF, member: str, unplaced: Unplaced | None) -> None:
        px, one = pen.px, self.board.scene.attendant(member)
        if member == self.lifted:
            pen.fill(box.adjusted(1, 0, -1, 0), "accent", 0.16)
        elif member == self.person and self.hasFocus():
            pen.frame(box.adjusted(px(2), 1, -px(2), -1), "accent")
        room = box.adjusted(px(PADDING), 0, -px(PADDING), 0)
        rating = "" if one is None or one.member.rating is None else f"{one.member.rating:,}"
        free = "" if one is None or one.share is None else percent(one.share)
        right = room.right()
        for words, wide in ((rating, 44), (free, 40)):
            pen.write(
                QRectF(right - px(wide), room.top(), px(wide), room.height()),
                words,
                Style("dim", Type.NOTE, side="right"),
            )
            right -= px(wide)
        name = self.board.scene.name(member)
        ink = pen.write(QRectF(room.left(), room.top(), right - room.left() - px(GRID), room.height()), name)
        if unplaced is not None and right - ink.right() > px(60):
            left = ink.right() + px(PADDING)
            pen.write(QRectF(left, room.top(), right - left, room.height()), unplaced.reason, FAINT)

    def _draw_carried(self, pen: Pen) -> None:
        if not self.lifted or self._pressed is None:
            return
        name = self.board.scene.name(self.lifted)
        wide = pen.width(name, STRONG) + 2 * pen.px(PADDING)
        box = QRectF(self._at.x() + pen.px(8), self._at.y() - pen.px(10), wide, pen.px(20))
        pen.frame(box, "accent", "raised")
        pen.write(box.adjusted(pen.px(PADDING), 0, 0, 0), name, STRONG)
