"""A briefing as a page of text: what matters first, one thought a line, no more digits than are known."""

import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from pitbox.cli.words import count_words, lap_words, span_words

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.model.session import SessionInfo
    from pitbox.strategy.briefing import Briefing, RivalCall
    from pitbox.strategy.catch import Catch
    from pitbox.strategy.fuel_plan import FuelPlan
    from pitbox.strategy.next_stop import NextStop
    from pitbox.strategy.pace import Speaker
    from pitbox.strategy.rejoin import Neighbour
    from pitbox.strategy.window import PitWindow

_WIDTH, _INDENT = 100, 11
_RIVALS = 8
_FAR_S = 1e6


def page(
    found: "Briefing",
    info: "SessionInfo | None",
    people: Mapping[int, str] = MappingProxyType({}),
    *,
    is_race: bool = True,
) -> str:
    """`people`: names of those who drove before and are not in a car now."""
    return "\n".join(_Page(found, Names(info, people), is_race=is_race).lines())


class Names(msgspec.Struct, frozen=True):
    """What cars, classes and people are called."""

    info: "SessionInfo | None"
    people: Mapping[int, str]

    def car(self, car_idx: int) -> str:
        entry = None if self.info is None else self.info.entry(car_idx)
        return f"#{car_idx if entry is None else entry.number}"

    def car_class(self, class_id: int) -> str:
        classes = () if self.info is None else self.info.classes
        return next((one.name for one in classes if one.class_id == class_id), f"class {class_id}")

    def person(self, user_id: int) -> str:
        return self.people.get(user_id) or ("still to drive" if user_id == 0 else f"driver {user_id}")


class _Page:
    def __init__(self, found: "Briefing", names: Names, *, is_race: bool) -> None:
        self.found, self.info, self.names, self.is_race = found, names.info, names, is_race

    def lines(self) -> Iterator[str]:
        found = self.found
        yield from self._head()
        for label, lines in (
            ("Race end", self._end()),
            ("Fuel", self._fuel()),
            ("Pace", _pace_words(found)),
            ("Place", _place_words(found)),
            ("Window", _window_words(found.window)),
            ("Next stop", _stop_words(found.next_stop)),
            ("If we stop", self._rejoins()),
            ("Catch", self._catches()),
            ("Traffic", self._traffic()),
            ("Drivers", self._drivers()),
            ("Rivals", self._rivals()),
            ("Not said", list(found.silent)),
        ):
            if lines:
                yield ""
                yield from _block(label, lines)

    def _head(self) -> Iterator[str]:
        found, entry = self.found, None if self.info is None else self.info.entry(self.found.car_idx)
        title = "" if self.info is None else self.info.title or self.info.track.name
        team = "" if entry is None else entry.team
        who = " ".join(word for word in (self.names.car(found.car_idx), team) if word)
        yield f"{title}: {who}" if title else who
        left = "" if found.time_left_s is None else f"{span_words(found.time_left_s)} left"
        track = ""
        if found.track is not None:
            track = f"track {found.track.words}{', wet tyres allowed' if found.track.is_declared_wet else ''}"
        clock = ", ".join(word for word in (span_words(found.moment_s), left, found.flag, track) if word)
        yield f"{clock}."
        place = f"P{found.position}, P{found.class_position} in class"
        if found.status == "finished":
            yield f"{place} after {count_words(found.laps, 'lap', 'laps')}: it took the flag."
        else:
            yield f"{place}, on lap {found.laps + 1}{'' if self.is_race else '; this is no race'}."

    def _end(self) -> list[str]:
        end, found = self.found.end, self.found
        if end is None or found.status == "finished":
            return []
        low, high = end.laps.interval(0.9)
        last = end.laps.quantile(0.5)  # the same figure that windows and fuel reckon with
        to_go = max(0, last - found.laps)
        sure = "" if low == high else f"; lap {low} to {high} in 9 of 10"
        return [f"Lap {last} is our last, {to_go} to go{sure}.", f"From {', '.join(end.assumptions)}."]

    def _fuel(self) -> list[str]:
        plan, on_board = self.found.fuel, self.found.on_board_l
        if plan is None or on_board is None:
            return []
        return [*_need_words(plan, on_board), *_scenario_rows(plan), *_call_rows(plan), *_saving_words(plan)]

    def _rejoins(self) -> list[str]:
        lines = []
        for call in self.found.rejoins:
            one = call.rejoin
            around = [
                word
                for word in (self._beside("behind", one.ahead), self._beside("ahead of", one.behind))
                if word
            ]
            where = f", {' and '.join(around)}" if around else ""
            place = f"P{one.class_position} in class, {one.near_chance:.0%} within a place"
            lines.append(f"{call.service}: {place}{where}.")
            lines.append(f"  Costs {one.assumptions[0]}.")
        return lines

    def _beside(self, word: str, near: "Neighbour | None") -> str:
        if near is None or abs(near.gap_s) >= _FAR_S:
            return ""
        return f"{abs(near.gap_s):.0f} s {word} {self.names.car(near.car_idx)}"

    def _catches(self) -> list[str]:
        ahead, behind = self.found.ahead, self.found.behind
        lines = []
        if ahead is not None:
            lines.append(_catch_words(f"{self.names.car(ahead.ahead)} ahead", "we are there", ahead))
            for one in self.found.on_the_way:
                some = f"{self.names.car_class(one.class_id)}: {count_words(one.met, 'car', 'cars')}"
                lines.append(f"  On the way {some} to pass, {one.between} of them between us now.")
        if behind is not None:
            lines.append(_catch_words(f"{self.names.car(behind.behind)} behind", "it is here", behind))
        return lines

    def _traffic(self) -> list[str]:
        some = [
            f"{self.names.car(one.car_idx)} {'now' if one.laps < 0.1 else f'in {one.laps:.1f} laps'}"
            for one in self.found.traffic[:6]
        ]
        return [f"We are on the tail of {', '.join(some)}."] if some else []

    def _drivers(self) -> list[str]:
        if len(self.found.drivers) < 2 and not any(one.owed for one in self.found.drivers):
            return []
        rows = []
        for one in self.found.drivers:
            share = "" if one.needed is None else (f"{one.owed} short" if one.owed else "share done")
            name = self.names.person(one.user_id)
            rows.append(f"{name:24.24} {one.laps:4} laps {span_words(one.drive_s):>8}  {share}".rstrip())
        return rows

    def _rivals(self) -> list[str]:
        near = sorted(self.found.rivals, key=lambda one: abs(one.class_position - self.found.class_position))
        some = sorted(near[:_RIVALS], key=lambda one: one.class_position)
        return [self._rival(one) for one in some]

    def _rival(self, one: "RivalCall") -> str:
        gap = "" if one.gap_s is None else f"{one.gap_s:+.1f} s"
        row = f"P{one.class_position:<3}{self.names.car(one.car_idx):>5} {gap:>10}"
        last = one.last_stop
        was = "" if last is None else f"   last stop {last.what.kind} ({last.what.confidence:.0%})"
        if one.next_stop is None or one.next_stop.likely is None:
            return f"{row}{was}"
        swap = f", another driver {one.kind.swap_chance:.0%}" if one.kind.stops else ""
        return f"{row}   {one.next_stop.words}{swap}{was}"


