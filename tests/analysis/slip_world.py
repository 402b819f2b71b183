"""A synthetic practice of a car that locks and spins its wheels, as the sim writes it to disk."""

from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from pitbox.analysis.driven import DrivenLap, MistakeKind
from pitbox.analysis.lap_cut import cut_laps
from pitbox.analysis.mistake.find import find_mistakes
from pitbox.analysis.mistake.need import CHANNELS, PLACE, WHEELS
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.drive import placed
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import CautionPlan, Mishaps, Scenario, scenario_of
from pitbox.sim.synthetic.truth import SlipTruth

KINDS = {"lock_up": MistakeKind.LOCK_UP, "wheelspin": MistakeKind.WHEELSPIN}
_NEAR_S = 0.6
_EDGE_S = 0.5
_SHARE = 0.4
"""Of the usual lap."""


class Tally(NamedTuple):
    happened: int
    found: int
    told: int


def practice(seed: int) -> Scenario:
    """A short lap, often; nothing else goes wrong in it."""
    slips = Mishaps(off_track=0.0, tow=0.0, retirement=0.0, penalty=0.0, lock_up=0.35, wheelspin=0.35)
    plan = scenario_of("duel", 60.0, seed)
    classes = tuple(msgspec.structs.replace(one, cars=1, lap_s=one.lap_s * _SHARE) for one in plan.classes)
    return msgspec.structs.replace(
        plan,
        mishaps=slips,
        caution=CautionPlan(),
        drivers_per_car=1,
        practice_s=3600.0,
        classes=classes,
        slots=8,
        track_length_m=plan.track_length_m * _SHARE,
    )


def driven(seed: int, minutes: float, path: Path) -> tuple[list[DrivenLap], tuple[SlipTruth, ...]]:
    written = write_ibt(practice(seed), path, minutes)
    with IbtFile(path) as file:
        rows = file.rows.copy()
    return list(cut_laps(rows[placed(rows)], CHANNELS).laps), written.slips


def as_live(laps: list[DrivenLap]) -> list[DrivenLap]:
    hidden = {*WHEELS, *PLACE}
    return [
        msgspec.structs.replace(lap, channels={n: v for n, v in lap.channels.items() if n not in hidden})
        for lap in laps
    ]


def tally(laps: list[DrivenLap], slips: tuple[SlipTruth, ...]) -> dict[MistakeKind, Tally]:
    """By kind: how often it happened on a whole lap, how much of that was found, how often it was told."""
    told = {kind: [] for kind in KINDS.values()}
    mine = {kind: [] for kind in KINDS.values()}
    for lap, found in zip(laps, find_mistakes(laps), strict=True):
        for each in found.mistakes:
            if each.kind in told:
                told[each.kind].append(lap.start_s + each.t_s)
        end_s = lap.start_s + lap.time_s - _EDGE_S
        for slip in slips:
            if lap.start_s <= slip.start_s < end_s:
                mine[KINDS[slip.kind]].append(slip)
    return {
        kind: Tally(
            len(mine[kind]),
            sum(any(_is_near(at_s, slip) for at_s in told[kind]) for slip in mine[kind]),
            len(told[kind]),
        )
        for kind in KINDS.values()
    }


def _is_near(at_s: float, slip: SlipTruth) -> bool:
    return bool(np.clip(at_s, slip.start_s - _NEAR_S, slip.until_s + _NEAR_S) == at_s)
