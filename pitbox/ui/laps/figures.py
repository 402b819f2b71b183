"""One channel against another over what the traces show: a scatter, the circle of grip, or a histogram."""

from functools import partial

import msgspec
import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QVBoxLayout

from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.formula import FormulaError
from pitbox.ui.laps.board import Ask, LapBoard, no_channel
from pitbox.ui.laps.ink import bgr, lap_tone
from pitbox.ui.scene.lap_column import paint_points
from pitbox.ui.scene.lap_layout import DELTA
from pitbox.ui.scene.lap_strip import values_of
from pitbox.ui.scene.lap_unit import Scale, friendly, scale_of
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID, PADDING

KINDS = ("Scatter", "G-G", "Histogram")
_COMMON = ("Speed", "Throttle", "Brake", "SteeringWheelAngle", "LatAccel", "LongAccel", "RPM", "Gear")
_BINS = 40
_LEFT, _BOTTOM, _BAR = 52, 34, 28
_EMPTY = "Any channel against any other stands here, over the stretch that the traces show."


class FigureChoice(msgspec.Struct, frozen=True):
    kind: str = "G-G"
    across: str = "Speed"
    up: str = "SteeringWheelAngle"

    @property
    def names(self) -> tuple[str, ...]:
        if self.kind == "G-G":
            return "LatAccel", "LongAccel"
        return (self.across,) if self.kind == "Histogram" else (self.across, self.up)


