"""The rows of the stint plot: whose they are, which stay, and how far the others are scrolled. No Qt.

All pixels count from the top of the plot's body.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from pitbox.ui.scene.row import CarRow


class StintRows:
    def __init__(self) -> None:
        self.cars: Sequence[CarRow] = ()
        self.scrolled_px = 0
        """By whole rows."""
        self._wanted_px = 0.0
        """As far as somebody scrolled, parts of a row included."""
        self._pinned = 0
        """So many rows at the top stay there however the others are scrolled."""
        self._row_px, self._room_px = 1, 0

    def measure(self, row_px: int, room_px: int) -> "StintRows":
        self._row_px, self._room_px = row_px, room_px
        return self

    def sort(self, shown: Sequence[CarRow], classes: AbstractSet[int], first: Sequence[int]) -> None:
        """`first` stay at the top, whatever their class; of the others `classes`, all when it is empty."""
        top = {row.car_idx: row for car in first for row in shown if row.car_idx == car}
        rest = [row for row in shown if row.car_idx not in top and (not classes or row.class_id in classes)]
        self.cars, self._pinned = (*top.values(), *rest), len(top)
        self.scroll_by(0)

    @property
    def seen(self) -> int:
        """Whole ones: half a car's name helps nobody."""
        return max(1, self._room_px // self._row_px)

    def visible(self) -> list[int]:
        """Those that stay come last: they lie over the others."""
        skipped = self.scrolled_px // self._row_px
        scrolled = range(self._pinned + skipped, min(len(self.cars), self.seen + skipped))
        return [*scrolled, *range(min(self._pinned, len(self.cars)))]

    def at(self, y: float) -> CarRow | None:
        is_pinned = y < self._pinned * self._row_px
        number = int((y if is_pinned else y + self.scrolled_px) // self._row_px)
        is_inside = 0 <= y < self.seen * self._row_px and 0 <= number < len(self.cars)
        return self.cars[number] if is_inside else None

    def number_of(self, car_idx: int) -> int | None:
        return next((number for number, row in enumerate(self.cars) if row.car_idx == car_idx), None)

    def top_px(self, number: int) -> int:
        return number * self._row_px - (self.scrolled_px if number >= self._pinned else 0)

    def covered_px(self, number: int) -> int:
        """So much of the top is not for this row: it is scrolled below those that stay."""
        return min(self._pinned * self._row_px, self._room_px) if number >= self._pinned else 0

    def rewind(self) -> None:
        self.scrolled_px, self._wanted_px = 0, 0.0

    def scroll_by(self, by_px: float) -> None:
        most = max(0, len(self.cars) - self.seen) * self._row_px
        self._wanted_px = min(max(0.0, self._wanted_px + by_px), float(most))
        self.scrolled_px = round(self._wanted_px / self._row_px) * self._row_px

    def reveal(self, number: int) -> None:
        """Scroll no further than the row needs to be seen."""
        top, end = self.top_px(number), self.seen * self._row_px
        if number >= self._pinned and top < self._pinned * self._row_px:
            self.scroll_by(top - self._pinned * self._row_px)
        elif top + self._row_px > end:
            self.scroll_by(top + self._row_px - end)
