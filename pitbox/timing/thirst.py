"""How much our car drinks: litres per lap, from clean laps only."""

from statistics import median

import msgspec

from pitbox.model.fact import Lap

_KEPT = 10
"""Clean laps that count: enough for a steady figure, few enough to follow a change of pace."""


class Thirst(msgspec.Struct, array_like=True):
    """Survives from practice to qualifying to the race: it is the same car."""

    laps: dict[str, float] = msgspec.field(default_factory=dict)
    """Litres of the last clean laps, by session number, run and lap."""

    def hear(self, lap: Lap) -> None:
        """A lap of ours, told for the first time or again."""
        key = f"{lap.session_num}/{lap.run}/{lap.lap}"
        if lap.fuel_used_l is None or not lap.kind.is_clean():
            self.laps.pop(key, None)
            return
        self.laps[key] = lap.fuel_used_l
        while len(self.laps) > _KEPT:
            del self.laps[next(iter(self.laps))]

    @property
    def per_lap_l(self) -> float | None:
        return median(self.laps.values()) if self.laps else None
