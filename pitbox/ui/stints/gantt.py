"""The plan over race time: a lane for each driver, zoomed and scrolled, and the words above them."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QVBoxLayout

from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_words import at_words, countdown_words, leg_words, start_words
from pitbox.ui.scene.span import Span
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Ink, Pen, Spot, Style
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.stints.chips import Chips, ExportChip
from pitbox.ui.stints.gantthand import GanttPicture
from pitbox.ui.stints.ganttpaint import GanttPainter
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_STATUS = 24
_EMPTY = "Who drives when stands here: a lane for each driver over the race, with stints that can be dragged."
_PRESENT, _LIVE = "this page shows the plan and the race as they are now", "Go live"

Action = tuple[str, Callable[[], None]]
"""A button's title and what it does."""


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
