"""The columns of the timing table: what each shows, how wide it is, and how it sorts. Loads no Qt."""

from collections.abc import Callable

import msgspec

from pitbox.ui.race.timing.cell import EMPTY, Cell, Mark
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import Best, CarRow, Gap
from pitbox.ui.scene.words import NONE, gap_words, lap_words, seconds_words, signed

_SURE = 0.6
"""Tyres below this confidence may be another set."""
_NOTHING = Cell(NONE, "faint")
_LAST = float("inf")
_STATUSES = {
    "track": EMPTY,
    "off": Cell("off", "bad"),
    "lane": Cell("lane", "warn"),
    "stall": Cell("stall", "warn"),
    "tow": Cell("tow", "bad"),
    "out": Cell("out", "faint"),
    "retired": Cell("ret", "faint"),
}
AMENDED = {"driver": "team", "stop": "stop_time", "tyres": "tyre_laps", "retired": "status"}
"""Under which column it shows what a person set right."""
_INCIDENTS = {"off_track": "off", "contact": "hit?"}


class Sight(msgspec.Struct, frozen=True):
    """What a cell may look at besides its own row."""

    scene: RaceScene
    reference: CarRow | None = None


class Column(msgspec.Struct, frozen=True):
    name: str
    title: str
    tip: str
    width: int
    cell: Callable[[CarRow, Sight], Cell]
    key: Callable[[CarRow], float | str]
    """By which rows are sorted; what is not known goes last."""
    is_left: bool = False
    is_shown: bool = True
    """As long as nobody chose otherwise."""
    is_flashing: bool = False
    """A change is worth a look."""
    is_wide: bool = False
    """Takes the room that is left."""
    has_mark: bool = False
    gives_way: int = 0
    """Where there is too little room for names, the lowest of these goes first; 0 never does."""


LEAST_NAMES = 144
"""So wide is the column of names, before others give way to it."""


def _position(row: CarRow, _: Sight) -> Cell:
    return Cell(str(row.position), is_strong=True)


def _class_position(row: CarRow, sight: Sight) -> Cell:
    head = sight.scene.class_of(row.class_id)
    return Cell(str(row.class_position), "dim", rank=-1 if head is None else head.rank)


def _number(row: CarRow, sight: Sight) -> Cell:
    head = sight.scene.class_of(row.class_id)
    return Cell(row.entry.number, is_strong=True, rank=-1 if head is None else head.rank)


def _team(row: CarRow, _: Sight) -> Cell:
    return Cell(row.entry.team or row.entry.driver, rest=row.entry.driver if row.entry.team else "")


def _class(row: CarRow, sight: Sight) -> Cell:
    head = sight.scene.class_of(row.class_id)
    return EMPTY if head is None else Cell(head.name, "dim")


def _car(row: CarRow, _: Sight) -> Cell:
    return Cell(row.entry.car, "dim")


def _gap(row: CarRow, _: Sight) -> Cell:
    return Cell("leader", "dim") if row.class_position == 1 else _gap_cell(row.gap)


def _total_gap(row: CarRow, _: Sight) -> Cell:
    return Cell("leader", "dim") if row.position == 1 else _gap_cell(row.total_gap)


def _gap_cell(gap: Gap) -> Cell:
    words = gap_words(gap.seconds, gap.laps)
    return _NOTHING if words == NONE else Cell(words, "dim" if gap.laps else "text")


def _interval(row: CarRow, _: Sight) -> Cell:
    return _NOTHING if row.interval_s is None else Cell(seconds_words(row.interval_s))


def _to_reference(row: CarRow, sight: Sight) -> Cell:
    """Behind the reference is plus, ahead of it minus."""
    other = sight.reference
    if other is None or other.car_idx == row.car_idx:
        return Cell("ref", "accent") if other is not None else _NOTHING
    gap_s = between(other, row)
    if gap_s is None:
        laps = row.laps - other.laps
        return Cell(signed(f"{-laps:+d} L"), "dim") if laps else _NOTHING
    return Cell(signed(f"{gap_s:+.1f}"))


