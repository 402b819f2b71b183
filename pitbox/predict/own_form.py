"""What a car's own laps say."""

from pitbox.predict.car_form import CarForm, middle
from pitbox.predict.feature import compound_code
from pitbox.predict.lap_row import NAN, LapRow

_LINE_LAPS = 8


def own_features(row: LapRow, car: CarForm) -> dict[str, float]:
    """Levels in thousandths of its own, with its sign: above zero is slower."""
    ref_s = car.ref_s

    def against(time_s: float) -> float:
        return (time_s / ref_s - 1.0) * 1000.0

    times_s = [time_s for _, time_s in car.laps]
    n = len(times_s)
    slope_s, line_s = _line(car.laps[-_LINE_LAPS:], row.lap)
    found = {f"l{back}": against(times_s[-back]) if n >= back else NAN for back in range(1, 6)}
    return (
        found
        | _of_row(row, ref_s)
        | {
            "ref_s": ref_s,
            "laps_of_stint": float(n),
            "stint_lap": float(row.lap - (car.laps[0][0] if n else row.lap)),
            "is_last_clean": float(row.is_pace),
            "last_clean": against(car.last_s),
            "since_clean": float(row.lap - car.clean[-1][0]),
            "m3": against(middle(times_s[-3:])) if n >= 3 else NAN,
            "m10": against(middle(times_s[-10:])) if n >= 6 else NAN,
            "least": against(min(times_s)) if n else NAN,
            "least5": against(min(times_s[-5:])) if n else NAN,
            "most5": against(max(times_s[-5:])) if n else NAN,
            "slope8": slope_s / ref_s * 1000.0,
            "line8": against(line_s),
            "first3": against(middle(times_s[:3])) if n >= 6 else NAN,
            "earlier_ref": against(car.earlier_ref_s),
            "best": against(car.best_s),
            "mad": middle([abs(time_s / ref_s - 1.0) for time_s in times_s[-8:]]) * 1000.0 if n >= 3 else NAN,
            "own_change5": car.changes.get(5, NAN),
            "own_change10": car.changes.get(10, NAN),
        }
    )


def _of_row(row: LapRow, ref_s: float) -> dict[str, float]:
    return {
        "tyre_age": row.tyre_age,
        "compound": compound_code(row.compound),
        "lap": float(row.lap),
        "position": float(row.position) if row.position > 0 else NAN,
        "race_min": row.lap * ref_s / 60.0,
        "is_fresh": float(row.is_fresh),
        "fuel_left_l": row.fuel_left_l,
        "wetness": row.wetness,
        "track_temp_c": row.track_temp_c,
    }


def _line(laps: list[tuple[int, float]], lap: int) -> tuple[float, float]:
    """Slope in seconds a lap, and where the straight line through them is now."""
    if len(laps) < 3:
        return NAN, NAN
    mean_lap = sum(at for at, _ in laps) / len(laps)
    mean_s = sum(time_s for _, time_s in laps) / len(laps)
    over = sum((at - mean_lap) ** 2 for at, _ in laps)
    slope_s = sum((at - mean_lap) * (time_s - mean_s) for at, time_s in laps) / over
    return slope_s, mean_s + slope_s * (lap - mean_lap)
