"""Which row each stint was, and which of the plan's stops each visit was."""

import msgspec

from pitbox.planning.after.driven import Raced


class Match(msgspec.Struct, frozen=True):
    rows: dict[int, tuple[int, ...]]
    """By index of the stint; empty where it was in no plan."""
    parts: dict[int, int]
    """By index of the stint: which part of its rows, from 0."""
    counts: dict[int, int]
    """By index of the stint: of how many parts."""
    stops: dict[int, int]
    """By index of the stint behind it: the row whose stop this was."""

    def row(self, stint: int) -> int | None:
        rows = self.rows.get(stint, ())
        return rows[0] if rows else None

    def is_whole(self, stint: int) -> bool:
        """It was one row, and all of it."""
        return len(self.rows.get(stint, ())) == 1 and self.counts[stint] == 1


def matched(race: Raced) -> Match:
    rows: dict[int, tuple[int, ...]] = {}
    parts: dict[int, int] = {}
    counts: dict[int, int] = {}
    stops: dict[int, int] = {}
    for told in race.alignment.told:
        for part, stint in enumerate(told.spells):
            rows[stint], parts[stint], counts[stint] = told.rows, part, len(told.spells)
        first = told.spells[0]
        if told.rows and told.rows[0] > 0 and first > 0:
            stops[first] = told.rows[0]
    return Match(rows, parts, counts, stops)
