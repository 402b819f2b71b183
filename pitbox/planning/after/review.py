"""A race and its plan, side by side, when all is over.

    found = review(versions, story, car_idx, end_s)

Pure: the same facts and edits give the same review, on every machine.
"""

from pitbox.planning.after.account import account
from pitbox.planning.after.cost import Known
from pitbox.planning.after.driven import Raced, raced
from pitbox.planning.after.equality import equality
from pitbox.planning.after.itinerary import itinerary
from pitbox.planning.after.keeping import kept
from pitbox.planning.after.matching import matched
from pitbox.planning.after.noun import PlanReview
from pitbox.planning.after.pace import driver_paces, stint_paces
from pitbox.planning.after.passage import told
from pitbox.planning.after.stops import pit_stops
from pitbox.planning.after.usual import Laps, timed_laps
from pitbox.planning.after.versions import Versions
from pitbox.strategy.pit_rule import CIRCUIT, TOGETHER, PitRules
from pitbox.strategy.story import CHECKERED, FINISHED, RUNNING, Story


def review(
    versions: Versions, story: Story, car_idx: int, end_s: float, rules: PitRules | None = None
) -> PlanReview:
    """Of a car that has raced; `end_s`: the session's time of its end. Raises ReviewError.

    `rules`: how stops are served; None: as is usual where such races are driven.
    """
    plan = versions.first
    race = raced(plan, story, car_idx, end_s)
    served = rules or (CIRCUIT if story.is_sheet else TOGETHER)
    way, match = itinerary(plan), matched(race)
    laps = timed_laps(race, way)
    groups = told(race, laps)
    stops = pit_stops(race, way, match, groups, served)
    return PlanReview(
        event=plan.event,
        team=plan.team,
        variant=plan.variant,
        names={seat.key: seat.name for seat in plan.relay.seats},
        race_s=race.end_s,
        is_finished=race.car.status == FINISHED,
        equality=equality(race),
        stops=stops,
        stints=stint_paces(race, laps),
        drivers=driver_paces(race, laps),
        adherence=kept(race, match, versions),
        account=account(Known(race, way, match, laps, groups, stops)),
        notes=(*versions.notes, *_notes(race, laps)),
    )


def _notes(race: Raced, laps: Laps) -> tuple[str, ...]:
    found = []
    is_over = any(phase.flag == CHECKERED for phase in race.story.phases)
    if race.car.status == RUNNING and not is_over:
        found.append("The car is still racing: this is the review up to its last line.")
    elif race.car.status != FINISHED:
        found.append("The car did not take the flag: costs count up to its last line.")
    if not laps.is_told:
        found.append("Fewer than two drivers have enough clean laps: the car's pace is not told from theirs.")
    if not race.track.cars:
        found.append("No other cars of the class show what the track did: weather counts as pace.")
    missing = laps.timed[-1].lap.lap - len(laps.timed)
    if missing > 0:
        found.append(f"{missing} laps were not seen whole; their time stands under the remainder.")
    if race.car.stops and all(stop.stall_in_s is None for stop in race.car.stops):
        found.append("Nobody saw the stall: visits are judged as a whole.")
    return tuple(found)
