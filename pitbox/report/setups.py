"""Which setups our car ran, what was changed between them, and what that did to the lap time."""

from collections.abc import Sequence

import msgspec

from pitbox.analysis.setup.effect import Run, RunLap, SetupEffects, setup_effects
from pitbox.analysis.setup.sheet import SetupSheet, changes
from pitbox.report.document import Block, Missing, Paragraph, Section
from pitbox.report.gather import QueryBook, Row
from pitbox.report.table import Cell, Table, Value, delta, number, text

_MOST_CHANGES = 40
_RUNS = """
SELECT l.stint, coalesce(any_value(n.driver), '') AS driver, min(l.start_s) AS start_s, max(l.end_s) AS end_s,
    list(l.time_s ORDER BY l.lap) AS times_s, list(l.lap - t.start_lap ORDER BY l.lap) AS ages,
    list(l.fuel_left_l ORDER BY l.lap) AS fuel_l
FROM laps AS l JOIN stints AS t USING (session_id, session_num, run, car_idx, stint)
LEFT JOIN v_names AS n ON n.session_id = l.session_id AND n.user_id = l.user_id
WHERE $here_l AND l.car_idx = $car AND is_clean GROUP BY l.stint, l.user_id ORDER BY start_s
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
    rows = book.ask("setup-runs", "Clean laps of our car, stint by stint.", _RUNS)
    blocks: list[Block] = [*_effects(book, rows, known, names), _changes(distinct)]
    return Section(key, title, tuple(blocks))


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
) -> list[Block]:
    runs = [_run(row, seen, names) for row in rows]
    if len({run.setup for run in runs}) < 2:
        return [Missing("No effect: clean laps were driven on one setup only.")]
    query = book.note("setup-effects", _EFFECT)
    return [_effect_table(setup_effects(runs), query)]


def _run(row: Row, seen: Sequence[SetupSeen], names: dict[tuple[tuple[str, str], ...], str]) -> Run:
    """On what the text said last when it began."""
    before = [one for one in seen if one.from_s <= row["end_s"]]
    sheet = (before[-1] if before else seen[0]).sheet
    laps = tuple(
        RunLap(time_s, float(age), fuel_l)
        for time_s, age, fuel_l in zip(row["times_s"], row["ages"], row["fuel_l"], strict=True)
    )
    return Run(f"stint {row['stint']}, {row['driver']}", names[sheet.mark], row["driver"], laps)


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
    return Table(columns, tuple(rows), "What setups did to the lap", " ".join(found.notes))


def _changes(distinct: dict[str, SetupSheet]) -> Table:
    rows: list[tuple[Value, ...]] = []
    names = list(distinct)
    for name in names[1:]:
        found = changes(distinct[names[0]], distinct[name])
        rows += [(name, one.words, "in the car" if one.is_underway else "") for one in found[:_MOST_CHANGES]]
        if len(found) > _MOST_CHANGES:
            rows.append((name, f"{len(found) - _MOST_CHANGES} more", ""))
    columns = (text("Setup"), text(f"Against {names[0]}"), text("Set"))
    return Table(columns, tuple(rows), "What was changed")
