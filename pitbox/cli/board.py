"""The race drawn in a terminal: one picture from what the hub holds, as tall and wide as there is room.

Until there is a window this is the engineer's view; colours and words follow the window's rules.
"""

from typing import Literal

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pitbox.cli.words import lap_words, size_words, span_words
from pitbox.crew.health import Level
from pitbox.model.code import TrackSurface
from pitbox.model.fact import Fact, FlagPhase, Stop
from pitbox.model.session import Entry, SessionInfo
from pitbox.model.standing import CarStanding, Standings
from pitbox.wall.health import Ward
from pitbox.wall.hub import Durable

CLASS_COLOURS = ("#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#f0e442", "#d55e00")
"""Colour-blind safe, given out by pace."""
_DIM, _FAINT, _ACCENT = "#98a2b0", "#5f6a79", "#5aa9ff"
_GOOD, _WARN, _BAD, _BEST = "#3ecf8e", "#f2b84b", "#ff6b6b", "#b98bff"
_FLAGS = {
    "green": _GOOD,
    "caution": _WARN,
    "red": _BAD,
    "white": "#ffffff",
    "checkered": "#ffffff",
}
_EVENTS = 5
_FRAME = 6
"""Lines that are not cars: header, flag strip, table head, gaps, footer."""


class _Column(msgspec.Struct, frozen=True):
    title: str
    width: int
    """0 takes what is left."""
    justify: Literal["left", "right"] = "right"
    from_width: int = 0
    """Left out on a narrower terminal."""


_GUTTER = 2
_WIDE = 100
"""From here on the header has room for our fuel."""
_COLUMNS = (
    _Column("", 1, "left"),
    _Column("P", 2),
    _Column("#", 3),
    _Column("Team / driver", 0, "left"),
    _Column("Class", 5, "left"),
    _Column("PiC", 3, from_width=96),
    _Column("Gap", 7),
    _Column("Int", 6, from_width=88),
    _Column("Last", 9),
    _Column("Best", 8),
    _Column("Stint", 5, from_width=110),
    _Column("Stops", 5),
    _Column("", 5, "left"),
)


class Scene(msgspec.Struct, frozen=True):
    """All that one picture shows."""

    standings: Standings | None
    info: SessionInfo | None
    durable: Durable | None
    ward: Ward
    events: tuple[str, ...] = ()


def draw(scene: Scene, width: int, height: int) -> RenderableType:
    standings, info = scene.standings, scene.info
    if standings is None or info is None:
        return Text("Waiting for the first ticks of the race", style=_DIM)
    room = max(3, height - _FRAME - _EVENTS)
    parts: list[RenderableType] = [_header(scene, standings, info, width), _strip(standings.flag, width)]
    parts.append(_table(standings, info, width, room))
    parts.append(Text(""))
    parts += [Text(line, style=_DIM, no_wrap=True, overflow="ellipsis") for line in scene.events[-_EVENTS:]]
    return Group(*parts)


def event_words(fact: Fact, info: SessionInfo | None) -> str | None:
    """One line for the feed; None for facts that are no news."""
    at = span_words(getattr(fact, "end_s", None) or getattr(fact, "start_s", 0.0))
    if isinstance(fact, FlagPhase):
        return f"{at}  {fact.flag.capitalize()} flag" if fact.end_s is None and fact.flag else None
    if not isinstance(fact, Stop) or fact.lane_out_s is None:
        return None
    who = _car_words(fact.car_idx, info)
    at, lane_s = span_words(fact.lane_out_s), fact.lane_out_s - fact.lane_in_s
    if fact.is_tow:
        what = f"back from a tow after {lane_s:.0f} s"
    elif fact.stall_in_s is None or fact.stall_out_s is None:
        what = f"drive-through, {lane_s:.1f} s in the lane"
    else:
        what = f"stop of {fact.stall_out_s - fact.stall_in_s:.1f} s, {lane_s:.1f} s in the lane"
        what += f", {fact.fuel_added_l:.0f} l" if fact.fuel_added_l else ""
        what += ", new driver" if fact.user_id_out != fact.user_id_in else ""
    return f"{at}  {who}: {what}"


def class_colours(info: SessionInfo) -> dict[int, str]:
    """By class, the fastest first."""
    by_pace = sorted(info.classes, key=lambda c: (-c.relative_speed, c.class_id))
    return {c.class_id: CLASS_COLOURS[at % len(CLASS_COLOURS)] for at, c in enumerate(by_pace)}


def _header(scene: Scene, standings: Standings, info: SessionInfo, width: int) -> Table:
    left = Text(no_wrap=True, overflow="ellipsis")
    left.append("PitBox", style="bold")
    part = info.part(standings.session_num)
    left.append(f"  {info.title or info.track.name} - {part.kind if part else 'Session'}", style=_DIM)
    middle = Text(no_wrap=True)
    middle.append(f"{span_words(standings.time_left_s)} left", style="bold")
    leader = standings.cars[0] if standings.cars else None
    middle.append(f" · lap {leader.laps + 1 if leader else '-'}", style=_DIM)
    if standings.fuel_l is not None and width >= _WIDE:
        middle.append(f" · fuel {standings.fuel_l:.1f} l", style=_DIM)
    right = Text(no_wrap=True)
    worst = scene.ward.states[0].health if scene.ward.states else None
    if worst is not None and worst.level >= Level.DEGRADED:
        right.append(f"! {worst.words}  ", style=_WARN if worst.level is Level.DEGRADED else _BAD)
    if scene.durable is not None:
        right.append("● REC ", style=_BAD)
        right.append(f"{size_words(scene.durable.bytes)} safe", style=_DIM)
    table = Table.grid(expand=False, padding=(0, 2))
    table.add_column(justify="left", ratio=1, no_wrap=True)
    table.add_column(justify="center", ratio=1, no_wrap=True)
    table.add_column(justify="right", ratio=1, no_wrap=True)
    table.width = width
    table.add_row(left, middle, right)
    return table