def _block(label: str, lines: Sequence[str]) -> Iterator[str]:
    """The label stands once, everything else under its first line."""
    head = label.ljust(_INDENT)
    for line in lines:
        inner = line[: len(line) - len(line.lstrip())]
        yield from (
            textwrap.wrap(
                line.strip(),
                _WIDTH,
                initial_indent=head + inner,
                subsequent_indent=" " * (_INDENT + len(inner) + 2),
                drop_whitespace=True,
            )
            if len(line) > _WIDTH - _INDENT
            else (f"{head}{line}".rstrip(),)
        )
        head = " " * _INDENT


def _need_words(plan: "FuelPlan", on_board: float) -> list[str]:
    unit, use = plan.unit, plan.use
    laps = count_words(int(max(0.0, on_board) / use.mean_l), "lap", "laps")
    lines = [f"{on_board:.0f} {unit} on board, {use.mean_l:.2f} a lap ({use.words}): {laps}."]
    by_risk = {need.risk: need for need in plan.needs}
    sure = by_risk[min(by_risk)]
    if sure.missing_l <= 0:
        return [
            *lines,
            f"Enough to the flag, at {sure.risk:.0%} risk; {on_board - sure.to_end_l:.0f} {unit} over.",
        ]
    told = ", ".join(f"{need.missing_l:.0f} {unit} at {need.risk:.0%}" for need in plan.needs)
    stops = count_words(plan.stops_needed, "stop", "stops")
    return [*lines, f"Missing to the flag, by the risk to run dry: {told}; at least {stops}."]


def _scenario_rows(plan: "FuelPlan") -> list[str]:
    """Only as many as differ: after one lap the mean of ten is that lap."""
    rows, seen = [], set()
    for one in plan.scenarios:
        key = round(one.use_l, 2)
        if key in seen and one.name != "target":
            continue
        seen.add(key)
        end = "over" if one.spare_l >= 0 else "short"
        rows.append(
            f"  {one.name:9} {one.use_l:5.2f} {plan.unit} a lap   runs to lap {one.ends_on_lap:4}"
            f"   {abs(one.spare_l):4.0f} {plan.unit} {end} at the flag"
        )
    return rows if len(rows) > 1 else []


