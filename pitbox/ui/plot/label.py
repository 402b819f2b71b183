"""Labels beside the ends of lines, one below the other where they would stand in each other. Pure."""

import msgspec


class Label(msgspec.Struct, frozen=True):
    key: int
    y: float
    """Where its line ends."""
    rank: int
    """Who gives way last has the lowest."""


def spread(labels: list[Label], height: float, top: float, bottom: float) -> dict[int, float]:
    """The middle of each label, as near to its line as the others let it; the last ranks go without room."""
    room = max(0, int((bottom - top) / height))
    kept = sorted(labels, key=lambda label: (label.rank, abs(label.y - (top + bottom) / 2)))[:room]
    kept.sort(key=lambda label: (label.y, label.key))
    # Where labels touch they move as one block, around the middle of what each of them wishes for.
    blocks: list[tuple[float, int]] = []
    for at, label in enumerate(kept):
        wished, count = label.y - at * height, 1
        while blocks and blocks[-1][0] >= wished:
            before, many = blocks.pop()
            wished = (before * many + wished * count) / (many + count)
            count += many
        blocks.append((wished, count))
    least, most = top + height / 2, bottom - height / 2 - (len(kept) - 1) * height
    places = [max(least, min(wished, most)) for wished, count in blocks for _ in range(count)]
    return {label.key: places[at] + at * height for at, label in enumerate(kept)}
