"""The picture of all traces: painted once for a stretch of the lap; cursor and figures move over it."""

import msgspec
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap

from pitbox.ui.laps.ink import bgr, lap_tone
from pitbox.ui.scene.lap_axis import LapAxis
from pitbox.ui.scene.lap_column import columns_of, paint
from pitbox.ui.scene.lap_fault import Fault
from pitbox.ui.scene.lap_layout import DELTA
from pitbox.ui.scene.lap_strip import Strip, StripLap
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

LEFT, FOOT = 92, 20
DELTA_SHARE, _AIR = 1.4, 3
_MARK_ROOM, _LINE = 84, 15
_TINT = 0.14
_TITLE = Style("text", Type.NOTE, Weight.STRONG)


class Band(msgspec.Struct, frozen=True, eq=False):
    """Where one strip stands, in logical pixels."""

    strip: Strip
    top: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def y(self, values: np.ndarray, scale: float = 1.0) -> np.ndarray:
        """From the band's own upper edge."""
        room = self.height - 2 * _AIR
        share = (self.strip.high - values) / (self.strip.high - self.strip.low)
        found: np.ndarray = (_AIR + share * room) * scale
        return found


def bands_of(strips: tuple[Strip, ...], top: float, room: float) -> tuple[Band, ...]:
    """The delta is the main trace: it gets more than its share."""
    weights = [DELTA_SHARE if strip.name == DELTA else 1.0 for strip in strips]
    found = []
    for strip, weight in zip(strips, weights, strict=True):
        height = room * weight / sum(weights)
        found.append(Band(strip, round(top), round(top + height) - round(top)))
        top += height
    return tuple(found)


def paint_traces(
    look: Look,
    bands: tuple[Band, ...],
    axis: LapAxis,
    body: QRectF,
    *,
    ratio: float,
    focus: int,
    faults: tuple[Fault, ...] = (),
) -> QPixmap:
    """Of the body alone, so that a zoom costs nothing but this."""
    width, height = round(body.width() * ratio), round(body.height() * ratio)
    image = np.empty((max(1, height), max(1, width), 4), np.uint8)
    image[:] = (*bgr(look.palette.panel), 255)
    _shade(image, axis, faults, look)
    _grid(image, bands, axis, body, ratio=ratio, look=look)
    for band in bands:
        first = round((band.top - body.top()) * ratio)
        part = image[first : first + round(band.height * ratio)]
        _band(part, band, axis, ratio=ratio, look=look, focus=focus)
    made = QImage(image.data, image.shape[1], image.shape[0], image.strides[0], QImage.Format.Format_RGB32)
    pixmap = QPixmap.fromImage(made)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _shade(image: np.ndarray, axis: LapAxis, faults: tuple[Fault, ...], look: Look) -> None:
    """Stretches of mistakes, faintly, behind all lines."""
    panel, bad = (np.array(bgr(tone), np.float64) for tone in (look.palette.panel, look.palette.bad))
    tint = (panel + (bad - panel) * _TINT).astype(np.uint8)
    width = image.shape[1]
    for fault in faults:
        ends = np.array([axis.of_share(fault.begin), axis.of_share(fault.end)])
        first, last = np.clip(axis.x(ends, width), 0, width).astype(int)
        image[:, first : max(first + 1, last) if first < width else first, :3] = tint


def _grid(
    image: np.ndarray, bands: tuple[Band, ...], axis: LapAxis, body: QRectF, *, ratio: float, look: Look
) -> None:
    raised, line = bgr(look.palette.raised), bgr(look.palette.line)
    for value, _ in axis.marks(body.width() / look.px(_MARK_ROOM), look.taste.units):
        x = int(axis.x(np.array([value]), image.shape[1])[0])
        if 0 <= x < image.shape[1]:
            image[:, x, :3] = raised
    for band in bands:
        below = round((band.bottom - body.top()) * ratio) - 1
        if below < image.shape[0]:
            image[below, :, :3] = line
        zero = band.y(np.zeros(1), ratio)[0] + (band.top - body.top()) * ratio
        if band.strip.low < 0 < band.strip.high and 0 <= zero < image.shape[0]:
            image[int(zero), :, :3] = line


def _band(part: np.ndarray, band: Band, axis: LapAxis, *, ratio: float, look: Look, focus: int) -> None:
    """The lap that is spoken of lies above the others, the reference below them."""
    width = part.shape[1]
    for lap in sorted(band.strip.laps, key=lambda one: (one.at == focus, one.at)):
        values, x = _seen(lap, axis, width)
        if not len(x):
            continue
        columns = columns_of(x, band.y(values, ratio), width, is_stepped=lap.is_stepped)
        is_thick = lap.at in (0, focus)
        half = (0.85 if is_thick else 0.6) * look.theme.scale * ratio
        paint(part, columns, bgr(lap_tone(look, lap.at)), half)


def _seen(lap: StripLap, axis: LapAxis, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples in the stretch and one at each side of it."""
    places = lap.t_s if axis.is_by_time else lap.pct
    first = max(0, int(np.searchsorted(places, axis.begin)) - 1)
    behind = int(np.searchsorted(places, axis.end, side="right")) + 1
    return lap.y[first:behind], axis.x(places[first:behind], width)


def paint_sides(pen: Pen, bands: tuple[Band, ...], body: QRectF, chosen: str) -> None:
    """Names and units at the left."""
    px = pen.px
    for band in bands:
        left = QRectF(px(PADDING), band.top + px(2), px(LEFT - PADDING - GRID), px(_LINE))
        if band.strip.name == chosen:
            pen.fill(QRectF(0, band.top, px(2), band.height - 1), "accent")
        pen.write(left, band.strip.title, _TITLE)
        if band.height >= px(3 * _LINE):
            scale = band.strip.scale
            right = msgspec.structs.replace(NOTE, side="right")
            top = QRectF(left.left(), band.top + px(_LINE), left.width(), px(_LINE))
            pen.write(top, scale.unit, NOTE)
            if band.strip.laps:
                pen.write(top, scale.words(band.strip.most), right)
            if band.strip.laps and not band.strip.is_level:
                low = QRectF(left.left(), band.bottom - px(_LINE + 2), left.width(), px(_LINE))
                pen.write(low, scale.words(band.strip.least), right)
        if band.strip.why and not band.strip.laps:
            room = QRectF(body.left() + px(PADDING), band.top, body.width() - 2 * px(PADDING), band.height)
            pen.write(room, band.strip.why[0], Style("dim"))


def paint_marks(pen: Pen, axis: LapAxis, body: QRectF, around: QRectF) -> None:
    """Round places, but for those that what stands in `around` would cut."""
    px, units = pen.px, pen.look.taste.units
    middle = msgspec.structs.replace(NOTE, side="middle")
    half = px(_MARK_ROOM) / 2
    for value, words in axis.marks(body.width() / px(_MARK_ROOM), units):
        x = body.left() + float(axis.x(np.array([value]), body.width())[0])
        x = min(max(x, body.left() + half - px(24)), body.right() - half + px(24))
        room = pen.width(words, NOTE) / 2 + px(GRID)
        if around.left() < x + room and x - room < around.right():
            continue
        pen.write(QRectF(x - half, body.bottom() + px(2), 2 * half, px(FOOT - 4)), words, middle)


def picture_of(look: Look, width: int, height: int, ratio: float) -> tuple[QPixmap, QPainter]:
    """An empty one, begun."""
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(look.palette.panel)
    return pixmap, QPainter(pixmap)
