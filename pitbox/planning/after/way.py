"""What the way in and out takes beside the visit: the lane stands for a piece of the track, so below zero."""

from pitbox.planning.after.driven import Raced, class_of
from pitbox.planning.after.estimate import middle
from pitbox.planning.after.noun import Estimate
from pitbox.planning.after.passage import Passage
from pitbox.planning.after.visit import Visit
from pitbox.strategy.stop_cost import seen_stops


def usual_way(race: Raced, passages: tuple[Passage, ...]) -> Estimate | None:
    """Of stops of the class under green, since it is one lane for all; None where nobody measured a visit."""
    plain = [one for one in passages if not one.is_slow and not one.is_halted]
    ways_s = [one.way_s for one in plain if one.way_s is not None]
    ways_s += _of_class(race)
    return middle(ways_s) if ways_s else None


def _of_class(race: Raced) -> list[float]:
    found = []
    for car in race.story.cars.values():
        if car.car_idx == race.car.car_idx or class_of(race.story, car.car_idx) != race.class_id:
            continue
        for seen in seen_stops(car):
            visit_s = Visit(seen.stop, seen.drunk).visit_s
            if visit_s is not None and not seen.is_slow:
                found.append(seen.loss_s - visit_s)
    return found
