"""One line of a table as what a person said; what cannot be read of it is told, column by column."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec

from pitbox.model.participation import Likings, Part
from pitbox.planning.sign_up import cells
from pitbox.planning.sign_up.columns import HOUR, Column
from pitbox.planning.sign_up.hours import HourHead, Listener, Said, hour_head
from pitbox.planning.sign_up.table import Line, Table
from pitbox.planning.sign_up.words import mark
from pitbox.planning.sign_up.zone import zone_named

Unread = list[tuple[str, str]]
"""Head of the column and a sentence."""
_MAX_NAME = 64
_LONG = 60
_SLOT_MIN = 60
Figure = TypeVar("Figure", int, float)
_LIKED = ("night", "rain", "start")


class Row(msgspec.Struct, frozen=True):
    line: int
    name: str
    user_id: int = 0
    rating: int | None = None
    zone: str = "UTC"
    said: tuple[Said, ...] = ()
    is_never: bool = False
    """Said to be there at no time."""
    cars: tuple[str, ...] = ()
    parts: tuple[Part, ...] = (Part.DRIVER,)
    likings: Likings = Likings()
    lap_s: float | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    team: str = ""


class Reader:
    def __init__(self, columns: Sequence[Column], table: Table, listener: Listener, zone: str) -> None:
        self._columns = columns
        self._listener = listener
        self._zone = zone
        self._hours = {
            at: found
            for at, column in enumerate(columns)
            if column.field == HOUR and (found := hour_head(column.head)) is not None
        }
        self._slot_min = _slot_min(list(self._hours.values()))
        self._of_five = {
            field: cells.is_scale_of_five(
                [row.cells[at] for row in table.rows for at in self._at(field) if at < len(row.cells)]
            )
            for field in _LIKED
        }

    def read(self, line: Line) -> tuple[Row | None, Unread]:
        """None for a line without a name: nobody can be made of it."""
        unread: Unread = []
        name = self._one(line, "name") or " ".join(
            filter(None, (self._one(line, "first name"), self._one(line, "last name")))
        )
        name = " ".join(name.split())
        if not name:
            return None, [("", "No name stands in this line.")]
        if len(name) > _MAX_NAME:
            return None, [("", f"A name has at most {_MAX_NAME} characters; this one has {len(name)}.")]
        extra = [cell for cell in line.cells[len(self._columns) :] if cell.strip()]
        if extra:
            unread.append(("", f"More cells than columns: {_short(', '.join(extra))} was not read."))
        zone = self._zone_of(line, unread)
        said, is_never = self._free(line, zone, unread)
        if is_never:
            unread.append((self._head("free"), "Free at no time: taken as withdrawn."))
        row = Row(
            line=line.line,
            name=name,
            user_id=self._figure(line, "user_id", cells.number, unread) or 0,
            rating=self._figure(line, "rating", cells.rating, unread),
            zone=zone,
            said=tuple(said),
            is_never=is_never,
            cars=tuple(dict.fromkeys(car for text in self._all(line, "cars") for car in cells.several(text))),
            parts=self._parts(line, unread),
            likings=self._likings(line, unread),
            lap_s=self._figure(line, "lap", cells.lap_s, unread),
            wanted=tuple(self._all(line, "wanted")),
            unwanted=tuple(self._all(line, "unwanted")),
            notes=tuple(self._all(line, "note")),
            team=self._one(line, "team"),
        )
        return row, unread

    def _at(self, field: str) -> list[int]:
        return [at for at, column in enumerate(self._columns) if column.field == field]

    def _all(self, line: Line, field: str) -> list[str]:
        return [text for at in self._at(field) if (text := _cell(line, at))]

    def _one(self, line: Line, field: str) -> str:
        return next(iter(self._all(line, field)), "")

    def _head(self, field: str) -> str:
        return next((column.head for column in self._columns if column.field == field), "")

    def _figure(
        self, line: Line, field: str, read: Callable[[str], Figure | None], unread: Unread
    ) -> Figure | None:
        text = self._one(line, field)
        figure = read(text) if text else None
        if text and figure is None:
            unread.append((self._head(field), f"{_short(text)} is no {field} that can be read."))
        return figure

    def _zone_of(self, line: Line, unread: Unread) -> str:
        text = self._one(line, "zone")
        if not text:
            return self._zone
        found = zone_named(text)
        if found is None:
            words = f"{_short(text)} is no time zone that is known here; {self._zone} is taken."
            unread.append((self._head("zone"), words))
        return found or self._zone

    def _parts(self, line: Line, unread: Unread) -> tuple[Part, ...]:
        text = " ".join(self._all(line, "parts"))
        found = cells.parts(text)
        if text and not found:
            unread.append(
                (self._head("parts"), f"{_short(text)} is no role that is known; a driver is taken.")
            )
        return found or (Part.DRIVER,)

    def _likings(self, line: Line, unread: Unread) -> Likings:
        values: dict[str, int] = {}
        for field in _LIKED:
            text = self._one(line, field)
            value = cells.liking(text, is_of_five=self._of_five[field]) if text else 0
            if value is None:
                unread.append((self._head(field), f"{_short(text)} says not how much {field} is liked."))
            values[field] = value or 0
        return Likings(**values, longest_s=self._figure(line, "longest", cells.length_s, unread))

    def _free(self, line: Line, zone: str, unread: Unread) -> tuple[list[Said], bool]:
        """What was said in words, from and until, and in a grid; and whether all that is: never."""
        said: list[Said] = []
        never = []
        for field, is_maybe in (("free", False), ("maybe", True)):
            for text in self._all(line, field):
                heard = self._listener.hear(text, zone, is_maybe=is_maybe)
                said += heard.said
                never.append(heard.is_never and not is_maybe)
                unread += [(self._head(field), _no_time(piece)) for piece in heard.unread]
        if begins := self._one(line, "from"):
            text = f"{begins} - {self._one(line, 'to')}" if self._one(line, "to") else f"from {begins}"
            heard = self._listener.hear(text, zone)
            said += heard.said
            unread += [(self._head("from"), _no_time(piece)) for piece in heard.unread]
        elif ends := self._one(line, "to"):
            heard = self._listener.hear(f"until {ends}", zone)
            said += heard.said
            unread += [(self._head("to"), _no_time(piece)) for piece in heard.unread]
        return said + self._grid(line, zone, unread), any(never) and not said

    def _grid(self, line: Line, zone: str, unread: Unread) -> list[Said]:
        """The hours of heads are the event's; a row of boxes under a day is on the person's clock."""
        out: list[Said] = []
        for at, head in self._hours.items():
            text = _cell(line, at)
            if head.start_min is None and head.race_hour is None:
                heard = self._listener.hear(text, zone, day=head.day) if text else None
                out += heard.said if heard else ()
                unread += [
                    (self._columns[at].head, _no_time(piece)) for piece in (heard.unread if heard else ())
                ]
                continue
            marked = mark(text)
            if marked is None:
                unread.append(
                    (self._columns[at].head, f"{_short(text)} is no mark that is known: not free then.")
                )
            elif marked:
                out += self._listener.slot(
                    head, self._zone, length_min=self._slot_min, is_maybe=marked == "maybe"
                )
        return out


def _cell(line: Line, at: int) -> str:
    return line.cells[at].strip() if at < len(line.cells) else ""


def _slot_min(heads: list[HourHead]) -> int:
    """How long a slot is whose head says only when it begins: as far as to the next one."""
    starts = sorted({head.start_min for head in heads if head.start_min is not None})
    steps = [after - before for before, after in pairwise(starts)]
    return min([_SLOT_MIN, *steps])


def _no_time(piece: str) -> str:
    return f"{_short(piece)} is no time that can be read, or lies outside of the race."


def _short(text: str) -> str:
    spelt = " ".join(text.split())
    return repr(spelt if len(spelt) <= _LONG else spelt[: _LONG - 1] + "…")
