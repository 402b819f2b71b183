"""The plan under the mouse: blocks are dragged to other people, edges along the race; the cursor over it."""

from functools import partial
from typing import Protocol

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent

from pitbox.model.relay import Legs
from pitbox.planning.person_clock import clock, place
from pitbox.ui.scene import plan_edit
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_words import at_words, clock_words, leg_tip
from pitbox.ui.shell.pen import NOTE, Pen, Spot, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import Edit, StintBoard
from pitbox.ui.stints.ganttpaint import LABEL, Block, GanttPainter, Lane
from pitbox.ui.theme.token import PADDING, Type

_GRIP, _DRAG_PX = 5, 3
_ZOOM, _PAN = 1.25, 0.1


class GanttSheet(Protocol):
    """Whose picture it is: what is drawn, and how it is zoomed and scrolled."""

    stage: Stage
    board: StintBoard
    painter: GanttPainter | None

    def draw(self, pen: Pen, box: QRectF) -> float: ...

    def zoom(self, factor: float, around_s: float | None = None) -> None: ...

    def pan(self, share: float) -> None: ...

    def scroll_lanes(self, by: int) -> None: ...


class Grip(msgspec.Struct, frozen=True):
    """What the mouse took hold of."""

    key: str
    is_edge: bool
    at: QPointF
    shift_s: float = 0.0


