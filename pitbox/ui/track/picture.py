"""The map in pixels: ground, zones, ghosts, cars, plates; keeps where each of them stands."""

from collections.abc import Hashable
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from pitbox.strategy.forecast import Ghost
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.theme.look import Look
from pitbox.ui.track.camera import Camera
from pitbox.ui.track.car import TrackCar
from pitbox.ui.track.ground import ASIDE, Ground, Scenery
from pitbox.ui.track.ink import Ink, PlateFace, Wear
from pitbox.ui.track.motion import Motion
from pitbox.ui.track.plates import Plate, PlateBoard, Want

_REACH = 14
"""Pixels around a car in which a click means it."""
_STEP = 10
"""From a car's middle to its plate."""
_GHOST_LINE = 3
_GHOST_ALPHA = 90
_DOUBT = np.linspace(-1.0, 1.0, 9)
"""Points of the stretch that a ghost may be on; it is drawn on the middle one."""
_LAYOUT_S, _LATEST_S = 0.2, 1.0
"""So often plates look for their places at most, and at least; in between they go along with their cars."""
_HARDLY = 6
"""Pixels that no car has to have moved for the places to do still."""
_OURS, _CHOSEN, _POINTED_OUT, _TROUBLE, _LEADERS, _MATES = range(6)


class Spot(NamedTuple):
    """Where something stands on the screen."""

    x: float
    y: float


class Cast(msgspec.Struct, frozen=True):
    """Who is on the map, and whom it points out."""

    cars: tuple[TrackCar, ...] = ()
    ghosts: tuple[Ghost, ...] = ()
    chosen: int = NOBODY
    reference: int = NOBODY
    has_all_plates: bool = True
    is_stale: bool = False


class Shot(NamedTuple):
    """How it is looked at, for one picture."""

    scenery: Scenery
    camera: Camera
    now_s: float
    ratio: float
    """Device pixels in each pixel."""
    is_whole: bool


