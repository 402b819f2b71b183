"""Each stop of ours: what it was made of, what such a service takes, and how the class did the same."""

from statistics import median

from pitbox.report.document import Block, Missing, Section
from pitbox.report.figure import Figure, LedgerBars, Part, Stack
from pitbox.report.gather import QueryBook, Row
from pitbox.report.table import Cell, Table, Tone, Value, delta, number, race_time, text
from pitbox.strategy.pit_rule import CIRCUIT, SWAP, TOGETHER, TYRES, PitRules
from pitbox.strategy.stop_cost import SeenStop, seen_stops
from pitbox.strategy.story import Story

_SLOW_S = 5.0
"""Beyond what was needed: worth a look."""
_STOPS = """
WITH alike AS (
    SELECT list_sort(s.service) AS done, count(*) AS others,
        median(s.lane_out_s - s.lane_in_s) AS lane_s, min(s.lane_out_s - s.lane_in_s) AS best_s
    FROM stops AS s
    JOIN entries AS e USING (session_id, car_idx)
    WHERE $here_s AND e.class_id = $class AND s.car_idx <> $car
        AND NOT s.is_tow AND s.lane_out_s > s.lane_in_s
    GROUP BY done
)
SELECT v.stop, v.lap, v.lane_in_s - $green AS race_s, v.flag, v.driver_in, v.driver_out, v.is_swap,
    v.is_tow, v.lane_s, v.stall_s, v.fuel_added_l, v.service,
    a.lane_s AS class_lane_s, a.best_s AS class_best_s, a.others
FROM v_stops AS v
LEFT JOIN alike AS a ON a.done = list_sort(v.service)
WHERE $here_v AND v.car_idx = $car
ORDER BY v.stop
"""
_LOSS = (
    "In- and out-lap of a stop against the median of up to twelve laps before it under the same "
    "flag; visits with "
    "repairs and tows are left out. The class: the same of every other car of it."
)


def pit_section(book: QueryBook, story: Story, rules: PitRules | None) -> Section:
    rows = book.ask("stops", "Our visits to the pits, and those of the class with the same service.", _STOPS)
    title, key = "Pit ledger", "pit-ledger"
    if not rows:
        return Section(key, title, (Missing("No stop: our car was not seen in the pits in this race."),))
    said = rules or (CIRCUIT if story.is_sheet else TOGETHER)
    blocks: list[Block] = []
    if any(row["lane_s"] for row in rows):
        blocks.append(_bars(rows, said))
    else:
        blocks.append(Missing("No picture of the stops: nobody measured how long visits took."))
    blocks.append(_table(book, rows, story, said))
    return Section(key, title, tuple(blocks), is_new_page=True)


def needed_s(row: Row, rules: PitRules) -> float | None:
    """In the stall, for what was done; None where nobody knows the litres, or stood there."""
    done = row["service"] or []
    if row["stall_s"] is None or row["fuel_added_l"] is None:
        return None
    return rules.box_s(
        row["fuel_added_l"], has_tyres=TYRES in done, is_swap=SWAP in done or bool(row["is_swap"])
    )


def _bars(rows: list[Row], rules: PitRules) -> Figure:
    stacks = []
    for row in rows:
        if not row["lane_s"]:
            continue
        stall_s, need_s = row["stall_s"], needed_s(row, rules)
        lane_s = row["lane_s"] - (stall_s or 0.0)
        parts = (Part("lane" if stall_s else "visit", max(0.0, lane_s)), Part("stall", stall_s or 0.0))
        need = None if need_s is None else lane_s + need_s
        stacks.append(Stack(f"{row['stop']}, lap {row['lap']}", parts, need))
    return Figure(
        "What each stop took",
        LedgerBars(tuple(stacks), need_words="lane and the service that was done"),
        "Time in the lane, rolling and standing; the tick is what the service done takes by rule.",
        "stops",
        f"Need: {rules.name}.",
    )


def _table(book: QueryBook, rows: list[Row], story: Story, rules: PitRules) -> Table:
    race = book.race
    query = book.note("stop-loss", _LOSS)
    need = book.note(
        "stop-need", f"Time in the stall by the rules `{rules.name}` for the litres and tyres taken."
    )
    own = story.cars.get(race.car_idx)
    seen = {} if own is None else {one.stop.stop: one for one in seen_stops(own)}
    theirs = _class_losses(story, race.car_idx)
    columns = (
        number("Stop", query="stops"), number("Lap"), race_time("At"), text("Flag"), text("Driver"),
        text("Done"),
        number("Fuel", "l", 1), number("Visit", "s", 1), number("Stall", "s", 1),
        number("Needed", "s", 1, query=need), delta("Over", digits=1, hint="In the stall"),
        number("Lost", "s", 1, query=query, hint="In- and out-lap against driving on"),
        number("Class, same service", "s", 1, hint="Median visit of the others"), delta("To class", digits=1),
    )  # fmt: skip
    found = tuple(_row(row, seen.get(row["stop"]), rules) for row in rows)
    note = (
        f"A stop of the class lost {median(theirs):.1f} s in the middle of {len(theirs)}." if theirs else ""
    )
    return Table(columns, found, "Stops", note)


def _row(row: Row, seen: SeenStop | None, rules: PitRules) -> tuple[Value, ...]:
    need_s = needed_s(row, rules)
    over_s = None if need_s is None else row["stall_s"] - need_s
    visit_s, usual_s = row["lane_s"] or None, row["class_lane_s"]
    people = row["driver_in"] or ""
    if row["is_swap"]:
        people += f" → {row['driver_out'] or ''}"
    done = "tow" if row["is_tow"] else ", ".join(row["service"] or [])
    others = None if usual_s is None else Cell(usual_s, note=f"of {row['others']}")
    return (
        row["stop"], row["lap"], row["race_s"], row["flag"] or "", people,
        done, row["fuel_added_l"], visit_s, row["stall_s"],
        need_s, None if over_s is None else Cell(over_s, Tone.WARN if over_s > _SLOW_S else Tone.PLAIN),
        None if seen is None else Cell(seen.loss_s, note="caution" if seen.is_slow else ""),
        others, None if usual_s is None or visit_s is None else visit_s - usual_s,
    )  # fmt: skip


def _class_losses(story: Story, car_idx: int) -> list[float]:
    """Of everybody else in the class, under green."""
    entry = None if story.info is None else story.info.entry(car_idx)
    found = []
    for mate in story.cars.values():
        other = None if story.info is None else story.info.entry(mate.car_idx)
        if mate.car_idx == car_idx or other is None or entry is None or other.class_id != entry.class_id:
            continue
        found += [one.loss_s for one in seen_stops(mate) if not one.is_slow]
    return found
