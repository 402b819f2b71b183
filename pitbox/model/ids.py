"""Names of things that outlive a process."""

from typing import NewType

import msgspec

SessionId = NewType("SessionId", str)
"""One visit to one server: `sub-<SubSessionID>`, or `local-<random>` when offline."""

DeviceId = NewType("DeviceId", str)
"""SHA-256 of the device's certificate, in hex."""

TEAM_PLANS = SessionId("team-plans")
"""No race: what is planned before any, events, people, teams and their stints. Its logs hold edits only."""


class LogId(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One writer's log: a new epoch for every start of the writer."""

    session: SessionId
    device: DeviceId
    epoch: int

    def __str__(self) -> str:
        return f"{self.session}/{self.device[:16]}/{self.epoch:016x}"


class Axis(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A moment of a session. Wall clocks order nothing; this does."""

    session_num: int
    run: int
    sim_time_s: float
