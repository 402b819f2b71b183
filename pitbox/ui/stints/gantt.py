"""The plan over race time, under the mouse: blocks are dragged to other people, edges along the race."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.model.relay import Legs
from pitbox.planning.person_clock import clock, place
from pitbox.ui.scene import plan_edit
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_words import at_words, clock_words, countdown_words, leg_tip, leg_words, start_words
from pitbox.ui.scene.span import Span
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Ink, Pen, Spot, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.stints.board import Edit, StintBoard
from pitbox.ui.stints.chips import Chips, ExportChip
from pitbox.ui.stints.ganttpaint import LABEL, Block, GanttPainter, Lane
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_STATUS = 24
_GRIP, _DRAG_PX = 5, 3
_ZOOM, _PAN = 1.25, 0.1
_EMPTY = "Who drives when stands here: a lane for each driver over the race, with stints that can be dragged."
_PRESENT, _LIVE = "this page shows the plan and the race as they are now", "Go live"

Action = tuple[str, Callable[[], None]]
"""A button's title and what it does."""


class Grip(msgspec.Struct, frozen=True):
    """What the mouse took hold of."""

    key: str
    is_edge: bool
    at: QPointF
    shift_s: float = 0.0


class Ground(NamedTuple):
    """What lies under the blocks, and of what it is the picture."""

    mark: object
    pixmap: QPixmap
    spots: tuple[Spot, ...]
    inks: tuple[Ink, ...]