class TrackPicture:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._ground, self._ink, self._board = Ground(look), Ink(look), PlateBoard()
        self.motion = Motion()
        self.cast = Cast()
        self._cars = np.zeros(0, np.intp)
        self.painted: NDArray[np.float64] = np.zeros((0, 2))
        """Where the cars were painted last."""
        self.spots: dict[int, Spot] = {}
        self.ghost_spots: dict[str, Spot] = {}
        self.plates: list[Plate] = []
        self._laid: list[Plate] = []
        self._laid_spots: dict[Hashable, Spot | None] = {}
        self._laid_for: tuple[Cast, float] | None = None
        self._laid_for_spots: dict[int, Spot] = {}
        """Of all cars, those without a plate too."""
        self._laid_s = 0.0

    def wear(self) -> None:
        self._ground.wear()
        self._ink.wear()
        self.motion.is_still = self._look.taste.is_still

    def show_cast(self, cast: Cast) -> None:
        if cast.cars is not self.cast.cars:
            self._cars = np.array([car.car_idx for car in cast.cars], np.intp)
        self.cast = cast
        self.painted = np.zeros((0, 2))

    def paint(self, painter: QPainter, shot: Shot) -> None:
        camera = shot.camera
        self._ground.draw(painter, shot.scenery, camera, shot.ratio, is_whole=shot.is_whole)
        self.painted = self.places(shot)
        self.spots = {
            car.car_idx: Spot(x, y)
            for car, (x, y), is_known in zip(
                self.cast.cars,
                self.painted.tolist(),
                np.isfinite(self.painted[:, 0]).tolist(),
                strict=True,
            )
            if is_known
        }
        self._draw_ghosts(painter, shot)
        self._lay_plates(shot)
        self._draw_lines(painter)
        self._draw_cars(painter)
        self._draw_plates(painter, shot.ratio)

    def car_at(self, at: QPointF) -> int:
        """The car there, by itself or by its plate; NOBODY."""
        for plate in self.plates:
            if isinstance(plate.key, int) and box_of(plate).contains(at):
                return plate.key
        best, found = float(self._look.px(_REACH)), NOBODY
        for car_idx, spot in self.spots.items():
            far = ((spot.x - at.x()) ** 2 + (spot.y - at.y()) ** 2) ** 0.5
            if far < best:
                best, found = far, car_idx
        return found

    def ghost_at(self, at: QPointF) -> Ghost | None:
        boxes = {plate.key: box_of(plate) for plate in self.plates if isinstance(plate.key, str)}
        reach = self._look.px(_REACH)
        for ghost in self.cast.ghosts:
            spot, box = self.ghost_spots.get(ghost.kind), boxes.get(ghost.kind)
            if box is not None and box.contains(at):
                return ghost
            if spot is not None and abs(spot.x - at.x()) < reach and abs(spot.y - at.y()) < reach:
                return ghost
        return None

    def places(self, shot: Shot) -> NDArray[np.float64]:
        """(cars, 2) in pixels; NaN for who was not seen yet."""
        cars, road, camera = self.cast.cars, shot.scenery.road, shot.camera
        pct = self.motion.places(shot.now_s, self._cars)
        aside_m = np.zeros(len(cars))
        in_pits = np.array([car.state.is_in_pits for car in cars], np.bool_)
        if in_pits.any():
            share = road.lane_share(pct[in_pits])
            aside_m[in_pits] = share * self._look.px(ASIDE) / camera.px_per_m
        with np.errstate(invalid="ignore"):
            is_known = ~np.isnan(pct)
            x, y = camera.to_screen(*road.place(np.where(is_known, pct, 0.0), aside_m))
        x[~is_known] = y[~is_known] = np.nan
        return np.stack((x, y), axis=1)

    def _draw_ghosts(self, painter: QPainter, shot: Shot) -> None:
        """With their doubt as a stretch of road: one spread to either side."""
        self.ghost_spots = {}
        own = next((car for car in self.cast.cars if car.is_ours), None)
        if own is None or not self.cast.ghosts or self.cast.is_stale or own.state.is_in_pits:
            return
        pct = float(self.motion.places(shot.now_s, np.array([own.car_idx], np.intp))[0])
        if np.isnan(pct):
            return
        road, camera, colour = shot.scenery.road, shot.camera, QColor(self._look.palette.text)
        colour.setAlpha(_GHOST_ALPHA)
        pen = QPen(colour, self._look.px(_GHOST_LINE))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        for ghost in self.cast.ghosts:
            doubt = ghost.behind_laps * ghost.spread_s / max(ghost.loss_s, 1e-6)
            reach = road.outline.later(pct, _DOUBT * doubt - ghost.behind_laps)
            xs, ys = (axis.tolist() for axis in camera.to_screen(*road.place(reach)))
            painter.setPen(pen)
            painter.drawPolyline([QPointF(*xy) for xy in zip(xs, ys, strict=True)])
            self.ghost_spots[ghost.kind] = Spot(xs[len(xs) // 2], ys[len(ys) // 2])

    def _lay_plates(self, shot: Shot) -> None:
        if self._is_laid(shot):
            self.plates = [self._carried(plate) for plate in self._laid]
            return
        wants = [*self._car_wants(shot), *self._ghost_wants()]
        dot = self._ink.dot + 1.0
        spots = [*self.spots.values(), *self.ghost_spots.values()]
        dots = [(x - dot, y - dot, x + dot, y + dot) for x, y in spots]
        dots += [(b.left(), b.top(), b.right(), b.bottom()) for b in self._ground.label_boxes]
        boxes = np.array(dots, np.float64).reshape(-1, 4)
        step = float(self._look.px(_STEP))
        # Ours first, then what was pointed out, then ghosts, then everybody else.
        wants.sort(key=lambda want: not want.must and not isinstance(want.key, str))
        self.plates = self._board.lay_out(wants, boxes, step, shot.camera.width, shot.camera.height)
        self._laid, self._laid_for, self._laid_s = self.plates, (self.cast, shot.camera.px_per_m), shot.now_s
        self._laid_spots = {plate.key: self._spot_of(plate) for plate in self.plates}
        self._laid_for_spots = self.spots

    def _is_laid(self, shot: Shot) -> bool:
        """Places that were found a moment ago do still."""
        kept = self._laid_for
        is_like = kept is not None and kept[1] == shot.camera.px_per_m and _wants_alike(kept[0], self.cast)
        age_s = shot.now_s - self._laid_s
        return is_like and 0 <= age_s < _LATEST_S and (age_s < _LAYOUT_S or not self._has_moved())

    def _has_moved(self) -> bool:
        """Anybody who was there when plates looked for their places."""
        most = self._look.px(_HARDLY)
        for car_idx, before in self._laid_for_spots.items():
            now = self.spots.get(car_idx)
            if now is None or abs(now.x - before.x) > most or abs(now.y - before.y) > most:
                return True
        return False

    def _carried(self, plate: Plate) -> Plate:
        before, now = self._laid_spots.get(plate.key), self._spot_of(plate)
        if before is None or now is None:
            return plate
        right, down = now.x - before.x, now.y - before.y
        return msgspec.structs.replace(plate, left=plate.left + right, top=plate.top + down)

    def _car_wants(self, shot: Shot) -> list[Want]:
        cast = self.cast
        ranked = sorted(cast.cars, key=lambda car: _weight(car, cast))
        middle = shot.camera.to_screen(*(np.array([m]) for m in shot.scenery.road.middle))
        wants = []
        for car in ranked:
            spot = self.spots.get(car.car_idx)
            weight = _weight(car, cast)
            if spot is None or car.fade < 1.0 or (not cast.has_all_plates and weight > _LEADERS):
                continue
            if not (0 <= spot.x <= shot.camera.width and 0 <= spot.y <= shot.camera.height):
                continue
            size = self._ink.plate_size(car.plate)
            out_x, out_y = spot.x - float(middle[0][0]), spot.y - float(middle[1][0])
            far = max((out_x**2 + out_y**2) ** 0.5, 1e-6)
            must = weight <= _POINTED_OUT
            wants.append(
                Want(car.car_idx, *spot, size.width(), size.height(), out_x / far, out_y / far, must)
            )
        return wants

    def _ghost_wants(self) -> list[Want]:
        wants = []
        for ghost in self.cast.ghosts:
            spot = self.ghost_spots.get(ghost.kind)
            if spot is not None:
                size = self._ink.plate_size(ghost_words(ghost))
                wants.append(Want(ghost.kind, *spot, size.width(), size.height(), must=False))
        return wants

    def _draw_lines(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._look.palette.faint), 1))
        for plate in self.plates:
            spot = self._spot_of(plate)
            if plate.has_line and spot is not None:
                box = box_of(plate)
                x = min(max(spot.x, box.left()), box.right())
                y = min(max(spot.y, box.top()), box.bottom())
                painter.drawLine(QPointF(*spot), QPointF(x, y))

    def _draw_cars(self, painter: QPainter) -> None:
        cast = self.cast
        for spot in self.ghost_spots.values():
            self._ink.draw_ghost(painter, *spot)
        for car in sorted(cast.cars, key=lambda car: -_weight(car, cast)):  # what matters lies on top
            seen = self.spots.get(car.car_idx)
            if seen is not None:
                is_chosen, is_reference = car.car_idx == cast.chosen, car.car_idx == cast.reference
                wear = Wear(is_chosen, is_reference, cast.is_stale)
                self._ink.draw_car(painter, car, seen.x, seen.y, wear)

    def _draw_plates(self, painter: QPainter, ratio: float) -> None:
        cast = self.cast
        cars = {car.car_idx: car for car in cast.cars}
        words = {ghost.kind: ghost_words(ghost) for ghost in cast.ghosts}
        for plate in self.plates:
            if isinstance(plate.key, int):
                car = cars[plate.key]
                is_chosen = car.car_idx == cast.chosen
                face = PlateFace(car.plate, car.rank, car.is_ours, is_chosen, cast.is_stale)
            else:
                face = PlateFace(words[str(plate.key)], -1, False, False, cast.is_stale)
            painter.drawPixmap(QPointF(round(plate.left), round(plate.top)), self._ink.plate(face, ratio))

    def _spot_of(self, plate: Plate) -> Spot | None:
        if isinstance(plate.key, int):
            return self.spots.get(plate.key)
        return self.ghost_spots.get(str(plate.key))


