"""`pitbox status`: what the pit wall would say at a moment of a race, on one screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import Desk, desk_of, pick_sessions, print_json
from pitbox.cli.words import span_words

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.model.ids import LogId, SessionId
    from pitbox.model.session import SessionInfo
    from pitbox.strategy.briefing import Briefing
    from pitbox.strategy.fuel_plan import FuelPlan
    from pitbox.strategy.listen import Listener
    from pitbox.strategy.window import PitWindow
    from pitbox.wire.record import AnyRecord

_RIVALS = 8


def status(
    context: typer.Context,
    session: Annotated[
        str | None,
        typer.Argument(help="A session's name, or a timing sheet; without it, the newest session."),
    ] = None,
    at: Annotated[
        str, typer.Option("--at", help="Race time, as 13:42:07, 42:07 or seconds; else the end.")
    ] = "",
    car: Annotated[
        str, typer.Option("--car", help="The number on the car; else ours, else the leader.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Every figure with its assumptions.")] = False,
) -> None:
    """Race end, fuel, pit windows, rivals, catch and rejoin, as known at that moment."""
    from pitbox.strategy.briefing import briefing

    until_s = _seconds(at) if at else float("inf")
    listener = _listener(desk_of(context), session, until_s)
    standings = listener.fold.standings()
    now_s = until_s if standings is None else min(until_s, standings.sim_time_s)
    is_seen = standings is not None and any(one.surface > 0 for one in standings.cars)
    moment = listener.story.at(now_s, standings if is_seen else None)
    car_idx = _car_idx(moment.info, car, moment.own_car_idx)
    if car_idx is None or (not car and moment.car(car_idx) is None):
        car_idx = moment.cars[0].car_idx
    found = briefing(moment, car_idx, standings)
    if as_json:
        print_json(found)
    else:
        print("\n".join(_lines(found, moment.info)))


def _listener(desk: Desk, session: str | None, until_s: float) -> "Listener":
    from pitbox.log.merge import merged
    from pitbox.sim.sheet.record import Sheet
    from pitbox.strategy.listen import listen

    if session is not None and Path(session).suffix.lower() == ".csv":
        return listen(Sheet(Path(session).expanduser()).records(), until_s)
    name = _newest(desk) if session is None else pick_sessions(desk, session)[0]

    def records() -> "Iterator[tuple[AnyRecord, LogId]]":
        for item in merged(desk.shelf.readers(name)):
            yield item.record, item.log

    return listen(records(), until_s)


def _newest(desk: Desk) -> "SessionId":
    known = desk.shelf.sessions()
    if not known:
        raise typer.BadParameter("Nothing is recorded here yet; `pitbox demo` records a synthetic race.")
    return max(known, key=lambda name: max(reader.log.epoch for reader in desk.shelf.readers(name)))


def _seconds(text: str) -> float:
    total = 0.0
    try:
        for part in text.split(":"):
            total = 60.0 * total + float(part)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write 13:42:07, 42:07 or seconds.") from None
    return total


def _car_idx(info: "SessionInfo | None", number: str, own: int) -> int | None:
    if not number:
        return own if own >= 0 else None
    entries = () if info is None else info.entries
    found = next((entry.car_idx for entry in entries if entry.number == number), None)
    if found is None:
        raise typer.BadParameter(f"No car in this race has the number {number!r}.")
    return found


def _lines(found: "Briefing", info: "SessionInfo | None") -> list[str]:
    numbers = {} if info is None else {entry.car_idx: entry.number for entry in info.entries}

    def name(car_idx: int) -> str:
        return f"#{numbers.get(car_idx, car_idx)}"

    title = "" if info is None else info.title
    places = f"P{found.position}, P{found.class_position} in class, lap {found.laps + 1}"
    left = f"{span_words(found.time_left_s)} left, {found.flag or 'no flag'}"
    lines = [f"{title}  {name(found.car_idx)}  {places}", f"At {span_words(found.moment_s)}, {left}", ""]
    lines += _end_lines(found)
    if found.fuel is not None:
        lines += _fuel_lines(found.fuel)
    lines += _window_lines(found.window)
    if found.next_stop is not None:
        stop = found.next_stop.overall
        lines.append(f"Stop      likely lap {stop.lap} (+-2: {stop.chance:.0%}), {stop.first} to {stop.last}")
    for call in found.rejoins:
        r = call.rejoin
        around = [f"behind {name(r.ahead.car_idx)}"] if r.ahead and r.ahead.gap_s < 1e6 else []
        around += [f"ahead of {name(r.behind.car_idx)}"] if r.behind and r.behind.gap_s > -1e6 else []
        lines.append(
            f"Rejoin    P{r.class_position} in class (+-1: {r.near_chance:.0%}) with {call.service}"
            f" ({r.cost.words}){', ' if around else ''}{', '.join(around)}"
        )
    lines += _catch_lines(found, name)
    lines += _rival_lines(found, name)
    return lines + [f"Silent    {words}" for words in found.silent]


def _end_lines(found: "Briefing") -> list[str]:
    if found.end is None:
        return []
    low, high = found.end.laps.interval(0.9)
    left = found.end.laps.most_likely - found.laps
    lines = [f"Race end  lap {found.end.laps.most_likely} ({low} to {high}), {left} to go"]
    return [*lines, f"          {'; '.join(found.end.assumptions)}"]


def _fuel_lines(plan: "FuelPlan") -> list[str]:
    unit = plan.unit
    lines = [f"Fuel      {plan.assumptions[0]}"]
    lines += [
        (
            f"  {one.name:8} {one.use_l:6.2f} {unit} a lap, ends on lap {one.ends_on_lap:4},"
            f" spare {one.spare_l:+7.1f} {unit}"
        )
        for one in plan.scenarios
    ]
    lines += [
        f"  to the end at {need.risk:.0%} risk: {need.to_end_l:.1f} {unit}, missing {need.missing_l:.1f}"
        for need in plan.needs
    ]
    lines += [
        (
            f"  {call.name:9} type {call.to_add_l:6.1f} {unit}: {call.words}, ends on lap {call.ends_on_lap},"
            f" {call.stops_after} stops after"
        )
        for call in plan.calls
    ]
    if plan.split_l is not None:
        lines.append(f"  last two stops evenly: {plan.split_l:.1f} {unit} each")
    if plan.saving is not None:
        saving = plan.saving
        lines.append(
            f"  a stop less: {saving.target_l:.2f} {unit} a lap, {saving.words}, costs {saving.cost_s:.0f} s"
        )
    return lines


def _window_lines(window: "PitWindow | None") -> list[str]:
    if window is None:
        return []
    state = "open" if window.is_open else f"opens in {window.opens_in} laps"
    words = f"{state}, closes in {window.closes_in} laps" if window.is_overlap else "no lap serves both ends"
    return [
        (
            f"Window    lap {window.earliest} to {window.latest}, {words}, {window.stops_left} stops left"
            f" ({window.confidence:.0%} sure)"
        ),
        f"          {'; '.join(window.assumptions)}",
    ]


def _catch_lines(found: "Briefing", name: "object") -> list[str]:
    lines = []
    assert callable(name)
    for words, one, who in (
        ("we catch", found.ahead, None if found.ahead is None else found.ahead.ahead),
        ("caught by", found.behind, None if found.behind is None else found.behind.behind),
    ):
        if one is not None:
            when = "not at this pace" if one.laps is None else f"in {one.laps:.0f} laps"
            lines.append(
                f"Catch     {words} {name(who)} {when}: {one.gap_s:.1f} s, {one.gain_s:+.2f} s a lap"
            )
    if found.traffic:
        some = ", ".join(f"{name(one.car_idx)} in {one.laps:.1f}" for one in found.traffic[:4])
        lines.append(f"Traffic   {some} laps")
    return lines


def _rival_lines(found: "Briefing", name: "object") -> list[str]:
    assert callable(name)
    lines = []
    for rival in found.rivals[:_RIVALS]:
        gap = "" if rival.gap_s is None else f"{rival.gap_s:+8.1f} s"
        stop = (
            ""
            if rival.next_stop is None
            else (
                f"  stops lap {rival.next_stop.overall.lap} ({rival.next_stop.overall.chance:.0%}),"
                f" driver change {rival.kind.swap_chance:.0%}"
            )
        )
        lines.append(f"Rival     P{rival.class_position:<2} {name(rival.car_idx):>5} {gap:>10}{stop}")
    return lines