def _call_rows(plan: "FuelPlan") -> list[str]:
    if not any(call.to_add_l > 0 for call in plan.calls):
        return []
    rows = ["To type into the pit menu:"]
    for call in plan.calls:
        after = (
            "no stop" if not call.stops_after else count_words(call.stops_after, "stop", "stops") + " after"
        )
        # Rounded up: a litre too much is a tenth of a second, a litre too little the race.
        rows.append(
            f"  {call.name:9} {_up(call.to_add_l):5} {plan.unit}   runs to lap {call.ends_on_lap:4}"
            f"   {after} after, {call.words}"
        )
    return rows


def _up(litres: float) -> int:
    return int(-(-litres // 1))


def _saving_words(plan: "FuelPlan") -> list[str]:
    unit, lines = plan.unit, []
    if plan.split_l is not None:
        lines.append(f"The last two stops evenly: {_up(plan.split_l)} {unit} each.")
    saving = plan.saving
    if saving is not None and saving.less < 0.15:
        lines.append(
            f"One stop less takes {saving.target_l:.2f} {unit} a lap: {saving.words};"
            f" it costs {saving.cost_s:.0f} s of lap time."
        )
    return lines


def _pace_words(found: "Briefing") -> list[str]:
    """What models say and which; nothing where the plain formulas speak."""
    said, pace = found.learned, found.learned.paces.get(found.car_idx)
    lines = []
    if pace is not None and said.speaker is not None:
        span = f"{lap_words(pace.low_s)} to {lap_words(pace.high_s)} in 8 of 10"
        soon = f"{lap_words(pace.soon_s)} over ten laps of this stint"
        lines += [f"Next lap {lap_words(pace.next_s)}, {span}; {soon}.", _speaker_words(said.speaker)]
    tyres = said.tyres
    if tyres is not None and said.tyre_speaker is not None:
        falls = "" if tyres.cliff_age is None else f"; falls off after {tyres.cliff_age:.0f} laps"
        span = f"{tyres.low_s:.2f} to {tyres.high_s:.2f} in 9 of 10{falls}"
        cost = f"Our tyres cost {tyres.slope_s:.2f} s for each lap of age"
        lines += [f"{cost}, {span}.", _speaker_words(said.tyre_speaker)]
    return lines


_LIKELY = 0.02


def _place_words(found: "Briefing") -> list[str]:
    """In class, at the flag; nothing where no model speaks."""
    finish, speaker = found.learned.finish, found.learned.finish_speaker
    if finish is None or speaker is None:
        return []
    chances = [(chance, place) for place, chance in enumerate(finish.chances, 1) if chance >= _LIKELY]
    best = sorted(chances, reverse=True)[:4]
    told = ", ".join(f"P{place} {chance:.0%}" for chance, place in sorted(best, key=lambda one: one[1]))
    return [f"In class at the flag: {told}.", _speaker_words(speaker)]


def _speaker_words(speaker: "Speaker") -> str:
    since = time.strftime("%Y-%m-%d %H:%M", time.gmtime(speaker.since_s))
    return f"By {speaker.model} {speaker.version} ({speaker.step}), which speaks since {since} UTC."


def _window_words(window: "PitWindow | None") -> list[str]:
    if window is None:
        return []
    if not window.is_overlap:
        when = f"No lap serves both: in by lap {window.latest}, the flag in reach from lap {window.earliest}"
    elif window.is_open:
        when = f"Open, to lap {window.latest}: {_laps(window.closes_in + 1)} left"
    else:
        when = f"Lap {window.earliest} to {window.latest}: opens in {_laps(window.opens_in)}"
    stops = count_words(window.stops_left, "stop", "stops")
    sure = "" if window.confidence >= 1 else f", {window.confidence:.0%} sure"
    return [f"{when}; {stops} to the flag{sure}.", f"From {', '.join(window.assumptions)}."]


def _stop_words(next_stop: "NextStop | None") -> list[str]:
    if next_stop is None:
        return []
    stop, green = next_stop.overall, next_stop.if_green
    if stop.no_stop > 0.5:
        return [f"No further stop, {stop.no_stop:.0%} sure (by {next_stop.source})."]
    words = f"About lap {stop.lap}, {stop.chance:.0%} within two; lap {stop.first} to {stop.last} in 9 of 10"
    also = f"; lap {green.lap} if it stays green" if green.lap != stop.lap else ""
    return [f"{words}{also} (by {next_stop.source})."]


def _catch_words(who: str, there: str, one: "Catch") -> str:
    if one.laps is None:
        return f"{who}: {one.gap_s:.1f} s, drawing apart by {abs(one.gain_s):.2f} s a lap."
    last = "or never" if one.last is None else f"to {one.last:.0f}"
    first = one.laps if one.first is None else one.first
    return (
        f"{who}: {one.gap_s:.1f} s, {abs(one.gain_s):.2f} s a lap closer,"
        f" {there} in {one.laps:.0f} laps ({first:.0f} {last})."
    )


def _laps(count: int) -> str:
    return count_words(count, "lap", "laps")