class GanttPicture(Picture):
    def __init__(self, panel: GanttSheet) -> None:
        super().__init__(panel.stage.look, "Stint plan over race time", panel.draw)
        self._panel, self._board = panel, panel.board
        self._grip: Grip | None = None
        self._cursor: QPointF | None = None

    def draw_over(self, painter: QPainter, event: QPaintEvent) -> None:  # noqa: ARG002
        """The cursor, and at it everybody's own clock."""
        drawn, scene = self._panel.painter, self._board.scene
        if drawn is None or scene is None or not drawn.lanes:
            return
        pen = Pen(self.look, painter)
        race_s = self._cursor_s(drawn)
        if race_s is not None:
            self._draw_cursor(pen, drawn, scene, race_s)
        shown_s = race_s if race_s is not None else scene.now.race_s
        leg = self._board.leg
        if shown_s is None:
            shown_s = 0.0 if leg is None else leg.start_s
        if scene.green_utc_s is None:
            return
        for lane in drawn.lanes:
            self._draw_clock(pen, lane, scene.green_utc_s + shown_s)

    def _cursor_s(self, drawn: GanttPainter) -> float | None:
        cursor = self._cursor
        if cursor is None or not drawn.axis.left <= cursor.x() <= drawn.axis.right:
            return None
        return drawn.axis.at(cursor.x())

    def _draw_cursor(self, pen: Pen, drawn: GanttPainter, scene: PlanScene, race_s: float) -> None:
        x, low = drawn.axis.x(race_s), drawn.lanes[-1].bottom
        pen.fill(QRectF(round(x), drawn.lanes[0].top, 1, low - drawn.lanes[0].top), "dim")
        words = at_words(race_s)
        utc = clock_words(scene, race_s)
        words = f"{words} · {utc}" if utc else words
        wide = pen.width(words, NOTE) + pen.px(PADDING)
        left = min(max(drawn.axis.left, x - wide / 2), drawn.axis.right - wide)
        box = QRectF(left, low, wide, pen.px(18))
        pen.fill(box, "raised")
        pen.write(box, words, Style("text", Type.NOTE, side="middle"))

    def _draw_clock(self, pen: Pen, lane: Lane, utc_s: float) -> None:
        px, height = pen.px, lane.bottom - lane.top
        left = self.look.px(PADDING)
        is_tall = height >= px(42)
        zone = lane.person.zone
        if is_tall:
            top = lane.top + height / 2
            box = QRectF(left + px(PADDING), top, px(LABEL - 2 * PADDING), px(18))
            pen.write(box, f"{clock(utc_s, zone)} {place(zone)}", NOTE)
        else:
            box = QRectF(left + px(86), lane.top, px(36), height)
            pen.write(box, clock(utc_s, zone), NOTE)

    def block_at(self, where: QPointF) -> Block | None:
        self._painted()
        drawn = self._panel.painter
        near = self.look.px(_GRIP)
        found = (
            []
            if drawn is None
            else [
                b
                for b in drawn.blocks
                if b.top <= where.y() < b.bottom and b.left - near <= where.x() <= b.right + near
            ]
        )
        return min(found, key=lambda b: abs((b.left + b.right) / 2 - where.x()), default=None)

    def grip_at(self, where: QPointF) -> Grip | None:
        """An edge is taken by whichever side of it; the left one is the end of the stint before."""
        block, drawn, scene = self.block_at(where), self._panel.painter, self._board.scene
        if block is None or drawn is None or scene is None:
            return None
        near, keys = self.look.px(_GRIP), [leg.key for leg in scene.legs]
        if abs(where.x() - block.right) <= near:
            return Grip(block.key, True, where, drawn.axis.at(block.right) - drawn.axis.at(where.x()))
        at = keys.index(block.key) if block.key in keys else 0
        if abs(where.x() - block.left) <= near and at > 0:
            before = scene.legs[at - 1]
            return Grip(before.key, True, where, before.end_s - drawn.axis.at(where.x()))
        return Grip(block.key, False, where)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._grip = self.grip_at(event.position())
        if self._grip is not None:
            block = self.block_at(event.position())
            self._board.pick(self._grip.key if block is None else block.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        grip = self._grip
        if grip is None:
            super().mouseMoveEvent(event)
            self._point(event.position())
            self.update()
        elif (event.position() - grip.at).manhattanLength() > _DRAG_PX:
            self._scroll_at(grip, event.position())
            self._board.try_out(self._move(grip, event.position()))

    def _scroll_at(self, grip: Grip, where: QPointF) -> None:
        """A hand above the first lane, or below the last one, wants one that has no room."""
        drawn = self._panel.painter
        if drawn is not None and drawn.lanes and not grip.is_edge:
            by = int(where.y() >= drawn.lanes[-1].bottom) - int(where.y() < drawn.lanes[0].top)
            self._panel.scroll_lanes(by)

    def tip_of(self, spot: Spot) -> str:
        scene = self._board.scene
        leg = None if scene is None else scene.leg(spot.tip)
        if scene is None or leg is None:
            return super().tip_of(spot)
        return leg_tip(scene, leg, self.look.taste.units)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grip, self._grip = self._grip, None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if grip is None:
            super().mouseReleaseEvent(event)
            return
        self._board.let_go("move the end of a stint" if grip.is_edge else "move a stint")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A stop in the middle of the stint."""
        block = self.block_at(event.position())
        if block is not None:
            self._board.edit("split a stint", lambda scene: plan_edit.split(scene.now, block.key))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms; sideways, or with Shift, it goes along the race; over the names it scrolls the lanes."""
        by, aside = event.angleDelta().y(), event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by, aside = 0, aside or by
        drawn = self._panel.painter
        if aside:
            self._panel.pan(-aside / 120 * _PAN)
        elif by and drawn is not None and event.position().x() < drawn.axis.left:
            self._panel.scroll_lanes(-1 if by > 0 else 1)
        elif by and drawn is not None:
            self._panel.zoom(_ZOOM ** (-by / 120), drawn.axis.at(event.position().x()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._cursor = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) == Qt.Key.Key_Escape and self._grip is not None:
            self._grip = None
            self._board.let_go("", is_kept=False)
            return
        super().keyPressEvent(event)

    def _move(self, grip: Grip, where: QPointF) -> Edit:
        """To another lane it is given, along the race it changes its place in the order."""
        drawn = self._panel.painter
        assert drawn is not None
        at_s = drawn.axis.at(where.x()) + grip.shift_s
        lane = next((lane for lane in drawn.lanes if lane.top <= where.y() < lane.bottom), None)
        if grip.is_edge:
            return lambda scene: plan_edit.bounded(scene.now, grip.key, at_s)
        return partial(_moved, grip.key, "" if lane is None else lane.person.key, at_s)

    def _point(self, where: QPointF) -> None:
        grip = self.grip_at(where)
        if grip is not None:
            self.setCursor(Qt.CursorShape.SizeHorCursor if grip.is_edge else Qt.CursorShape.OpenHandCursor)


def _moved(key: str, driver: str, at_s: float, scene: PlanScene) -> Legs:
    leg, now = scene.leg(key), scene.now
    if leg is None:
        return scene.legs
    if driver and driver != leg.driver:
        now = msgspec.structs.replace(now, legs=plan_edit.given(now, key, driver))
    if leg.start_s <= at_s < leg.end_s:
        return now.legs
    to = sum(one.key != key and (one.start_s + one.end_s) / 2 < at_s for one in now.legs)
    return plan_edit.placed(now, key, to)
