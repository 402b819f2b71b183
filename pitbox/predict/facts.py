"""Rows from facts: the one way in for live races, recordings and timing sheets, which all fold to facts.

rows = FactRows("2026-11-21 Spa", "Spa")
rows.hear(info)                 # whenever the session text changed
row = rows.take(fact)           # a LapRow when a lap came, else None
"""

from dataclasses import dataclass, field

from pitbox.model.fact import Fact, Lap, TyreStint
from pitbox.model.session import SessionInfo
from pitbox.predict.lap_row import NAN, LapRow


@dataclass
class _Tyres:
    stint: int = -1
    first_lap: int = 0
    is_told: bool = False
    """By a tyre stint; else a new stint is taken for a new set."""


@dataclass
class FactRows:
    """Remembers per car what a lap's own fact does not hold: its class, its driver's name, its tyres."""

    race: str
    circuit: str = ""
    wetness: float = NAN
    """Set by whoever sees the weather; holds for the laps to come."""
    track_temp_c: float = NAN
    _classes: dict[int, str] = field(default_factory=dict)
    _models: dict[int, str] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _tyres: dict[int, _Tyres] = field(default_factory=dict)

    def hear(self, info: SessionInfo) -> None:
        names = {found.class_id: found.name for found in info.classes}
        for entry in info.entries:
            self._classes[entry.car_idx] = names.get(entry.class_id, "")
            self._models[entry.car_idx] = entry.car
            self._names[entry.user_id] = entry.driver
        self.circuit = self.circuit or info.track.name

    def take(self, fact: Fact) -> LapRow | None:
        if isinstance(fact, TyreStint):
            self._tyres[fact.car_idx] = _Tyres(-1, fact.start_lap, is_told=True)
        return self._row(fact) if isinstance(fact, Lap) else None

    def _row(self, lap: Lap) -> LapRow:
        return LapRow(
            race=self.race,
            circuit=self.circuit,
            class_name=self._classes.get(lap.car_idx, ""),
            car=str(lap.car_idx),
            driver=self._names.get(lap.user_id, str(lap.user_id)),
            lap=lap.lap,
            end_s=lap.end_s,
            time_s=lap.time_s,
            stint=lap.stint,
            position=lap.position,
            is_clean=lap.lap > 1 and lap.kind.is_clean(),
            is_slow=lap.kind.is_caution,
            compound="" if lap.compound < 0 else str(lap.compound),
            tyre_age=self._age(lap),
            fuel_left_l=NAN if lap.fuel_left_l is None else lap.fuel_left_l,
            wetness=self.wetness,
            track_temp_c=self.track_temp_c,
            car_model=self._models.get(lap.car_idx, ""),
        )

    def _age(self, lap: Lap) -> float:
        tyres = self._tyres.setdefault(lap.car_idx, _Tyres(lap.stint, lap.lap))
        if not tyres.is_told and tyres.stint != lap.stint:
            tyres.stint, tyres.first_lap = lap.stint, lap.lap
        return float(max(1, lap.lap - tyres.first_lap + 1))