def between(one: CarRow, other: CarRow) -> float | None:
    """Seconds by which the other is behind the one; None when laps lie between or nobody knows."""
    pairs = [(one.total_gap, other.total_gap)]
    if one.class_id == other.class_id:
        pairs.insert(0, (one.gap, other.gap))
    for near, far in pairs:
        if near.seconds is not None and far.seconds is not None:
            return far.seconds - near.seconds
    return None


def _last(row: CarRow, _: Sight) -> Cell:
    last = row.last
    if last.time_s is None:
        return _NOTHING
    words = lap_words(last.time_s)
    if last.best is Best.CLASS:
        return Cell(words, "best", mark=Mark.CLASS_BEST)
    if last.best is Best.OWN:
        return Cell(words, "good", mark=Mark.OWN_BEST)
    is_slow = last.is_in or last.is_out
    return Cell(words, "dim" if is_slow else "text", is_slanted=is_slow)


def _best(row: CarRow, _: Sight) -> Cell:
    if row.best_lap_s is None:
        return _NOTHING
    if row.is_class_best:
        return Cell(lap_words(row.best_lap_s), "best", mark=Mark.CLASS_BEST)
    return Cell(lap_words(row.best_lap_s), "dim")


def _stint(row: CarRow, _: Sight) -> Cell:
    return Cell(str(row.stint_laps))


def _driver_laps(row: CarRow, _: Sight) -> Cell:
    return _NOTHING if row.driver_laps is None else Cell(str(row.driver_laps), "dim")


def _laps(row: CarRow, _: Sight) -> Cell:
    return Cell(str(row.laps), "dim")


def _stops(row: CarRow, _: Sight) -> Cell:
    return Cell(str(row.stops), "text" if row.stops else "faint")


def _stop_lap(row: CarRow, _: Sight) -> Cell:
    return _NOTHING if row.stop is None else Cell(str(row.stop.lap), "dim")


def _stop_time(row: CarRow, _: Sight) -> Cell:
    """In the lane; the stall's own time is in the car's own panel."""
    if row.stop is None:
        return _NOTHING
    if row.stop.lane_s is None:
        return Cell("now", "warn")
    if row.stop.is_tow:
        return Cell("tow", "dim")
    return Cell(f"{row.stop.lane_s:.1f}", is_slanted=row.stop.stall_s is None)


def _compound(row: CarRow, _: Sight) -> Cell:
    return _NOTHING if row.tyres.compound < 0 else Cell(f"C{row.tyres.compound}", "dim")


def _tyre_laps(row: CarRow, _: Sight) -> Cell:
    is_sure = row.tyres.confidence >= _SURE
    return Cell(str(row.tyres.laps)) if is_sure else Cell(f"≈{row.tyres.laps}", "dim")


def _window(row: CarRow, sight: Sight) -> Cell:
    """The bars of all cars hang on one scale: who has to come in first is seen without reading."""
    window = row.window
    if window is None:
        return _NOTHING
    words = f"{window.first}" if window.first == window.last else f"{window.first}-{window.last}"
    bar = (max(0, window.first - row.laps - 1), max(1, window.last - row.laps), sight.scene.window_laps)
    likely = window.likely
    return Cell(
        words,
        "text" if window.confidence >= _SURE else "dim",
        rest="" if likely is None else f"≈{likely}",
        window=bar,
        likely=None if likely is None else max(0, likely - row.laps),
    )


def _status(row: CarRow, _: Sight) -> Cell:
    if row.incident and row.status == "track":
        return Cell(_INCIDENTS.get(row.incident, row.incident), "bad")
    return _STATUSES.get(row.status, EMPTY)


def _known(value: float | None) -> float:
    return _LAST if value is None else value


def _by_gap(gap: Gap) -> float:
    """Laps outweigh any time."""
    return gap.laps * 1e6 + (_known(gap.seconds) if not gap.laps else 0.0)


