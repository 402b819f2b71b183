"""Words beside the ends of lines: as near as they can be without touching each other."""

from collections.abc import Sequence

import msgspec


class Label(msgspec.Struct, frozen=True):
    at: float
    """Where it would stand best."""
    words: str
    ink: str
    is_strong: bool = False
    rank: int = 0
    """The lowest stays when there is no room for all."""


def placed(labels: Sequence[Label], low: float, high: float, pitch: float) -> list[tuple[float, Label]]:
    """Each with the place it gets between `low` and `high`, `pitch` apart, moved as little as possible."""
    room = max(int((high - low) / pitch) + 1, 0)
    kept = sorted(labels, key=lambda label: label.rank)[:room]
    ordered = sorted(kept, key=lambda label: (label.at, label.rank, label.words))
    # Where labels would overlap they stand together as a block around the mean of where they belong.
    blocks: list[list[float]] = []  # wanted start, how many
    for label in ordered:
        blocks.append([_within(label.at, low, high), 1])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] * pitch > blocks[-1][0] + 1e-9:
            start, count = blocks.pop()
            before, held = blocks[-1]
            mean = (before * held + (start - held * pitch) * count) / (held + count)
            blocks[-1] = [_within(mean, low, high - (held + count - 1) * pitch), held + count]
    places = [start + number * pitch for start, count in blocks for number in range(int(count))]
    return list(zip(places, ordered, strict=True))


def _within(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))
