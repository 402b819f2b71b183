"""The review of a race as a page of a terminal."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from rich.console import Console
from rich.table import Table

from pitbox.cli.desk import console
from pitbox.model.plan_check.figures import hours
from pitbox.planning.after.noun import (
    Account,
    Adherence,
    Cost,
    Equality,
    Estimate,
    KeptStint,
    Offset,
    Pace,
    PitStop,
    PlanReview,
)
from pitbox.planning.live.words import clock

_EMPTY = "-"
_WORTH_S = 5.0
"""Smaller costs are summed up."""


def page(found: PlanReview, *, is_every: bool = False) -> None:
    screen = console()
    account = found.account
    screen.print(
        f"{account.laps} laps in {hours(account.driven_s)}; the plan has {account.planned_laps:.1f} laps in "
        f"that time, and {hours(account.planned_s)} for this distance: {_off(account.total_s)}."
    )
    _costs(screen, account, is_every=is_every)
    _shares(screen, found.equality)
    _stops(screen, found)
    _paces(screen, "Pace by driver", found.drivers)
    _paces(screen, "Pace by stint", found.stints)
    _adherence(screen, found)
    for note in found.notes:
        screen.print(f"Note: {note}", style="dim")


def _off(total_s: float) -> str:
    return f"{abs(total_s):.0f} s {'behind' if total_s > 0 else 'ahead of'} it"


def _table(heads: Iterable[str], left: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        justify: Literal["left", "right"] = "left" if head in left else "right"
        table.add_column(head, justify=justify, no_wrap=head not in {"what", "other than planned"})
    return table


def _head(screen: Console, words: str) -> None:
    screen.print()
    screen.print(words, style="bold")


def _costs(screen: Console, account: Account, *, is_every: bool) -> None:
    _head(screen, "What it cost, in seconds against the plan (90 %)")
    table = _table(("stint", "cost", "from", "to", "why", "what"), ("why", "what"))
    small: dict[str, list[Cost]] = defaultdict(list)
    for one in account.costs:
        if abs(one.cost_s) < _WORTH_S and not is_every:
            small[one.kind.value].append(one)
            continue
        table.add_row(str(one.stint or _EMPTY), *_bounds(one), one.kind.value, one.words)
    for kind, some in small.items():
        cost_s = sum(one.cost_s for one in some)
        table.add_row(_EMPTY, f"{cost_s:+.1f}", "", "", kind, _small(len(some)), style="dim")
    table.add_row(_EMPTY, f"{account.remainder_s:+.1f}", "", "", "remainder", "laps that nobody saw")
    table.add_row(_EMPTY, f"{account.total_s:+.1f}", "", "", "total", "all of the above", style="bold")
    screen.print(table)


def _small(count: int) -> str:
    return "a small one" if count == 1 else f"{count} small ones together"


def _bounds(one: Cost) -> tuple[str, str, str]:
    return f"{one.cost_s:+.1f}", f"{one.low_s:+.1f}", f"{one.high_s:+.1f}"


def _shares(screen: Console, found: Equality) -> None:
    words = f"Drive time: evenness {found.figure:.2f} (planned {found.planned_figure:.2f}; 1 is equal)"
    _head(screen, f"{words}, {hours(found.moved_s)} off equal shares")
    table = _table(
        ("driver", "drove", "share", "planned", "laps", "stints", "least", "most", ""), ("driver", "")
    )
    for one in found.drivers:
        table.add_row(
            one.name,
            hours(one.driven_s),
            f"{100 * one.share:.1f} %",
            hours(one.planned_s),
            str(one.laps),
            str(one.stints),
            _EMPTY if one.least_s is None else hours(one.least_s),
            _EMPTY if one.most_s is None else hours(one.most_s),
            "" if one.is_within else "against the rules",
        )
    screen.print(table)


def _stops(screen: Console, found: PlanReview) -> None:
    if not found.stops:
        return
    _head(screen, "Stops, in seconds")
    heads = ("stop", "at", "lap", "who", "visit", "planned", "needed", "lane", "service", "way", "class best")
    table = _table((*heads, "middle", "what"), ("who", "what"))
    for one in found.stops:
        table.add_row(
            str(one.number),
            clock(one.at_s),
            str(one.lap),
            _who(one, found),
            _figure(one.visit_s),
            _figure(one.planned_s),
            _figure(one.needed_s),
            *(_signed(lost_s) for lost_s in (one.lane_lost_s, one.service_lost_s, one.way_lost_s)),
            *(_class(one)),
            ", ".join((*one.services, *(["caution"] if one.is_caution else []))).replace("_", " "),
        )
    screen.print(table)


def _class(one: PitStop) -> tuple[str, str]:
    told = one.class_visits_s
    return (_EMPTY, _EMPTY) if told is None else (f"{told[0]:.1f}", f"{told[1]:.1f}")


def _who(one: PitStop, found: PlanReview) -> str:
    before, after = (found.names.get(key, key) or "?" for key in (one.seat_in, one.seat_out))
    return before if one.seat_in == one.seat_out else f"{before} → {after}"


def _paces(screen: Console, title: str, some: tuple[Pace, ...]) -> None:
    _head(screen, f"{title}: clean laps, seconds (90 %)")
    heads = ("stint", "driver", "laps", "clean", "median", "scatter", "trend", "to plan", "to team", "track")
    table = _table((*heads, "slow laps", ""), ("driver", "to plan", "to team", "trend", ""))
    for one in some:
        table.add_row(
            str(one.stint or _EMPTY),
            one.name,
            str(one.laps),
            str(one.clean_laps),
            _EMPTY if one.median is None else f"{one.median.value:.2f}",
            _figure(one.scatter_s, 2),
            _estimate(one.trend, 3),
            _estimate(one.to_plan),
            _estimate(one.to_team),
            _signed(one.track_s),
            str(one.slow_laps),
            one.words,
        )
    screen.print(table)


def _adherence(screen: Console, found: PlanReview) -> None:
    kept = found.adherence
    screen.print()
    screen.print(_kept_words(kept), style="bold")
    heads = ("stint", "row", "driver", "from", "to", "start", "end", "driver then", "start then")
    table = _table((*heads, "other than planned"), ("driver", "driver then", "other than planned"))
    for one in kept.stints:
        table.add_row(
            str(one.stint),
            str(one.row or _EMPTY),
            found.names.get(one.seat, "not in the team"),
            clock(one.start_s),
            clock(one.end_s),
            _minutes(None if one.at_green is None else one.at_green.start_s),
            _minutes(None if one.at_green is None else one.at_green.end_s),
            _EMPTY if one.at_stop is None else found.names.get(one.at_stop.seat, "nobody"),
            _minutes(None if one.at_stop is None else one.at_stop.start_s),
            _words(one),
        )
    screen.print(table)
    for words in kept.skipped:
        screen.print(f"{words} was not driven.")
    _changes(screen, kept)


def _kept_words(kept: Adherence) -> str:
    row, clock = f"{100 * kept.by_row:.0f} %", f"{100 * kept.by_clock:.0f} %"
    words = f"Adherence: {row} of the time by whom the row names, {clock} by the clock"
    return words if kept.by_stop is None else f"{words}, {100 * kept.by_stop:.0f} % as it stood at each stop"


def _changes(screen: Console, kept: Adherence) -> None:
    before, since = kept.edits_before, len(kept.changes)
    words = (
        f"Edits of the plan before the green flag: {before}; changes of it and replies in the race: {since}."
    )
    screen.print(words)
    for one in kept.changes:
        reason = f" {one.reply} “{one.reason}”:" if one.reply else ""
        screen.print(f"  {clock(one.race_s)} {one.who}{reason} {'; '.join(one.what) or 'nothing else'}")


def _words(one: KeptStint) -> str:
    services = _services(one.at_green)
    return "; ".join(words for words in (one.words, services) if words)


def _services(at: Offset | None) -> str:
    if at is None:
        return ""
    told = [] if at.fuel_l is None or abs(at.fuel_l) < 1.0 else [f"{at.fuel_l:+.0f} l"]
    return ", ".join([*told, *(["other tyres than planned"] if at.has_tyres is False else [])])


def _figure(value: float | None, digits: int = 1) -> str:
    return _EMPTY if value is None else f"{value:.{digits}f}"


def _signed(value: float | None) -> str:
    return _EMPTY if value is None else f"{value:+.1f}"


def _minutes(value_s: float | None) -> str:
    return _EMPTY if value_s is None else f"{value_s / 60:+.1f} min"


def _estimate(one: Estimate | None, digits: int = 2) -> str:
    if one is None:
        return _EMPTY
    return f"{one.value:+.{digits}f} ({one.low:+.{digits}f} to {one.high:+.{digits}f})"
