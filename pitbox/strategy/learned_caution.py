"""What a learned model says of cautions, behind the interface of the plain formula, which stays below it."""

from collections.abc import Callable
from statistics import median

import msgspec

from pitbox.predict.caution import FULL, CautionModel, CautionQuestion
from pitbox.strategy.caution import CautionCustom, CautionProcess, caution_process, custom_of
from pitbox.strategy.story import Moment

CautionCalls = Callable[[Moment], CautionProcess]
_SETTLED_LAP = 11
"""Its rate is the one of a race that has settled; the first laps are soon over."""
_SLOW_PACE = 1.7
"""A lap behind the safety car against one under green."""
_LAPS = 20


def learned_cautions(model: CautionModel) -> CautionCalls:
    """Stands in for `caution_process` in the race end and in the next stop."""

    def process(moment: Moment) -> CautionProcess:
        return caution_process(moment, learned_custom(moment, model))

    return process


def learned_custom(moment: Moment, model: CautionModel) -> CautionCustom:
    """The model's rate and length of this world; the plain custom where it has none, or none apply."""
    plain, pace_s = custom_of(moment), _pace_s(moment)
    if moment.info is None or pace_s is None or plain.per_hour == 0.0:
        return plain
    asked = CautionQuestion(
        world=world_of(moment),
        circuit=moment.info.track.name,
        lap=_SETTLED_LAP,
        cars=len(moment.cars),
        rules=moment.info.rules.cautions or FULL,
    )
    chance, length = model.chance(asked), model.length(asked)
    if chance is None or length is None:
        return plain
    return msgspec.structs.replace(
        plain,
        per_hour=chance * 3600.0 / pace_s,
        length_s=length.laps * _SLOW_PACE * pace_s,
        spread=max(length.spread, 0.2),
        words=f"cautions as in {model.worlds[asked.world].races} earlier races, and as so far",
    )


def world_of(moment: Moment) -> str:
    """Under which a race is learnt from and asked for; empty where nobody knows what it is."""
    if moment.info is None:
        return ""
    return f"{moment.info.sim}: {custom_of(moment).words}" if moment.is_sheet else moment.info.sim


def _pace_s(moment: Moment) -> float | None:
    leader = moment.leader
    laps = [] if leader is None else list(leader.story.laps)[-_LAPS:]
    clean = [lap.time_s for lap in laps if lap.kind.is_clean() and lap.time_s > 0.0]
    return median(clean) if clean else None