class FigurePicture(Picture):
    def __init__(self, stage: Stage, board: LapBoard, ask: Ask) -> None:
        super().__init__(stage.look, "Figures of laps", self._draw_figure)
        self.stage, self.board, self._ask = stage, board, ask
        self.choice = stage.memory.recall("laps.figure", FigureChoice) or FigureChoice()
        if self.choice.kind not in KINDS:
            self.choice = FigureChoice()
        board.extra = self.choice.names
        for signal in (board.drawn, board.picked, board.zoomed):
            signal.connect(self.renew)

    def choose(self, **changes: str) -> None:
        self.choice = msgspec.structs.replace(self.choice, **changes)
        self.stage.memory.keep("laps.figure", self.choice)
        self.board.demand(self.choice.names)
        self.renew()

    def _choose_kind(self, kind: str) -> None:
        self.choose(kind=kind)

    def turn(self) -> None:
        """To the next kind."""
        self.choose(kind=KINDS[(KINDS.index(self.choice.kind) + 1) % len(KINDS)])

    def offer(self, field: str) -> None:
        """Channels on show and common ones; any other by its name."""
        menu = QMenu(self)
        names = dict.fromkeys((*(one for one in self.board.layout.strips if one != DELTA), *_COMMON))
        for name in names:
            menu.addAction(friendly(name)).triggered.connect(
                lambda _=False, name=name: self.choose(**{field: name})
            )
        menu.addSeparator()
        menu.addAction("Another channel ...").triggered.connect(lambda: self.ask_channel(field))
        menu.popup(self.mapToGlobal(self.rect().topLeft()))

    def ask_channel(self, field: str) -> None:
        self._ask("Name of the channel", "", lambda text: self.take(field, text))

    def take(self, field: str, text: str) -> None:
        """Whatever its capitals."""
        known = [one.name for one in (self.board.list.channels if self.board.list else ())]
        known += list(self.board.layout.formulas)
        found = next((name for name in known if name.casefold() == text.casefold()), None)
        if found is None:
            self.stage.notices.tell(no_channel(text, known))
        else:
            self.choose(**{field: found})

    def _draw_figure(self, pen: Pen, box: QRectF) -> float:
        pad, left = pen.px(PADDING), box.left() + pen.px(PADDING)
        top = box.top() + pen.px(GRID)
        for kind in KINDS:
            run = partial(self._choose_kind, kind)
            left = pen.button(left, top, kind, kind, run, is_first=kind == self.choice.kind) + pen.px(GRID)
        laps = self.board.set
        room = box.adjusted(pen.px(_LEFT), pen.px(_BAR + GRID), -pad, -pen.px(_BOTTOM))
        if laps is None or not laps.laps:
            return pen.wrap(
                box.adjusted(2 * pad, pen.px(_BAR) + pad, -2 * pad, 0), _EMPTY, Style("dim"), row=20
            )
        try:
            values = [self._values(one.lap) for one in laps.laps]
        except FormulaError as error:
            return pen.wrap(
                box.adjusted(2 * pad, pen.px(_BAR) + pad, -2 * pad, 0), str(error), Style("dim"), row=20
            )
        if self.choice.kind == "Histogram":
            self._histogram(pen, room, [one[0] for one in values], [one.lap for one in laps.laps])
        else:
            self._scatter(pen, room, values)
        return box.bottom()

    def _scale(self, name: str) -> Scale:
        if name in self.board.layout.formulas:
            return Scale()
        units = {} if self.board.list is None else {one.name: one.unit for one in self.board.list.channels}
        return scale_of(name, units.get(name, ""), self.look.taste.units)

    def _values(self, lap: DrivenLap) -> list[np.ndarray]:
        begin, end = self.board.span
        is_in = (lap.pct >= begin) & (lap.pct <= end)
        found = []
        for name in self.choice.names:
            scale = self._scale(name)
            found.append(values_of(lap, name, self.board.layout)[is_in] * scale.factor + scale.offset)
        return found

    def _scatter(self, pen: Pen, room: QRectF, values: list[list[np.ndarray]]) -> None:
        across, up = (_reach([one[axis] for one in values]) for axis in (0, 1))
        far = 0.0
        if self.choice.kind == "G-G":  # both alike, around nothing
            far = _grip_reach(values)
            across = up = (-far, far)
            side = min(room.width(), room.height())
            room = QRectF(room.center().x() - side / 2, room.top(), side, side)
        if pen.painter is None or room.width() < 8 or room.height() < 8:
            return
        ratio = self.devicePixelRatioF()
        image = np.empty((round(room.height() * ratio), round(room.width() * ratio), 4), np.uint8)
        image[:] = (*bgr(self.look.palette.panel), 255)
        self._cross(image, across, up)
        laps = self.board.set
        assert laps is not None
        for one, (x, y) in reversed(list(zip(laps.laps, values, strict=True))):
            at_x = (x - across[0]) / (across[1] - across[0]) * image.shape[1]
            at_y = (up[1] - y) / (up[1] - up[0]) * image.shape[0]
            paint_points(image, at_x, at_y, bgr(lap_tone(self.look, one.at)), max(2, self.look.px(2)))
        made = QImage(
            image.data, image.shape[1], image.shape[0], image.strides[0], QImage.Format.Format_RGB32
        )
        pen.painter.drawImage(room, made.copy())
        beyond = sum(int((np.maximum(abs(x), abs(y)) > far).sum()) for x, y in values) if far else 0
        if beyond:
            note = msgspec.structs.replace(NOTE, side="right")
            pen.write(QRectF(room.left(), room.top(), room.width(), pen.px(14)), f"{beyond:,} beyond", note)
        self._axes(pen, room, across, up, self.choice.names[1])

    def _cross(self, image: np.ndarray, across: tuple[float, float], up: tuple[float, float]) -> None:
        line = bgr(self.look.palette.line)
        if across[0] < 0 < across[1]:
            image[:, int(-across[0] / (across[1] - across[0]) * (image.shape[1] - 1)), :3] = line
        if up[0] < 0 < up[1]:
            image[int(up[1] / (up[1] - up[0]) * (image.shape[0] - 1)), :, :3] = line

    def _histogram(self, pen: Pen, room: QRectF, values: list[np.ndarray], laps: list[DrivenLap]) -> None:
        """The share of the time, not of the samples: rates differ."""
        low, high = _reach(values)
        edges = np.linspace(low, high, _BINS + 1)
        shares = []
        for value, lap in zip(values, laps, strict=True):
            begin, end = self.board.span
            is_in = (lap.pct >= begin) & (lap.pct <= end)
            seconds = np.gradient(lap.t_s)[is_in]
            count, _ = np.histogram(value, edges, weights=seconds)
            shares.append(count / max(1e-9, float(seconds.sum())) * 100)
        most = max(float(share.max()) for share in shares) * 1.05 or 1.0
        width = room.width() / _BINS
        found = self.board.set
        assert found is not None
        for one, share in reversed(list(zip(found.laps, shares, strict=True))):
            points = []
            for at, value in enumerate(share):
                y = room.bottom() - float(value) / most * room.height()
                points += [QPointF(room.left() + at * width, y), QPointF(room.left() + (at + 1) * width, y)]
            pen.stroke(points, lap_tone(self.look, one.at), 1.75 if one.at in (0, self.board.focus) else 1.25)
        self._axes(pen, room, (low, high), (0.0, most), "")

    def _axes(
        self, pen: Pen, room: QRectF, across: tuple[float, float], up: tuple[float, float], up_name: str
    ) -> None:
        px, right = pen.px, msgspec.structs.replace(NOTE, side="right")
        pen.fill(QRectF(room.left(), room.bottom(), room.width(), 1), "line")
        pen.fill(QRectF(room.left() - 1, room.top(), 1, room.height()), "line")
        scale = self._scale(self.choice.names[0])
        plain = msgspec.structs.replace(scale, factor=1.0, offset=0.0)
        below = QRectF(room.left(), room.bottom() + px(1), room.width(), px(14))
        pen.write(below, plain.words(across[0]), NOTE)
        pen.write(below, plain.words(across[1]), right)
        upright = (
            Scale(places=0)
            if not up_name
            else msgspec.structs.replace(self._scale(up_name), factor=1.0, offset=0.0)
        )
        side = QRectF(room.left() - px(_LEFT - 2), room.top(), px(_LEFT - 6), px(14))
        pen.write(side, upright.words(up[1]), right)
        side.moveTop(room.bottom() - px(14))
        pen.write(side, upright.words(up[0]), right)
        title = f"{friendly(self.choice.names[0])} {scale.unit}".strip()
        foot = QRectF(room.left(), room.bottom() + px(15), room.width(), px(16))
        middle = Style("accent" if self.choice.kind != "G-G" else "dim", NOTE.size, side="middle")
        ink = pen.write(foot, title, middle)
        if self.choice.kind != "G-G":
            pen.spot(ink, "Choose the channel", lambda: self.offer("across"))
        name = f"{friendly(up_name)} {upright.unit}".strip() if up_name else "% of the time"
        head = QRectF(room.left() + px(GRID), room.top(), room.width() - px(GRID), px(14))
        style = Style("accent" if self.choice.kind == "Scatter" else "dim", NOTE.size)
        ink = pen.write(head, name, style)
        if self.choice.kind == "Scatter":
            pen.spot(ink, "Choose the channel", lambda: self.offer("up"))


def _reach(values: list[np.ndarray]) -> tuple[float, float]:
    known = [one[np.isfinite(one)] for one in values]
    known = [one for one in known if len(one)]
    if not known:
        return 0.0, 1.0
    low, high = min(float(one.min()) for one in known), max(float(one.max()) for one in known)
    air = (high - low) * 0.04 or 1.0
    return low - air, high + air


def _grip_reach(values: list[list[np.ndarray]]) -> float:
    """All but the hardest knocks: a kerb or a wall shall not make the circle a dot."""
    pushes = np.abs(np.concatenate([axis[np.isfinite(axis)] for one in values for axis in one]))
    if not len(pushes):
        return 1.0
    most = float(pushes.max())
    usual = float(np.quantile(pushes, 0.995))
    return (most if most < 1.5 * usual else usual * 1.15) * 1.04 or 1.0


class FigurePanel(Panel):
    def __init__(self, stage: Stage, board: LapBoard, ask: Ask) -> None:
        super().__init__(stage)
        self.picture = FigurePicture(stage, board, ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture)
        self.setFocusProxy(self.picture)
