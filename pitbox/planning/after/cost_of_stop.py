"""What each stop cost against the plan: its visit, its way in and out, and that it was made at all."""

from collections.abc import Iterator
from math import sqrt
from statistics import median

from pitbox.planning.after.cost import Known, cost
from pitbox.planning.after.estimate import Z90, middle, scatter
from pitbox.planning.after.noun import Cost, CostKind, Estimate
from pitbox.planning.after.passage import Passage
from pitbox.planning.after.way import usual_way
from pitbox.planning.live.words import clock

_LEAST_SPREAD_S = 1.0


def costs_of_stops(known: Known, laps: int) -> Iterator[Cost]:
    """Planned ones within so many laps against the plan; others with all that they took."""
    planned = known.plan.stops(laps)
    usual = _usual_way(known, planned)
    made: set[int] = set()
    counted = 0
    for passage in known.told.passages:
        row = known.match.stops.get(passage.stint)
        stop_s = None if row is None else planned.get(row)
        if passage.is_halted:
            yield _halted(known, passage, stop_s or 0.0)
        elif stop_s is None and passage.laps:
            yield _unplanned(known, passage, row)
        elif stop_s is not None and passage.laps:
            counted += 1
            yield from _planned(known, passage, stop_s, usual.value)
        if row is not None and (passage.is_halted or passage.laps):
            made.add(row)
    words = f"{counted} stops: the plan adds the visit to whole laps, the lane stands for a piece of one"
    half_s = counted * (usual.high - usual.low) / 2
    yield cost(CostKind.LANE, counted * usual.value, half_s / Z90, words)
    spread_s = _visit_spread(known)
    for row, stop_s in planned.items():
        if row not in made:
            words = f"the one before stint {row + 1} of the plan"
            yield cost(CostKind.NOT_MADE, -stop_s, spread_s, words)


def _usual_way(known: Known, planned: dict[int, float]) -> Estimate:
    """What an ordinary stop takes beside its visit; without visits, more than it was planned to take."""
    way = usual_way(known.race, known.told.passages)
    if way is not None:
        return way
    ways_s = []
    for passage in known.told.passages:
        row = known.match.stops.get(passage.stint)
        planned_s = None if row is None else planned.get(row)
        is_plain = not passage.is_slow and not passage.is_halted
        if is_plain and passage.loss_s is not None and planned_s is not None:
            ways_s.append(passage.loss_s - planned_s)
    return middle(ways_s) if ways_s else Estimate(0.0, 0.0, 0.0)


def _planned(known: Known, passage: Passage, stop_s: float, usual_s: float) -> Iterator[Cost]:
    one = known.race.stints[passage.stint]
    rest_s, where, visit_s = known.rest_s(passage.laps), _where(known, passage), passage.visit_s
    if visit_s is None:
        kind = CostKind.CAUTION_STOP if passage.is_slow else CostKind.STOP
        spread_s = _visit_spread(known)
        yield cost(kind, rest_s - stop_s - usual_s, spread_s, where, stint=one.stint, seat=one.seat)
        return
    words = f"{where}: {visit_s:.1f} s in the pits, {stop_s:.1f} s were planned{_why(known, passage)}"
    spread_s = _spread(known, passage)
    yield cost(CostKind.STOP, visit_s - stop_s, spread_s, words, stint=one.stint, seat=one.seat)
    kind = CostKind.CAUTION_STOP if passage.is_slow else CostKind.WAY
    words = f"{where}: others were slow meanwhile" if passage.is_slow else f"{where}: in- and out-lap"
    way_s, spread_s = rest_s - visit_s - usual_s, known.laps.sigma_s * sqrt(2)
    yield cost(kind, way_s, spread_s, words, stint=one.stint, seat=one.seat)


def _halted(known: Known, passage: Passage, stop_s: float) -> Cost:
    """Nobody raced meanwhile: the stop that was planned here cost nothing."""
    one = known.race.stints[passage.stint]
    words = f"{_where(known, passage)}: while the race stood still"
    cost_s, spread_s = known.rest_s(passage.laps) - stop_s, known.laps.sigma_s
    return cost(CostKind.CAUTION_STOP, cost_s, spread_s, words, stint=one.stint, seat=one.seat)


def _unplanned(known: Known, passage: Passage, row: int | None) -> Cost:
    one = known.race.stints[passage.stint]
    done = ", ".join(service.what.replace("_", " ") for service in passage.stop.service)
    words = f"{_where(known, passage)}: {done or 'nobody saw what was done'}"
    if row is not None:
        words += "; the plan has it behind this distance"
    spread_s = known.laps.sigma_s * sqrt(2)
    lost_s = known.rest_s(passage.laps)
    return cost(CostKind.UNPLANNED, lost_s, spread_s, words, stint=one.stint, seat=one.seat)


def _where(known: Known, passage: Passage) -> str:
    return f"stop {passage.stint}, {clock(passage.stop.lane_in_s - known.race.green_s)}"


def _why(known: Known, passage: Passage) -> str:
    stop = next((one for one in known.stops if one.number == passage.stint), None)
    if stop is None or stop.lane_lost_s is None or stop.service_lost_s is None:
        return ""
    return f" (lane {stop.lane_lost_s:+.1f} s, stall {stop.service_lost_s:+.1f} s against what was needed)"


def _spread(known: Known, passage: Passage) -> float:
    stop = next((one for one in known.stops if one.number == passage.stint), None)
    return _visit_spread(known) if stop is None or not stop.spread_s else stop.spread_s


def _visit_spread(known: Known) -> float:
    """Of this car's ordinary visits."""
    spreads_s = [one.spread_s for one in known.stops if one.spread_s]
    visits_s = [one.visit_s for one in known.stops if one.visit_s is not None]
    return median(spreads_s) if spreads_s else max(_LEAST_SPREAD_S, scatter(visits_s))