def _weight(car: TrackCar, cast: Cast) -> int:
    """The smaller, the more it matters; cars are in order of position already."""
    if car.is_ours:
        return _OURS
    if car.car_idx == cast.chosen:
        return _CHOSEN
    if car.car_idx == cast.reference:
        return _POINTED_OUT
    if car.state.is_trouble:
        return _TROUBLE
    if car.class_position == 1:
        return _LEADERS
    return _MATES if car.is_mate else _MATES + 1


def _wants_alike(one: Cast, other: Cast) -> bool:
    """The same plates, which matter in the same order: where their cars are now is another thing."""
    if one is other:
        return True
    if (one.chosen, one.reference, one.ghosts) != (other.chosen, other.reference, other.ghosts):
        return False
    is_alike = (one.has_all_plates, one.is_stale) == (other.has_all_plates, other.is_stale)
    return is_alike and _plates_of(one) == _plates_of(other)


def _plates_of(cast: Cast) -> list[tuple[int, str, bool]]:
    return [(car.car_idx, car.plate, car.fade < 1.0) for car in cast.cars]


def ghost_words(ghost: Ghost) -> str:
    """As `fuel P6`; a stop that fills nothing does not say so."""
    plain = {"drive through": "drive through", "tyres alone": "tyres"}.get(ghost.service)
    names = {"tyres": "+ tyres", "repairs": "+ repairs"}
    return f"{plain or names.get(ghost.kind, ghost.kind)} P{ghost.class_position}"


def box_of(plate: Plate) -> QRectF:
    return QRectF(plate.left, plate.top, plate.width, plate.height)