def _number_key(row: CarRow) -> float:
    digits = "".join(letter for letter in row.entry.number if letter.isdigit())
    return float(digits) if digits else _LAST


COLUMNS = (
    Column("position", "P", "Position over all", 36, _position, lambda r: r.position, has_mark=True),
    Column(
        "class_position",
        "PIC",
        "Position in class",
        32,
        _class_position,
        lambda r: r.class_position,
        gives_way=6,
    ),
    Column("number", "#", "Car number, behind the colour of its class", 44, _number, _number_key),
    Column(
        "team",
        "Team / driver",
        "Team, and who is in the car",
        220,
        _team,
        lambda r: r.entry.team.casefold(),
        is_left=True,
        is_flashing=True,
        is_wide=True,
    ),
    Column("class", "Class", "Class", 48, _class, lambda r: r.class_id, is_left=True, gives_way=9),
    Column("car", "Car", "Car", 120, _car, lambda r: r.entry.car, is_left=True, is_shown=False),
    Column("gap", "Gap", "To the leader of the class, by time", 56, _gap, lambda r: _by_gap(r.gap)),
    Column(
        "total_gap",
        "Total",
        "To the leader over all, by time",
        60,
        _total_gap,
        lambda r: _by_gap(r.total_gap),
        is_shown=False,
    ),
    Column("interval", "Int", "To the car ahead in class", 48, _interval, lambda r: _known(r.interval_s)),
    Column(
        "reference",
        "Ref",
        "To the reference car: plus is behind it",
        60,
        _to_reference,
        lambda r: r.position,
        is_shown=False,
    ),
    Column(
        "last",
        "Last",
        "Last lap: purple and a diamond is the best of the class, green and a dot the car's own best",
        80,
        _last,
        lambda r: _known(r.last.time_s),
        is_flashing=True,
        has_mark=True,
    ),
    Column(
        "best",
        "Best",
        "Best lap; the diamond is the best of the class",
        80,
        _best,
        lambda r: _known(r.best_lap_s),
        is_flashing=True,
        has_mark=True,
        gives_way=7,
    ),
    Column("stint", "Stint", "Laps since the pits", 40, _stint, lambda r: -r.stint_laps, gives_way=8),
    Column(
        "driver_laps",
        "In car",
        "Laps of the person in the car since getting in",
        48,
        _driver_laps,
        lambda r: -(r.driver_laps or 0),
        is_shown=False,
    ),
    Column("laps", "Laps", "Laps done", 44, _laps, lambda r: -r.laps, is_shown=False),
    Column(
        "stops", "Stops", "Visits to the pits", 40, _stops, lambda r: r.stops, is_flashing=True, gives_way=5
    ),
    Column(
        "stop_lap",
        "On lap",
        "Lap of the last stop",
        44,
        _stop_lap,
        lambda r: _LAST if r.stop is None else -r.stop.lap,
        gives_way=2,
    ),
    Column(
        "stop_time",
        "Lane",
        "Seconds in the pit lane at the last stop; slanted: it drove through",
        44,
        _stop_time,
        lambda r: _known(None if r.stop is None else r.stop.lane_s),
        is_flashing=True,
        gives_way=3,
    ),
    Column(
        "compound",
        "Cmp",
        "Tyre compound, by the sim's number",
        36,
        _compound,
        lambda r: r.tyres.compound,
        gives_way=1,
    ),
    Column(
        "tyre_laps",
        "Tyres",
        "Laps on this set; ≈ when nobody saw whether it was changed",
        44,
        _tyre_laps,
        lambda r: -r.tyres.laps,
        gives_way=4,
    ),
    Column(
        "window",
        "Window",
        "Laps between which it has to stop, ≈ about which it will by its stops so far; the bar: from now at "
        "the left, all cars on one scale",
        100,
        _window,
        lambda r: _LAST if r.window is None else r.window.first,
        gives_way=3,
    ),
    Column("status", "", "Where the car is", 44, _status, lambda r: r.status, is_left=True, is_flashing=True),
)
NAMES = {column.name: at for at, column in enumerate(COLUMNS)}
