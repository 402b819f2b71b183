"""What a learned model says of cautions: race end, next stops and played races read it off the moment.

    moment = msgspec.structs.replace(moment, learned=Learned(cautions=caution_call(moment, model)))

Where the rules leave no full-course caution, and in a world that the model never saw, it says nothing.
"""

from statistics import median

from pitbox.predict.caution import FULL, CautionModel, CautionQuestion
from pitbox.predict.caution_race import caution_world
from pitbox.strategy.caution import plain_custom
from pitbox.strategy.pace import CautionCall
from pitbox.strategy.story import Moment

_SETTLED_LAP = 11
"""Its rate is the one of a race that has settled; the first laps are soon over."""
_SLOW_PACE = 1.7
"""A lap behind the safety car against one under green."""
_LAPS = 20
_LEAST_SPREAD = 0.2


def caution_call(moment: Moment, model: CautionModel) -> CautionCall | None:
    """Of this circuit and field, by the pace that the leader has shown; None before it has one."""
    pace_s = _pace_s(moment)
    if moment.info is None or pace_s is None or plain_custom(moment).per_hour == 0.0:
        return None
    asked = CautionQuestion(
        world=caution_world(moment.info),
        circuit=moment.info.track.name,
        lap=_SETTLED_LAP,
        cars=len(moment.cars),
        rules=moment.info.rules.cautions or FULL,
    )
    chance, length = model.chance(asked), model.length(asked)
    if chance is None or length is None:
        return None
    return CautionCall(
        per_hour=chance * 3600.0 / pace_s,
        length_s=length.laps * _SLOW_PACE * pace_s,
        spread=max(length.spread, _LEAST_SPREAD),
        words=f"cautions as in {model.worlds[asked.world].races} earlier races, and as so far",
    )


def _pace_s(moment: Moment) -> float | None:
    leader = moment.leader
    laps = [] if leader is None else list(leader.story.laps)[-_LAPS:]
    clean = [lap.time_s for lap in laps if lap.kind.is_clean() and lap.time_s > 0.0]
    return median(clean) if clean else None
