"""Which setups our car ran, what was changed between them, and what that did to the lap time."""

import bisect
from collections.abc import Sequence

import msgspec

from pitbox.analysis.setup.effect import Run, RunLap, SetupEffects, setup_effects
from pitbox.analysis.setup.sheet import SetupSheet, changes
from pitbox.analysis.stint_pace.pace_lap import CLOSE_S
from pitbox.report.document import Block, Missing, Paragraph, Section
from pitbox.report.gather import QueryBook, Row
from pitbox.report.table import Cell, Table, Value, delta, number, text
from pitbox.store.trace import channel_names

_MOST_CHANGES = 40
_RUNS = """
WITH crossed AS (
    SELECT l.end_s AS at_s FROM laps AS l WHERE $here_l AND l.car_idx != $car
)
SELECT l.stint, coalesce(any_value(n.driver), '') AS driver,
    min(l.start_s) AS start_s, max(l.end_s) AS end_s,
    list(l.time_s ORDER BY l.lap) AS times_s, list(l.lap - t.start_lap ORDER BY l.lap) AS ages,
    list(l.fuel_left_l ORDER BY l.lap) AS fuel_l
FROM laps AS l
JOIN stints AS t USING (session_id, session_num, run, car_idx, stint)
LEFT JOIN v_names AS n ON n.session_id = l.session_id AND n.user_id = l.user_id
WHERE $here_l AND l.car_idx = $car AND is_clean
    AND NOT EXISTS (SELECT 1 FROM crossed AS c WHERE c.at_s > l.start_s - {close_s} AND c.at_s <= l.start_s)
    AND NOT EXISTS (SELECT 1 FROM crossed AS c WHERE c.at_s > l.end_s - {close_s} AND c.at_s <= l.end_s)
GROUP BY l.stint, l.user_id
ORDER BY start_s
""".replace("{close_s}", str(CLOSE_S))
_PITS = """
SELECT stall_in_s AS at_s FROM stops WHERE $here AND car_idx = $car AND stall_in_s IS NOT NULL
UNION
SELECT start_s FROM stints WHERE $here AND car_idx = $car
ORDER BY at_s
"""
_HEAT_CHANNELS = ("TrackTempCrew", "TrackTemp")
_HEAT = """
SELECT s.stint, avg(o."@") AS track_c
FROM stints AS s
JOIN own_car AS o
    ON o.session_num = s.session_num AND o.run = s.run
    AND o."SessionTime" BETWEEN s.start_s AND coalesce(s.end_s, o."SessionTime")
WHERE $here_s AND s.car_idx = $car AND o.epoch IN (SELECT epoch FROM logs WHERE session_id = $session)
GROUP BY s.stint
ORDER BY s.stint
"""
_EFFECT = (
    "Stints as runs; fall-off taken out within each, then setups compared between runs with the "
    "spread that runs of "
    "one driver on one setup have anyway (docs: setup effects); intervals hold 90 %. Laps: the query "
    "`setup-runs`."
)


class SetupSeen(msgspec.Struct, frozen=True):
    """What the session text of our car said from a moment on, in the run that is reported on."""

    from_s: float
    sheet: SetupSheet


def setup_section(book: QueryBook, seen: Sequence[SetupSeen]) -> Section:
    key, title = "setups", "Setups"
    known = [one for one in seen if one.sheet.is_known]
    if not known:
        words = "No setups: no session text of our own car that tells one was recorded."
        return Section(key, title, (Missing(words),))
    names = _names(known)
    distinct: dict[str, SetupSheet] = {}
    for one in known:
        distinct.setdefault(names[one.sheet.mark], one.sheet)
    if len(distinct) == 1:
        words = f"One setup was driven all the time: {next(iter(distinct))}."
        return Section(key, title, (Paragraph(words),))
    known = _dated(book, known)
    rows = book.ask("setup-runs", "Clean laps of our car by stint, none close behind somebody.", _RUNS)
    found = _effects(book, rows, known, names, next(iter(distinct)))
    base = next(iter(distinct)) if found is None or found.base not in distinct else found.base
    blocks: list[Block] = []
    if found is None:
        blocks.append(Missing("No effect: clean laps were driven on one setup only."))
    else:
        blocks.append(_effect_table(found, book.note("setup-effects", _EFFECT)))
    blocks.append(_changes(distinct, base))
    return Section(key, title, tuple(blocks))


