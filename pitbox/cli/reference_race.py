"""A race out of the parameter files of a public race simulator (INI with JSON), as our model sees it.

An adapter for `pitbox evaluate reference`, no format of ours. Its terms that have no like in our model are
left out and stand in docs/performance.md.
"""

import configparser
import math
import statistics
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from pitbox.model.errors import PitBoxError
from pitbox.strategy.montecarlo.race_model import (
    CautionModel,
    RaceCar,
    RaceModel,
    Stint,
    StopPolicy,
    TrafficModel,
)

_CAUTION_STINT = 15
_EXACT = 0.9999
"""Its cars run dry at the flag to the drop; ours must not do so by a rounding."""


class ReferenceFileError(PitBoxError):
    pass


class Parameters:
    """The sections that are read, decoded."""

    def __init__(self, path: Path) -> None:
        parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",))
        try:
            parser.read_string(path.read_text("utf-8"), str(path))
            self.race, self.track, self.cars, self.tyres, self.drivers, self.events = (
                msgspec.json.decode(parser.get(f"{name}_PARS", f"{name.lower()}_pars"), type=dict[str, Any])
                for name in ("RACE", "TRACK", "CAR", "TIRESET", "DRIVER", "EVENT")
            )
        except (configparser.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ReferenceFileError(f"These are no parameters of that simulator: {error}") from error


def clean_race(found: Parameters) -> RaceModel:
    """Nothing happens by chance in it."""
    track, race = found.track, found.race
    speed = [float(found.drivers[name]["vel_max"]) for name in race["participants"]]
    mean_speed = sum(speed) / len(speed)
    return RaceModel(
        cars=tuple(_car(found, name, mean_speed) for name in race["participants"]),
        laps=int(race["tot_no_laps"]),
        cautions=CautionModel(),
        traffic=TrafficModel(
            gap_s=race["min_t_dist"],
            pass_s=track["t_gap_overtake"],
            duel_s=race["t_duel"],
            loser_s=race["t_overtake_loser"],
            tow_s=-(track["t_drseffect"] or 0.0) if race["use_drs"] else 0.0,
            tow_window_s=race["drs_window"] or 0.0,
            tow_from_lap=race["drs_allow_lap"] or 0,
            grid_s=track["t_loss_pergridpos"],
            first_lap_s=track["t_loss_firstlap"],
        ),
    )


def _car(found: Parameters, name: str, mean_speed: float) -> RaceCar:
    driver, track = found.drivers[name], found.track
    car = found.cars[driver["team"]]
    laps = int(found.race["tot_no_laps"])
    fuel = float(car["m_fuel"])
    still_s = track["t_pit_tirechange_min"] + car["t_pit_tirechange_add"]
    is_after = bool(track["pits_aft_finishline"])
    stints = driver["strategy_info"]
    lap_fuel = float(car["b_fuel_perlap"])
    if car["auto_consumption_adjust"]:
        lap_fuel = max(lap_fuel, fuel / laps) if lap_fuel * laps <= fuel else fuel / laps
    return RaceCar(
        name=name,
        pace_s=track["t_q"] + track["t_gap_racepace"] + car["t_car"] + driver["t_driver"],
        grid=int(driver["p_grid"]),
        start_s=(driver["p_grid"] - 1) * track["t_loss_pergridpos"],
        start_spread_s=0.0,
        residual_s=0.0,
        fuel_l=fuel,
        tank_l=fuel,
        lap_l=lap_fuel * _EXACT,
        lap_spread=0.0,
        litre_s=track["t_lap_sens_mass"],
        stop_in_s=track["t_pitdrive_inlap"] + (0.0 if is_after else still_s),
        stop_out_s=track["t_pitdrive_outlap"] + (still_s if is_after else 0.0),
        stop_spread_s=0.0,
        fill_lps=0.0,
        strength_s=-(track["t_gap_overtake_vel"] or 0.0) * (driver["vel_max"] - mean_speed),
        stints=tuple(Stint(tyre_s=_curve(found.tyres[name], stop, laps), fuel_l=0.0) for stop in stints),
        stops=StopPolicy(plan=tuple(int(stop[0]) for stop in stints[1:]), least_stint=0, runs_dry=True),
    )


def _curve(tyres: dict[str, Any], stop: list[Any], laps: int) -> tuple[float, ...]:
    compound, cold_s = tyres[stop[1]], tyres["t_add_coldtires"]
    kind = tyres["tire_deg_model"]
    curve = [_worn_s(compound, kind, stop[2] + lap) for lap in range(laps + 2)]
    curve[0] += cold_s
    return tuple(curve)


def _worn_s(compound: dict[str, float], kind: str, age: float) -> float:
    if kind == "lin":
        return compound["k_0"] + compound["k_1_lin"] * age
    if kind == "quad":
        return compound["k_0"] + compound["k_1_quad"] * age + compound["k_2_quad"] * age**2
    if kind == "cub":
        return sum(compound[key] * age**n for n, key in enumerate(("k_0", "k_1_cub", "k_2_cub", "k_3_cub")))
    if kind == "ln":
        return compound["k_0"] + compound["k_1_ln"] * math.log(compound["k_2_ln"] * age + 1.0)
    raise ReferenceFileError(f"{kind!r} is no tyre model that is known here.")


def chance_race(found: Parameters, path: Path) -> RaceModel:
    """The same race with what that simulator draws by lot, from the file that all its races share."""
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"), str(path))
    season = _decoded(parser, f"SEASON_{found.race['season']}")
    chance = {**season, **_decoded(parser, "ALL_SEASONS")}
    clean = clean_race(found)
    shape = statistics.median(pars[0] for pars in chance["t_pit_var_fisk_pars"].values())
    # There it is a safety car that has an accident: one car for each, the careless ones more often.
    real = sum(number * share for number, share in enumerate(chance["p_fcy_phases"]["p_sc_quant"]))
    risks = {name: chance["p_accident"].get(driver["name"], 0.06) for name, driver in found.drivers.items()}
    per_risk = real / sum(risks[car.name] for car in clean.cars)
    cars = tuple(
        _by_chance(car, found.drivers[car.name], chance, risks[car.name] * per_risk) for car in clean.cars
    )
    hours = clean.laps * min(car.pace_s for car in clean.cars) / 3600.0
    return replace(
        clean,
        cars=cars,
        cautions=_cautions(found, chance, hours),
        skew=0.0,
        tail=0.0,
        stop_sigma=math.pi / (math.sqrt(3.0) * shape),
    )


def _decoded(parser: configparser.ConfigParser, section: str) -> dict[str, Any]:
    return {key: msgspec.json.decode(value) for key, value in parser.items(section)}


def _by_chance(car: RaceCar, driver: dict[str, Any], chance: dict[str, Any], accident: float) -> RaceCar:
    name, team = driver["name"], driver["team"]
    stays = (1.0 - accident) * (1.0 - chance["p_failure"].get(team, 0.1))
    start = chance["t_startperf"].get(name, chance["t_startperf"]["unknown"])
    _, least_s, scale_s = chance["t_pit_var_fisk_pars"].get(team, (3.5, -0.3, 1.2))
    return replace(
        car,
        retire_chance=1.0 - stays,
        residual_s=chance["t_lap_var_sigma"].get(name, chance["t_lap_var_sigma"]["unknown"]),
        start_s=(car.start_s or 0.0) + start["mean"],
        start_spread_s=start["sigma"],
        stop_out_s=car.stop_out_s + least_s + scale_s,
        stop_spread_s=scale_s,
        stops=_reacting(car.stops),
    )


def _reacting(stops: StopPolicy) -> StopPolicy:
    """There a learned engineer calls the stops, also under cautions; the plan here gives way to a caution."""
    ends = (0, *stops.plan)
    shortest = min((b - a for a, b in pairwise(ends)), default=_CAUTION_STINT)
    return replace(
        stops,
        under_caution=True,
        caution_stint=_CAUTION_STINT,
        least_stint=min(_CAUTION_STINT, shortest),
    )


def _cautions(found: Parameters, chance: dict[str, Any], hours: float) -> CautionModel:
    phases, track = chance["p_fcy_phases"], found.track
    real = sum(number * share for number, share in enumerate(phases["p_sc_quant"]))
    failures = sum(
        chance["p_failure"].get(found.drivers[name]["team"], 0.1) for name in found.race["participants"]
    )
    virtual = failures * phases["p_vsc_aft_failure"]
    laps = [
        sum((number + 1) * share for number, share in enumerate(phases[key]))
        for key in ("p_sc_duration", "p_vsc_duration")
    ]
    lap_s = track["t_q"] * track["mult_t_lap_sc"]
    return CautionModel(
        per_hour=(real + virtual) / hours,
        length_s=lap_s * (real * laps[0] + virtual * laps[1]) / (real + virtual),
        spread=0.4,
        virtual_share=virtual / (real + virtual),
        slow=track["mult_t_lap_sc"],
        catch=track["mult_t_lap_sc"] - track["mult_t_lap_fcy"],
        gap_s=found.race["min_t_dist_sc"],
        stop_share=track["t_pitdrive_outlap_sc"] / track["t_pitdrive_outlap"],
    )
