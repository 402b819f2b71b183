"""What is known of a session, drawn: drivers, parts, machines and storage, and each car with its best lap."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QRectF

from pitbox.store.closeup import StoredCar
from pitbox.ui.scene.span import race_words
from pitbox.ui.scene.words import NONE, count_words, lap_words, size_words, span_words
from pitbox.ui.sessions.scene import Near
from pitbox.ui.shell.pen import DIM, NOTE, PLAIN, STRONG, Pen, Style
from pitbox.ui.theme.token import GRID, PADDING
from pitbox.wall.library import Recorded

_LABEL, _ROW = 68, 18
_MOST_CARS = 80


class Line(msgspec.Struct, frozen=True):
    label: str
    words: str
    tip: str = ""


def draw_facts(pen: Pen, box: QRectF, one: Recorded, near: Near) -> float:
    """Returns where it ends."""
    top = box.top()
    for line in _lines(one, near):
        top = _draw_line(pen, QRectF(box.left(), top, box.width(), 0), line)
    if near.fault:
        words = f"Parts and cars are not known now: {near.fault}"
        return pen.wrap(
            QRectF(box.left(), top + pen.px(GRID), box.width(), 0), words, Style("warn"), row=_ROW
        )
    if near.closeup.cars:
        top = _draw_cars(pen, QRectF(box.left(), top + pen.px(PADDING), box.width(), 0), near.closeup.cars)
    return top


def _lines(one: Recorded, near: Near) -> list[Line]:
    found = [
        Line(
            "Recorded",
            f"{span_words(one.recorded_s or None)} by {count_words(one.machines, 'machine', 'machines')}",
        ),
        Line("Drivers", ", ".join(one.drivers)),
        Line("Best lap", _best_words(one)),
    ]
    for at, part in enumerate(near.closeup.parts):
        again = f" (start {part.run + 1})" if part.run else ""
        words = f"{part.kind or 'Part'}{again} {race_words(part.end_s - part.start_s)}"
        found.append(Line("Parts" if not at else "", words))
    for at, machine in enumerate(near.machines):
        logs = count_words(machine.logs, "log", "logs")
        found.append(
            Line("Machines" if not at else "", f"{machine.name}, {size_words(machine.bytes)} in {logs}")
        )
    found.append(Line("Storage", _storage_words(one, near), near.archive))
    found.append(Line("Name", f"{one.session}, {one.sim}" if one.sim else one.session))
    return [line for line in found if line.words]


def _best_words(one: Recorded) -> str:
    if one.best_lap_s is not None:
        median = "" if one.median_lap_s is None else f", median {lap_words(one.median_lap_s)}"
        return f"{lap_words(one.best_lap_s)}{median}, {count_words(one.own_laps or 0, 'lap', 'laps')} of ours"
    if one.best_of_all_s is not None:
        return f"{lap_words(one.best_of_all_s)} of all cars"
    return ""


def _storage_words(one: Recorded, near: Near) -> str:
    size = size_words(one.bytes) if one.bytes else "nothing"
    if one.state == "archived":
        return f"{size} in an archive"
    if one.state == "deleted":
        return f"{size}, free when PitBox ends"
    return f"{size} here" + (" and an archive of it" if near.archive else "")


def _draw_line(pen: Pen, box: QRectF, line: Line) -> float:
    px = pen.px
    pen.write(QRectF(box.left(), box.top(), px(_LABEL), px(_ROW)), line.label, NOTE)
    room = QRectF(box.left() + px(_LABEL), box.top(), box.width() - px(_LABEL), px(_ROW))
    foot = pen.wrap(room, line.words, PLAIN, row=_ROW, most=3)
    tip = "\n".join(filter(None, (f"{line.label}: {line.words}", line.tip)))
    pen.spot(QRectF(box.left(), box.top(), box.width(), foot - box.top()), tip)
    return foot


def _draw_cars(pen: Pen, box: QRectF, cars: Sequence[StoredCar]) -> float:
    px, top = pen.px, box.top()
    best = min((car.best_s for car in cars if car.best_s is not None), default=None)
    head = count_words(len(cars), "car", "cars")
    pen.write(QRectF(box.left(), top, box.width(), px(_ROW)), head, STRONG)
    for title, right in (("Laps", 72.0), ("Best", 0.0)):
        room = QRectF(box.left(), top, box.width() - px(right), px(_ROW))
        pen.write(room, title, Style("dim", side="right"))
    top += px(_ROW + GRID)
    for car in cars[:_MOST_CARS]:
        row = QRectF(box.left(), top, box.width(), px(_ROW))
        if car.is_own:
            pen.fill(QRectF(row.left(), top + px(2), px(2), px(_ROW - GRID)), "accent")
        name = car.team or car.car or NONE
        pen.write(QRectF(row.left() + px(6), top, px(30), px(_ROW)), car.number, DIM)
        room = QRectF(row.left() + px(36), top, row.width() - px(36 + 104 + GRID), px(_ROW))
        pen.write(room, name, STRONG if car.is_own else PLAIN)
        laps = QRectF(row.left(), top, row.width() - px(72), px(_ROW))
        pen.write(laps, f"{car.laps:,}", Style("dim", side="right"))
        tone = "best" if car.best_s is not None and car.best_s == best else "text"
        pen.write(row, lap_words(car.best_s), Style(tone, side="right"))
        what = ", ".join(filter(None, (car.car, car.class_name)))
        pen.spot(row, f"{car.number} {name}\n{what}\n{count_words(car.laps, 'lap', 'laps')}")
        top += px(_ROW)
    if len(cars) > _MOST_CARS:
        pen.write(QRectF(box.left(), top, box.width(), px(_ROW)), f"and {len(cars) - _MOST_CARS} more", DIM)
        top += px(_ROW)
    return top
