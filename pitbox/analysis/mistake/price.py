"""What each mistake of a lap cost: time against the ordinary passage, every second counted once."""

import numpy as np

from pitbox.analysis.driven import DrivenLap, Floats
from pitbox.analysis.mistake.ordinary import Ordinary
from pitbox.analysis.mistake.stretch import Stretch

_RECOVERED = 0.98
"""Of the ordinary speed: from there on the mistake costs no more."""
_LONGEST = 0.12
"""Of the lap: what a mistake costs beyond that cannot be told from the rest of the lap."""
_LEAD_S = 0.1


def prices(lap: DrivenLap, usual: Ordinary | None, stretches: list[Stretch]) -> list[float | None]:
    """In the order given, which is by start. A window ends where the next mistake begins."""
    if usual is None:
        return [None] * len(stretches)
    behind_s = _behind(lap, usual)
    share = _speed_share(lap, usual)
    starts = [max(0, int(np.searchsorted(lap.t_s, lap.t_s[each.first] - _LEAD_S))) for each in stretches]
    found: list[float | None] = []
    for number, (each, start) in enumerate(zip(stretches, starts, strict=True)):
        end = _recovered(lap, share, each)
        if number + 1 < len(stretches):
            end = max(start, min(end, starts[number + 1]))
        found.append(float(behind_s[end] - behind_s[start]))
    return found


def _behind(lap: DrivenLap, usual: Ordinary) -> Floats:
    """Seconds behind the ordinary passage, at each sample, since the line."""
    over_s = np.concatenate(([0.0], np.cumsum(usual.bin_s)))
    found: Floats = lap.t_s - np.interp(lap.pct, usual.edges, over_s)
    return found


def _speed_share(lap: DrivenLap, usual: Ordinary) -> Floats:
    ordinarily = np.maximum(np.interp(lap.pct, usual.middles, usual.speed_mps), 1.0)
    speed = lap.channels.get("Speed")
    if speed is None:
        speed = np.gradient(lap.path_m, lap.t_s)
    found: Floats = speed / ordinarily
    return found


def _recovered(lap: DrivenLap, share: Floats, each: Stretch) -> int:
    furthest = int(np.searchsorted(lap.pct, lap.pct[each.last] + _LONGEST))
    again = np.flatnonzero(share[each.last : furthest] >= _RECOVERED)
    end = each.last + int(again[0]) if len(again) else furthest
    return min(end, len(lap.pct) - 1)
