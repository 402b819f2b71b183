"""Found corners held against marked ones: which marks were found, which corners are marked."""

from collections.abc import Sequence

import msgspec

from pitbox.analysis.driven import Corner

MARGIN = 0.015
"""Of the lap, before a mark's start and behind its end."""


class Mark(msgspec.Struct, frozen=True):
    """What somebody calls a corner; fractions, the end above 1 where the line lies in it."""

    start: float
    end: float
    name: str = ""


class Match(msgspec.Struct, frozen=True):
    marks: int
    """Those that overlap count once."""
    found: int
    """Marks with an apex in them."""
    corners: int
    right: int
    """Corners whose apex lies in a mark."""
    lost: tuple[str, ...]
    """Marks without an apex."""
    extra: tuple[float, ...]
    """Apexes without a mark."""

    @property
    def recall(self) -> float:
        return self.found / self.marks if self.marks else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.corners if self.corners else 1.0


def matched(corners: Sequence[Corner], marks: Sequence[Mark], margin: float = MARGIN) -> Match:
    """An apex counts for every mark that it lies in, `margin` around; marks that overlap are one."""
    groups = _joined(marks)
    apexes = [corner.apex for corner in corners]
    lost = [group for group in groups if not any(_is_in(apex, group, margin) for apex in apexes)]
    extra = [apex for apex in apexes if not any(_is_in(apex, group, margin) for group in groups)]
    return Match(
        marks=len(groups),
        found=len(groups) - len(lost),
        corners=len(apexes),
        right=len(apexes) - len(extra),
        lost=tuple(mark.name or f"{mark.start:.3f}" for mark in lost),
        extra=tuple(round(apex, 4) for apex in extra),
    )


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    joined: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.start):
        if joined and mark.start < joined[-1].end:
            last = joined.pop()
            name = " + ".join(filter(None, (last.name, mark.name)))
            joined.append(Mark(last.start, max(last.end, mark.end), name))
        else:
            joined.append(mark)
    return joined


def _is_in(apex: float, mark: Mark, margin: float) -> bool:
    """Also where the mark reaches over the line."""
    return (apex - (mark.start - margin)) % 1.0 <= mark.end - mark.start + 2 * margin
