"""A race as caution rates see it, out of its laps: by the car that first completed each of them."""

from collections.abc import Sequence

from pitbox.model.series import is_north_american
from pitbox.model.session import SessionInfo
from pitbox.predict.caution import CautionRace
from pitbox.predict.lap_row import LapRow
from pitbox.predict.registry_card import SHEET, world_of


def caution_race(rows: Sequence[LapRow], world: str, series: str = "") -> CautionRace:
    """Without rows, a race of no laps, which teaches nothing."""
    first: dict[int, LapRow] = {}
    for row in rows:
        if row.lap not in first or row.end_s < first[row.lap].end_s:
            first[row.lap] = row
    slow = tuple(first[lap].is_slow if lap in first else False for lap in range(1, max(first, default=0) + 1))
    circuit = rows[0].circuit if rows else ""
    return CautionRace(world, series, circuit, len({row.car for row in rows}), slow)


def caution_world(info: SessionInfo) -> str:
    """Whose cautions a race shares: of timing sheets the North American series are a world of their own."""
    world = world_of(info)
    is_theirs = world == SHEET and is_north_american(found.name for found in info.classes)
    return f"{world}, North America" if is_theirs else world