def _dated(book: QueryBook, seen: Sequence[SetupSeen]) -> list[SetupSeen]:
    """From when the car stood in the pits last: nobody changes a setup on the road, and texts come late."""
    rows = book.ask("setup-pits", "When our car stood in the pits, and when each stint began.", _PITS)
    stood_s = [row["at_s"] for row in rows]
    before = [bisect.bisect_right(stood_s, one.from_s) for one in seen]
    return [SetupSeen(stood_s[at - 1] if at else 0.0, one.sheet)
            for one, at in zip(seen, before, strict=True)]  # fmt: skip


def _names(seen: Sequence[SetupSeen]) -> dict[tuple[tuple[str, str], ...], str]:
    """By what is set: the name of its file, with a number where two files are called the same."""
    names: dict[tuple[tuple[str, str], ...], str] = {}
    for one in seen:
        if one.sheet.mark not in names:
            plain = one.sheet.name or "setup"
            same = sum(name == plain or name.startswith(f"{plain} (") for name in names.values())
            names[one.sheet.mark] = f"{plain} ({same + 1})" if same else plain
    return names


def _effects(
    book: QueryBook,
    rows: Sequence[Row],
    seen: Sequence[SetupSeen],
    names: dict[tuple[tuple[str, str], ...], str],
    first: str,
) -> SetupEffects | None:
    """Against the setup that was driven first, where its laps are enough; None: there is but one."""
    heat = _heat(book)
    runs = [_run(row, seen, names, heat.get(row["stint"])) for row in rows]
    return setup_effects(runs, first) if len({run.setup for run in runs}) > 1 else None


def _heat(book: QueryBook) -> dict[int, float]:
    """The track's mean by stint; empty where nobody recorded it."""
    known = set(channel_names(book.cursor))
    channel = next((name for name in _HEAT_CHANNELS if name in known), None)
    if channel is None:
        return {}
    rows = book.ask("setup-heat", "The track's temperature, stint by stint.", _HEAT.replace("@", channel))
    return {row["stint"]: row["track_c"] for row in rows if row["track_c"] is not None}


def _run(
    row: Row,
    seen: Sequence[SetupSeen],
    names: dict[tuple[tuple[str, str], ...], str],
    track_c: float | None,
) -> Run:
    before = [one for one in seen if one.from_s <= row["start_s"]]
    sheet = (before[-1] if before else seen[0]).sheet
    laps = tuple(
        RunLap(time_s, float(age), fuel_l)
        for time_s, age, fuel_l in zip(row["times_s"], row["ages"], row["fuel_l"], strict=True)
    )
    return Run(f"stint {row['stint']}, {row['driver']}", names[sheet.mark], row["driver"], laps, track_c)


def _effect_table(found: SetupEffects, query: str) -> Table:
    columns = (
        text("Setup", query=query), text("Against"), number("Runs"), number("Laps"), delta("A lap", "s",
        3), text("Says"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for one in found.effects:
        effect = None if one.effect_s is None else Cell(one.effect_s.value, spread=one.effect_s.half_width)
        says = one.missing or ("found" if one.is_found else "not told apart from chance")
        rows.append((one.setup, one.against, one.runs, one.laps, effect, says))
    left_out = "; ".join(f"{run}: {why}" for run, why in found.left_out.items())
    usual_s = found.run_spread_s
    ordinary = "" if usual_s is None else f"Runs of one driver on one setup differ by about {usual_s:.2f} s."
    notes = (ordinary, *found.notes, f"Left out: {left_out}." if left_out else "")
    words = " ".join(note for note in notes if note)
    return Table(columns, tuple(rows), "What setups did to the lap", words)


def _changes(distinct: dict[str, SetupSheet], base: str) -> Table:
    rows: list[tuple[Value, ...]] = []
    for name, sheet in distinct.items():
        if name == base:
            continue
        found = changes(distinct[base], sheet)
        rows += [(name, one.words, "in the car" if one.is_underway else "") for one in found[:_MOST_CHANGES]]
        if len(found) > _MOST_CHANGES:
            rows.append((name, f"{len(found) - _MOST_CHANGES} more", ""))
    columns = (text("Setup"), text(f"Against {base}"), text("Set"))
    return Table(columns, tuple(rows), "What was changed")
