"""Tells those who wait elsewhere when their stints will begin, from the machine that follows the race.

Of several that follow it one tells: what moved by more than a minute, at most once a minute, and every four
minutes that all of it holds still. No edit is ever removed, so a day of them is bounded.
"""

import logging

import msgspec

from pitbox.model.clock import Clock
from pitbox.model.errors import EditError
from pitbox.model.expected import Expected, Telling, expect, still, tellings
from pitbox.model.ids import DeviceId
from pitbox.model.plan_offer import PlanNow
from pitbox.model.stamp import Stamp
from pitbox.planning.live.expecting import expectation, has_moved, is_current, is_speaker
from pitbox.wall.planner import Planner

_log = logging.getLogger("pitbox.wall")
LEAST_S = 60.0
BEAT_S = 240.0
"""Well within what makes others believe that this one has stopped."""


class _Heard(msgspec.Struct, frozen=True):
    stamp: Stamp
    at_s: float
    """By this machine's clock that only runs on."""


class Bulletin:
    """Belongs to one thread."""

    def __init__(self, planner: Planner, clock: Clock) -> None:
        self._planner, self._clock = planner, clock
        self._heard: dict[tuple[str, DeviceId], _Heard] = {}
        self._told_s: dict[str, float] = {}
        """By team."""

    def step(self, now: PlanNow) -> bool:
        """Whether something was told. Never raises: who waits has the plan."""
        told = expectation(now)
        if told is None or not is_current(now, self._clock.wall_s()):
            return False
        found = self._planner.ask(lambda ledger: tellings(ledger, now.team))
        device, now_s = self._planner.book.device, self._clock.monotonic_s()
        if not is_speaker(device, self._silences(now.team, found, now_s)):
            return False
        own = next((one.expected for one in found if one.device == device), None)
        since_s = now_s - self._told_s.get(now.team, float("-inf"))
        if since_s < LEAST_S:
            return False
        is_new = own is None or has_moved(own, told)
        if not is_new and (since_s < BEAT_S or not told.rows):
            return False
        return self._tell(now, told, now_s, is_new=is_new)

    def _tell(self, now: PlanNow, told: Expected, now_s: float, *, is_new: bool) -> bool:
        device = self._planner.book.device
        draft = expect(now.team, device, told) if is_new else still(now.team, device, now.race_s or 0.0)
        try:
            self._planner.write([draft])
        except EditError as error:  # a viewer's word counts nowhere
            _log.debug("what is expected is not told: %s", error)
            return False
        self._told_s[now.team] = now_s
        return True

    def _silences(self, team: str, found: tuple[Telling, ...], now_s: float) -> dict[DeviceId, float]:
        """For how long each other one has told nothing. Its clock counts only for what was there before."""
        own, silent_s = self._planner.book.device, {}
        for one in found:
            if one.device == own:
                continue
            before = self._heard.get((team, one.device))
            if before is None or before.stamp != one.stamp:
                age_s = max(0.0, self._clock.wall_s() - one.wall_s) if before is None else 0.0
                before = self._heard[team, one.device] = _Heard(one.stamp, now_s - age_s)
            silent_s[one.device] = now_s - before.at_s
        return silent_s