class GanttPanel(Panel):
    def __init__(
        self,
        stage: Stage,
        board: StintBoard,
        actions: Callable[[], list[Action]],
        ask_file: Callable[[str], None],
    ) -> None:
        """`actions`: what can be done where nothing is planned, as titles and deeds; `ask_file`: by kind."""
        super().__init__(stage)
        self.board, self._actions = board, actions
        self.painter: GanttPainter | None = None
        self._zoom: Span | None = None
        self._ground: Ground | None = None
        self._first, self._followed = 0, ""
        self.count = Words(tone="accent")
        self.chips = Chips(stage, board)
        self.export = ExportChip(ask_file)
        self.bar_parts = [self.chips, self.count, self.export]
        self.picture = GanttPicture(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture, 1)
        self.setFocusProxy(self.picture)
        board.changed.connect(self.refresh)
        board.dragged.connect(self.refresh)
        board.replaced.connect(self.fit)
        stage.look_back.changed.connect(self.picture.renew)
        self.refresh()

    def refresh(self) -> None:
        self.count.tell(self._countdown())
        self.export.setVisible(self.board.base is not None)
        if self.board.at != self._followed:
            self._followed = self.board.at
            self._follow_lane()
        self.picture.renew()

    @property
    def whole(self) -> Span:
        scene = self.board.scene
        if scene is None:
            return Span(0.0, 3600.0)
        end_s = max([scene.relay.length_s, *(leg.end_s for leg in scene.legs)])
        return Span(0.0, max(60.0, end_s))

    @property
    def span(self) -> Span:
        return self.whole if self._zoom is None else self._zoom.kept(self.whole)

    def fit(self) -> None:
        self._show(None)

    def zoom(self, factor: float, around_s: float | None = None) -> None:
        leg = self.board.leg
        if around_s is None:
            around_s = self.span.at(0.5) if leg is None else leg.start_s
        self._show(self.span.zoomed(factor, around_s, self.whole))

    def pan(self, share: float) -> None:
        self._show(self.span.moved(share * self.span.length_s, self.whole))

    def follow_pick(self) -> None:
        """The stint that the keys act on is never out of sight."""
        self._follow_lane()
        leg = self.board.leg
        if leg is None or self._zoom is None or self.span.begin_s <= leg.start_s < self.span.end_s:
            return
        self._show(self.span.moved(leg.start_s - self.span.at(0.3), self.whole))

    def scroll_lanes(self, by: int) -> None:
        """So many lanes down, where not all of them have room."""
        drawn = self.painter
        if drawn is not None:
            first = max(0, min(drawn.first + by, drawn.lane_count - len(drawn.lanes)))
            if first != drawn.first:
                self._first = first
                self.picture.renew()

    def _follow_lane(self) -> None:
        """The lane of the stint that the keys act on is in sight."""
        drawn, leg, scene = self.painter, self.board.leg, self.board.scene
        if drawn is None or leg is None or scene is None or len(drawn.lanes) >= drawn.lane_count:
            return
        at = drawn.number_of(leg.driver)
        if at is not None:
            self.scroll_lanes(min(0, at - drawn.first) or max(0, at - drawn.first - len(drawn.lanes) + 1))

    def _show(self, span: Span | None) -> None:
        self._zoom = None if span is None or span.length_s >= self.whole.length_s - 1.0 else span
        self.picture.renew()

    def _countdown(self) -> str:
        """When the car stops, and who is next."""
        scene = self.board.scene
        driving = "" if scene is None else next((one.driver for one in scene.legs if one.is_driving), "")
        if scene is None or scene.now.next_in_s is None:
            is_over = scene is not None and scene.is_over
            last = f"{scene.name(driving)} drives to the flag" if scene is not None and driving else ""
            return "The race is over" if is_over else last
        leg = scene.leg(scene.now.next_leg)
        name = "Next stint" if leg is None else scene.name(leg.driver) or "Nobody"
        when = countdown_words(scene.now.next_in_s)
        if leg is not None and leg.driver == driving:
            return f"Stop in {when}, {name} stays in"
        return f"{name} in {when}"

    def draw(self, pen: Pen, box: QRectF) -> float:
        scene, pad = self.board.scene, pen.px(PADDING)
        inner = box.adjusted(pad, 0, -pad, -pen.px(GRID))
        self.painter = None
        if scene is None or not scene.people:
            return self._draw_empty(pen, inner, scene)
        if not self.stage.look_back.is_live:
            inner.setTop(self._draw_present(pen, inner))
        head = QRectF(inner.left(), inner.top(), inner.width(), pen.px(_STATUS))
        self._status(pen, head, scene)
        body = inner.adjusted(0, pen.px(_STATUS), 0, 0)
        is_moving = self.board.preview is not None
        self.painter = GanttPainter(
            pen, body, scene, self.span, self.board.at, is_moving=is_moving, first=self._first
        )
        self._draw_ground(pen, self.painter)
        self.painter.draw()
        return box.bottom()

    def _draw_present(self, pen: Pen, box: QRectF) -> float:
        """While the window looks back: a plan is worked on now, so this page does not go with it."""
        wished_s, green = self.stage.look_back.wished_s, self.stage.green
        when = "" if wished_s is None or green is None else f" at {at_words(wished_s - green.sim_time_s)}"
        row = QRectF(box.left(), box.top() + pen.px(GRID), box.width(), pen.px(_STATUS))
        wide = pen.width(_LIVE, NOTE) + 2 * pen.px(PADDING)
        words = f"\u25b2 You look back{when}: {_PRESENT}"
        pen.write(row.adjusted(0, 0, -wide - pen.px(PADDING), 0), words, Style("warn", weight=Weight.STRONG))
        tip = "Bring the other pages back to the race as it runs"
        pen.button(row.right() - wide, row.top(), _LIVE, tip, self.stage.look_back.go_live)
        return row.bottom() + pen.px(GRID)

    def _draw_ground(self, pen: Pen, drawn: GanttPainter) -> None:
        """Once for all that lies on it: no edit of the plan changes it."""
        painter, ground = pen.painter, self._ground
        if painter is None:
            drawn.draw_ground()
            return
        mark, ratio = drawn.ground_mark, self.picture.devicePixelRatioF()
        if ground is None or ground.mark != mark:
            pixmap = QPixmap(self.picture.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            under = QPainter(pixmap)
            pen.painter, spots, inks = under, len(pen.spots), len(pen.inks)
            drawn.draw_ground()
            under.end()
            pen.painter = painter
            ground = self._ground = Ground(mark, pixmap, tuple(pen.spots[spots:]), tuple(pen.inks[inks:]))
        else:
            pen.spots += ground.spots
            pen.inks += ground.inks
        painter.drawPixmap(0, 0, ground.pixmap)

    def _draw_empty(self, pen: Pen, box: QRectF, scene: PlanScene | None) -> float:
        pad = pen.px(PADDING)
        words = self.board.trouble or _EMPTY
        if scene is not None:
            words = f"Nobody is in {scene.team.name} yet. Who is put into it has a lane here."
        room = box.adjusted(pad, 2 * pad, -pad, 0)
        top = pen.wrap(room, words, Style("dim", Type.STRONG), row=20) + pad
        left = room.left()
        for at, (title, run) in enumerate(self._actions()):
            left = pen.button(left, top, title, title, run, is_first=at == 0) + pad
        return top + pen.px(24)

    def _status(self, pen: Pen, box: QRectF, scene: PlanScene) -> None:
        """What is planned, and the stint that is picked, in words."""
        where = f"{scene.event} · {scene.team.name} · {start_words(scene)}"
        leg = self.board.leg
        words = "" if leg is None else leg_words(scene, leg, pen.look.taste.units)
        style = Style(weight=Weight.STRONG, side="right")
        wide = min(pen.width(words, style), box.width())
        room = box.width() - wide - pen.px(2 * PADDING)
        if room > pen.px(120):
            pen.write(QRectF(box.left(), box.top(), room, box.height()), where, NOTE)
        pen.write(QRectF(box.right() - wide - 1, box.top(), wide + 1, box.height()), words, style)


class GanttPicture(Picture):
    def __init__(self, panel: GanttPanel) -> None:
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
