"""The team's drivers corner by corner, and their mistakes by place, from laps that our car recorded."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.driven import Corner, DrivenLap, MistakeKind
from pitbox.analysis.lap_cut import CHANNELS, cut_laps
from pitbox.analysis.loss.steadiness import LEAST_LAPS, Steadiness, steadiness
from pitbox.analysis.mistake.find import LapMistakes, find_mistakes
from pitbox.analysis.mistake.heat import HeatMap, heat_map
from pitbox.analysis.outline import Outline
from pitbox.model.ids import SessionId
from pitbox.report.document import Block, Missing, Paragraph, Section
from pitbox.report.figure import CornerBars, Figure, Group, Place, TrackMap
from pitbox.report.gather import QueryBook, Row
from pitbox.report.hands import hands_blocks
from pitbox.report.table import Column, Table, Value, number, text
from pitbox.store.errors import NotStoredError
from pitbox.store.trace import LapKey, channel_names, lap_channels

_MOST_LAPS = 12
"""Of each driver; more change little and take long."""
_MARGIN_S = 0.5
_WHEELS = ("LFspeed", "RFspeed", "LRspeed", "RRspeed")
_LAPS = """
WITH counted AS (
    SELECT l.lap, coalesce(n.driver, '') AS driver, l.user_id, l.time_s,
        row_number() OVER (PARTITION BY l.user_id ORDER BY l.lap) - 1 AS turn,
        count(*) OVER (PARTITION BY l.user_id) AS laps
    FROM laps AS l
    LEFT JOIN v_names AS n USING (session_id, user_id)
    WHERE $here_l AND l.car_idx = $car
        AND NOT is_out AND NOT is_in AND NOT is_caution AND NOT is_tow AND NOT is_broken
)
SELECT lap, driver, user_id, time_s
FROM counted
WHERE turn % greatest(1, ceil(laps / {most}))::BIGINT = 0
ORDER BY lap
"""
_HOW = (
    "The laps of the query `corner-laps`, from the table own_car, laid over each other by distance; "
    "corners are found "
    "from line and speed (docs: laps). A driver's time through a corner is the median of these laps."
)
_MISTAKES = "Mistakes on the same laps (docs: mistakes); seconds are against that driver's ordinary passage."

Laps = dict[str, list[DrivenLap]]


def corner_section(book: QueryBook, outline: Outline | None) -> Section:
    key, title = "corners", "Corner by corner"
    if not book.race.is_own:
        words = "No corners: nobody recorded this car from inside."
        return Section(key, title, (Missing(words),))
    laps, why = _driven(book)
    if not laps:
        return Section(key, title, (Missing(f"No corners: {why}"),))
    everything = [lap for some in laps.values() for lap in some]
    corners = corners_of(everything, outline)
    if not corners:
        words = "No corners: neither the line nor the speed of these laps shows one."
        return Section(key, title, (Missing(words),))
    blocks = [
        *_steady(book, laps, corners),
        *_mistakes(book, laps, corners, outline),
        *hands_blocks(book, laps),
    ]
    return Section(key, title, tuple(blocks), is_new_page=True)


def _driven(book: QueryBook) -> tuple[Laps, str]:
    rows = book.ask(
        "corner-laps",
        f"At most {_MOST_LAPS} flying laps of each driver, spread over the race.",
        _LAPS.format(most=_MOST_LAPS),
    )
    if not rows:
        return {}, "our car has no flying lap in this race."
    known = set(channel_names(book.cursor))
    channels = [name for name in (*CHANNELS, *_WHEELS, "Lap", "LapDistPct", "IsOnTrack") if name in known]
    found: Laps = defaultdict(list)
    why = "no rows of our car are in the database."
    for row in rows:
        try:
            lap = _lap(book, row, channels)
        except NotStoredError as error:
            why = str(error)
            continue
        if lap is not None:
            found[row["driver"] or "nobody named"].append(lap)
    return dict(found), why


def _lap(book: QueryBook, row: Row, channels: Sequence[str]) -> DrivenLap | None:
    race = book.race
    key = LapKey(SessionId(race.session), race.session_num, race.run, race.car_idx, row["lap"])
    trace = lap_channels(book.cursor, key, channels, margin_s=_MARGIN_S)
    rows = {"SessionTime": trace.times_s, **trace.channels}
    cut = cut_laps(
        rows, tuple(trace.channels), track_m=race.track_m, naming=lambda _: f"{row['lap']} · {row['driver']}"
    )
    return cut.at((trace.start_s + trace.end_s) / 2.0)


def _steady(book: QueryBook, laps: Laps, corners: Sequence[Corner]) -> list[Block]:
    told = {name: steadiness(some, corners) for name, some in laps.items()}
    told = {name: some for name, some in told.items() if some}
    if not told:
        return [
            Missing(f"No times by corner: no driver has {LEAST_LAPS} flying laps that were recorded whole.")
        ]
    query = book.note("corner-times", _HOW)
    names = tuple(_name(corner) for corner in corners)
    best = [min(some[at].time_s for some in told.values()) for at in range(len(corners))]
    is_alone = len(told) == 1
    groups = tuple(
        Group(
            name, tuple(one.left_s if is_alone else one.time_s - best[at] for at, one in enumerate(some)), hue
        )
        for hue, (name, some) in enumerate(told.items())
    )
    words = "their own best" if is_alone else "the quickest of the team"
    figure = Figure(
        f"Seconds lost in each corner against {words}",
        CornerBars(names, groups),
        "One bar a driver and corner: the ordinary passage.",
        query,
    )
    return [figure, _table(query, names, told)]


def _name(corner: Corner) -> str:
    return corner.name or str(corner.number)


def _table(query: str, names: Sequence[str], told: dict[str, tuple[Steadiness, ...]]) -> Table:
    columns: list[Column] = [text("Corner")]
    for name in told:
        columns += [
            number(name, "s", 3, query=query),
            number("best", "s", 3),
            number("spread", "s", 3, hint="Robust standard deviation of the time through it"),
        ]
    rows = []
    for at, corner in enumerate(names):
        row: list[Value] = [corner]
        for some in told.values():
            row += [some[at].time_s, some[at].best_s, some[at].time_spread_s]
        rows.append(tuple(row))
    laps = ", ".join(f"{name}: {_laps(some[0].laps)}" for name, some in told.items())
    return Table(tuple(columns), tuple(rows), "Time through each corner", laps)


def _mistakes(book: QueryBook, laps: Laps, corners: Sequence[Corner], outline: Outline | None) -> list[Block]:
    query = book.note("mistakes", _MISTAKES)
    by_driver: dict[str, list[LapMistakes]] = {
        name: list(find_mistakes(some, corners)) for name, some in laps.items()
    }
    everything = [one for some in by_driver.values() for one in some]
    blind = {kind: why for one in everything for kind, why in one.not_judged.items()}
    blocks: list[Block] = []
    if any(one.mistakes for one in everything):
        heat = heat_map(everything, corners)
        blocks += [_mistake_table(query, heat, by_driver), *_heat(query, heat, corners, outline)]
    else:
        blocks.append(Paragraph(f"No mistake was found on {_laps(len(everything))}.", (query,)))
    if blind:
        words = "; ".join(f"{kind}: {why}" for kind, why in blind.items())
        blocks.append(Missing(f"Not judged on all laps: {words}."))
    return blocks


def _mistake_table(query: str, heat: HeatMap, by_driver: dict[str, list[LapMistakes]]) -> Table:
    kinds = [kind for kind in MistakeKind if heat.counts[kind].sum()]
    columns = (
        text("Place", query=query), *(number(kind.value) for kind in kinds),
        number("Lost", "s", 2, hint="Over all laps that were looked at"), number("A lap", digits=2),
        *(number(name) for name in by_driver),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for one in heat.corners:
        if not sum(one.counts.values()):
            continue
        place = "on a straight" if one.corner is None else f"corner {one.corner}"
        counts = [
            sum(mistake.corner == one.corner for lap in some for mistake in lap.mistakes)
            for some in by_driver.values()
        ]
        rows.append((place, *(one.counts[kind] for kind in kinds), one.lost_s, one.per_lap, *counts))
    return Table(columns, tuple(rows), f"Mistakes by place, on {_laps(heat.laps)}", _unpriced(heat.unpriced))


def _unpriced(count: int) -> str:
    return f"{count} of them without a price: they add nothing to what was lost." if count else ""


def _heat(query: str, heat: HeatMap, corners: Sequence[Corner], outline: Outline | None) -> list[Block]:
    if outline is None:
        return [Missing("No map of mistakes: the outline of this track was not learnt yet.")]
    count = len(outline.x_m)
    at = np.minimum((np.arange(count) * len(heat.total) // count), len(heat.total) - 1)
    values = heat.total[at] / max(int(heat.total.max()), 1)
    places = tuple(
        Place(*_point(outline, corner.apex), words=_name(corner), tone="quiet") for corner in corners
    )
    drawing = TrackMap(
        tuple(map(float, outline.x_m)),
        tuple(map(float, outline.y_m)),
        tuple(map(float, values)),
        "mistakes",
        corners=places,
    )
    return [Figure("Where mistakes were made", drawing, "The more, the wider and deeper.", query)]


def _point(outline: Outline, pct: float) -> tuple[float, float]:
    at = round((pct % 1.0) * len(outline.x_m)) % len(outline.x_m)
    return float(outline.x_m[at]), float(outline.y_m[at])


def _laps(count: int) -> str:
    return "1 lap" if count == 1 else f"{count} laps"
