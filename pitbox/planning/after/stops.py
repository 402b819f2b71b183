"""How good each stop was: what it took in the lane, in the stall and on its way, against what it needed."""

import msgspec

from pitbox.planning.after.driven import Raced, class_of
from pitbox.planning.after.itinerary import Itinerary
from pitbox.planning.after.matching import Match
from pitbox.planning.after.noun import PitStop
from pitbox.planning.after.passage import Passage, Told
from pitbox.planning.after.visit import Needed, Visit, needed, visits_of
from pitbox.planning.after.way import usual_way
from pitbox.strategy.pit_rule import PitRules


def pit_stops(race: Raced, plan: Itinerary, match: Match, told: Told, rules: PitRules) -> tuple[PitStop, ...]:
    own = visits_of(race.car)
    mates = [
        visit
        for car in race.story.cars.values()
        if car.car_idx != race.car.car_idx and class_of(race.story, car.car_idx) == race.class_id
        for visit in visits_of(car)
    ]
    known = {visit.stop.stop: visit for visit in own}
    way = usual_way(race, told.passages)
    usual_s = None if way is None else way.value
    rows = {stint: plan.runs[row].stop_s for stint, row in match.stops.items()}
    found = []
    for passage in told.passages:
        visit = known.get(passage.stop.stop, Visit(passage.stop, 0.0))
        need = needed(visit, own, mates, rules) if visit.is_ordinary and not passage.is_halted else None
        found.append(
            msgspec.structs.replace(
                _stop(race, passage, visit, need),
                is_planned=passage.stint in rows,
                planned_s=rows.get(passage.stint),
                way_lost_s=_way_lost_s(passage, usual_s),
            )
        )
    return tuple(found)


def _way_lost_s(passage: Passage, usual_s: float | None) -> float | None:
    """Under caution nobody can tell: the laps around it are slow too."""
    if usual_s is None or passage.way_s is None or passage.is_slow or passage.is_halted:
        return None
    return passage.way_s - usual_s


def _stop(race: Raced, passage: Passage, visit: Visit, need: Needed | None) -> PitStop:
    stop = passage.stop
    lane_lost_s, service_lost_s = _lost(visit, need)
    return PitStop(
        number=passage.stint,
        lap=stop.lap,
        at_s=stop.lane_in_s - race.green_s,
        seat_in=race.stints[passage.stint - 1].seat,
        seat_out=race.stints[passage.stint].seat,
        services=tuple(service.what for service in stop.service),
        is_planned=False,
        is_caution=passage.is_slow,
        visit_s=None if passage.is_halted else visit.visit_s,
        planned_s=None,
        lane_s=visit.lane_s,
        stall_s=visit.stall_s,
        fuel_l=stop.fuel_added_l,
        needed_s=None if need is None else need.visit_s,
        needed_words="" if need is None else need.words,
        lane_lost_s=lane_lost_s,
        service_lost_s=service_lost_s,
        spread_s=0.0 if need is None else need.spread_s,
        class_visits_s=None if need is None else need.class_visits_s,
        likes=0 if need is None else need.likes,
    )


def _lost(visit: Visit, need: Needed | None) -> tuple[float | None, float | None]:
    """In the lane and at service; the first is None where they are not told apart."""
    if need is None or visit.visit_s is None:
        return None, None
    if need.lane_s is None or need.stall_s is None or visit.lane_s is None or visit.stall_s is None:
        return None, visit.visit_s - need.visit_s
    return visit.lane_s - need.lane_s, visit.stall_s - need.stall_s
