"""Who drove which of the chosen laps, in as few lines as the room allows. Loads no Qt."""

from collections.abc import Callable, Sequence
from math import ceil

import msgspec

from pitbox.ui.scene.words import lap_words, short_name, signed
from pitbox.wall.lap_set import LapSet

_MOST_LINES = 2
"""With names in full; beyond that they are shortened."""
_NOT_DRAWN = "not drawn"


class Entry(msgspec.Struct, frozen=True):
    at: int
    text: str
    tip: str
    is_drawn: bool = True


class Legend(msgspec.Struct, frozen=True):
    title: str
    """Of all laps alike: their driver, said once."""
    title_width: float
    entries: tuple[Entry, ...]
    columns: int
    column_width: float

    @property
    def lines(self) -> int:
        return ceil(len(self.entries) / self.columns)

    def place(self, number: int) -> tuple[int, int]:
        """(line, column) of an entry."""
        return number // self.columns, number % self.columns


def legend_of(laps: LapSet, room: float, mark: float, width: Callable[[str], float]) -> Legend:
    """`mark`: room for the colour and the letter before each; `width`: of words, as they are written."""

    def widest(entries: Sequence[Entry]) -> float:
        return mark * 1.5 + max(width(one.text) for one in entries)

    drivers = {one.listed.driver for one in laps.laps} | {one.driver for one, _ in laps.refused}
    if len(drivers) == 1:
        title = drivers.pop()
        beside = min(width(title) + mark, room / 2) if title else 0.0
        entries = _entries(laps, lambda _: "")
        return _laid(title, beside, entries, room, widest(entries))
    entries = _entries(laps, str.strip)
    full = _laid("", 0.0, entries, room, widest(entries))
    if full.lines <= _MOST_LINES:
        return full
    entries = _entries(laps, short_name)
    return _laid("", 0.0, entries, room, widest(entries))


def _laid(title: str, beside: float, entries: Sequence[Entry], room: float, widest: float) -> Legend:
    columns = min(len(entries), max(1, int((room - beside) // widest)))
    lines = ceil(len(entries) / columns)
    columns = ceil(len(entries) / lines)  # as even as can be
    return Legend(title, beside, tuple(entries), columns, min(widest, (room - beside) / columns))


def _entries(laps: LapSet, called: Callable[[str], str]) -> list[Entry]:
    """In the order in which they were chosen, also what cannot be drawn."""
    found = []
    for one in laps.laps:
        is_first = one is laps.laps[0]
        first_s = laps.laps[0].lap.time_s
        time = lap_words(one.lap.time_s)
        words = time if is_first else signed(f"{one.lap.time_s - first_s:+.3f}")
        text = " ".join(part for part in (str(one.listed.lap), called(one.listed.driver), words) if part)
        tip = f"Lap {one.listed.lap} of {one.listed.driver}: {time}. "
        tip += "The others are held against it." if is_first else "Click: the words are about it."
        found.append(Entry(one.at, text, tip))
    free = [at for at in range(len(laps.laps) + len(laps.refused)) if at not in {one.at for one in found}]
    for at, (lap, why) in zip(free, laps.refused, strict=False):
        parts = (str(lap.lap), called(lap.driver), _NOT_DRAWN)
        tip = f"Lap {lap.lap} of {lap.driver} cannot be drawn. {why}"
        found.append(Entry(at, " ".join(part for part in parts if part), tip, is_drawn=False))
    return sorted(found, key=lambda one: one.at)