def _strip(flag: str, width: int) -> Text:
    """A full line in the flag's colour, with the word: never colour alone."""
    word = f"━━ {flag or 'before the start'} "
    return Text(word + "━" * max(0, width - len(word)), style=_FLAGS.get(flag, _FAINT), no_wrap=True)


def _table(standings: Standings, info: SessionInfo, width: int, room: int) -> Table:
    columns = [column for column in _COLUMNS if width >= column.from_width]
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style=_FAINT, show_edge=False)
    fixed = sum(column.width + _GUTTER for column in columns if column.width)
    for column in columns:
        cells = column.width or max(12, width - fixed)
        table.add_column(
            column.title,
            justify=column.justify,
            no_wrap=True,
            min_width=column.width or None,
            max_width=cells,
            overflow="ellipsis",
        )
    entries = {entry.car_idx: entry for entry in info.entries}
    colours = class_colours(info)
    names = {c.class_id: c.name for c in info.classes}
    best = _class_bests(standings, entries)
    for car in _shown(standings.cars, info.own.car_idx, room):
        entry = entries.get(car.car_idx)
        if entry is not None:
            is_ours = car.car_idx == info.own.car_idx
            colour = colours.get(entry.class_id, _DIM)
            row = _row(car, entry, names.get(entry.class_id, ""), colour, best, is_ours=is_ours)
            cells_shown = [cell for cell, column in zip(row, _COLUMNS, strict=True) if column in columns]
            table.add_row(*cells_shown, style="bold" if is_ours else "")
    return table


def _row(
    car: CarStanding, entry: Entry, class_name: str, colour: str, best: dict[int, float], *, is_ours: bool
) -> list[Text]:
    is_quickest = car.best_lap_s is not None and car.best_lap_s == best.get(entry.class_id)
    last = Text(lap_words(car.last_lap_s))
    if car.last_lap_s is not None and car.last_lap_s == car.best_lap_s:
        last = Text(f"{lap_words(car.last_lap_s)}●", style=_BEST if is_quickest else _GOOD)
    else:
        last.append(" ")
    return [
        Text("▌" if is_ours else " ", style=_ACCENT),
        Text(str(car.position)),
        Text(entry.number, style=colour),
        Text(f"{entry.team}  ").append(entry.driver, style=_DIM),
        Text(class_name, style=colour),
        Text(str(car.class_position)),
        Text(_gap_words(car), style=_DIM if car.class_position == 1 else ""),
        Text("-" if car.interval_s is None else f"{car.interval_s:.1f}"),
        last,
        Text(lap_words(car.best_lap_s), style=_BEST if is_quickest else _DIM),
        Text(str(car.stint_laps)),
        Text(str(car.stops)),
        _status(car),
    ]


def _gap_words(car: CarStanding) -> str:
    """To the class leader; the class leader's own, dimmed, to the leader over all."""
    gap_s = car.gap_s if car.class_position == 1 else car.class_gap_s
    if car.position == 1:
        return "-"
    if gap_s is not None:
        return f"+{gap_s:.1f}"
    return "-" if car.laps_down < 1 else f"-{car.laps_down} lap" + ("s" if car.laps_down > 1 else "")


def _status(car: CarStanding) -> Text:
    if car.surface == TrackSurface.NOT_IN_WORLD:
        return Text("out", style=_FAINT)
    if car.surface == TrackSurface.IN_PIT_STALL:
        return Text("stall", style=_WARN)
    if car.is_in_pits:
        return Text("lane", style=_WARN)
    return Text("off", style=_BAD) if car.surface == TrackSurface.OFF_TRACK else Text("")


def _class_bests(standings: Standings, entries: dict[int, Entry]) -> dict[int, float]:
    best: dict[int, float] = {}
    for car in standings.cars:
        entry = entries.get(car.car_idx)
        if entry is not None and car.best_lap_s is not None:
            best[entry.class_id] = min(best.get(entry.class_id, car.best_lap_s), car.best_lap_s)
    return best


def _shown(cars: tuple[CarStanding, ...], own_idx: int, room: int) -> list[CarStanding]:
    """As many as fit: the front, and our car with those around it."""
    if len(cars) <= room:
        return list(cars)
    own = next((at for at, car in enumerate(cars) if car.car_idx == own_idx), 0)
    if own < room - 2:
        return list(cars[:room])
    front = room // 2
    around = room - front
    start = min(max(front, own - around // 2), len(cars) - around)
    return [*cars[:front], *cars[start : start + around]]


def _car_words(car_idx: int, info: SessionInfo | None) -> str:
    entry = next((e for e in info.entries if e.car_idx == car_idx), None) if info else None
    return f"car {car_idx}" if entry is None else f"#{entry.number} {entry.team}"
