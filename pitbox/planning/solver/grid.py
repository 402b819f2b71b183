"""Moments at which one stretch may end and the next begin: few where they suffice, more where they must."""

import math
from collections.abc import Iterator

import msgspec

from pitbox.model.plan_check.course import here
from pitbox.model.relay import RuleName
from pitbox.model.session import UNLIMITED
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import Terms

_FINE = 96
"""Moments of the fine grid: a quarter of an hour in a day's race."""
_COARSE = 32
_FINEST_S = 300.0
_MORE = 8
_HUMANE_S = 4 * 3600.0


class Grid(msgspec.Struct, frozen=True):
    starts_s: tuple[float, ...]
    """Of the stints that may begin there; the last is where one after the flag would."""
    is_fine: bool = False
    """Stretches are divided into stints of equal length; else each cell is one stint."""
    edges: frozenset[int] = frozenset()
    """Moments at which somebody comes or goes: stretches of any length may end there."""
    most_stints: int = UNLIMITED
    """Nobody stops half as often again as the tank asks for, only to keep drive times low."""
    longest_s: float = math.inf
    """Longer stretches, where no rule forbids them, are looked at only if there is no plan without."""


def stints_left(problem: Problem, terms: Terms) -> int:
    """The fewest that tank, target and mandatory stops allow for what is left."""
    relay = problem.relay
    cap_s = min(terms.stint_s(), relay.target_stint_s or math.inf)
    left_s = problem.end_s - problem.start_s
    fewest = math.ceil((left_s - relay.swap_s) / (cap_s + relay.pit_s) - 1e-9)
    stops = relay.rules.mandatory_stops if terms.is_kept(RuleName.STOPS) else 0
    return max(1, fewest, stops + 1 - len(problem.fixed))


def humane(problem: Problem, grid: Grid) -> Grid:
    """The same moments, without stretches over four hours or three stints."""
    cell_s = (problem.end_s - problem.start_s) / (len(grid.starts_s) - 1)
    return msgspec.structs.replace(grid, longest_s=max(_HUMANE_S, 3.0 * cell_s) + 1.0)


def even(problem: Problem, stints: int) -> Grid:
    """As many stints of equal length, so that no splash is left at the end."""
    cell_s = (problem.end_s - problem.start_s) / stints
    inner = [problem.start_s + at * cell_s for at in range(stints)]
    return Grid((*inner, problem.end_s))


def shared_out(problem: Problem, stints: int) -> Grid | None:
    """As many more that everybody may have the same number of them; None where that is one more at most."""
    people = len(problem.drivers)
    missing = -(stints + len(problem.fixed)) % people if people else 0
    rules = problem.relay.rules
    is_asked = rules.fair_share or rules.least_drive_s
    return even(problem, stints + missing) if is_asked and missing > 1 else None


def more_stints(problem: Problem, terms: Terms) -> Iterator[Grid]:
    """Equal stints, a few more than have to be, such numbers first that everybody may have as many."""
    stints, people = stints_left(problem, terms), max(1, len(problem.drivers))
    some = range(stints + 1, min(most_stints(stints), stints + _MORE) + 1)
    for count in sorted(some, key=lambda one: (-(one + len(problem.fixed)) % people, one)):
        yield even(problem, count)


def most_stints(stints: int) -> int:
    return stints + stints // 2 + 3


def as_before(problem: Problem, terms: Terms) -> Grid | None:
    """The stints of the plan before, stretched to what is left of the race; None where they do not fit."""
    base = problem.base
    if not base:
        return None
    starts = [leg.start_s for leg in base]
    old_end_s = max(base[-1].end_s + problem.stop_s, starts[-1] + problem.stop_s + 1.0)
    scale = (problem.end_s - problem.start_s) / (old_end_s - starts[0])
    moved = [problem.start_s + (at - starts[0]) * scale for at in starts]
    cells = [b - a for a, b in zip(moved, [*moved[1:], problem.end_s], strict=True)]
    longest_s = terms.stint_s() + problem.relay.pit_s
    fits = all(problem.stop_s + 60.0 < cell <= longest_s for cell in cells)
    return Grid((*moved, problem.end_s)) if fits else None


def coarse(problem: Problem, stints: int) -> Grid:
    """A third of the moments of the fine grid: a plan between them is one between those, too."""
    return fine(problem, stints, _COARSE)


def fine(problem: Problem, stints: int, moments_most: int = _FINE) -> Grid:
    """Many moments, and every one at which somebody comes, goes, or the light changes."""
    left_s = problem.end_s - problem.start_s
    step_s = max(_FINEST_S, left_s / moments_most)
    count = max(1, round(left_s / step_s))
    moments = {problem.start_s + left_s * at / count for at in range(count)}
    moments |= set(even(problem, stints).starts_s[:-1])
    turns = {at for span in problem.relay.dark for at in (span.start_s + problem.stop_s, span.end_s)}
    for seat in problem.drivers:
        turns |= {at for span in here(seat) or () for at in (span.start_s, span.end_s + problem.stop_s)}
    latest_s = problem.end_s - problem.stop_s - 1.0
    inside = _apart(sorted(at for at in moments | turns if problem.start_s < at < latest_s))
    starts = (problem.start_s, *inside, problem.end_s)
    edges = frozenset(at for at, start_s in enumerate(starts) if start_s in turns)
    return Grid(starts, is_fine=True, edges=edges, most_stints=most_stints(stints))


def _apart(moments: list[float]) -> list[float]:
    """Without those that are the same to a second."""
    out: list[float] = []
    for at in moments:
        if not out or at - out[-1] > 1.0:
            out.append(at)
    return out
