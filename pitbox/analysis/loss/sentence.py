"""A corner's loss in one sentence: what was done otherwise, the dearest first, and what it cost."""

from pitbox.analysis.driven import CornerLoss

_EVEN_S = 0.005
_POINT_M = 3.0
_SPEED_MPS = 0.3
_LINE_M = 0.5
_KMH, _MPH, _FOOT_M = 3.6, 2.236936, 0.3048


def sentence(loss: CornerLoss, *, is_metric: bool = True) -> str:
    """`Brakes 12 m early, 4 km/h slower at the apex: 0.18 s lost.`."""
    if abs(loss.total_s) < _EVEN_S:
        result = "even"
    else:
        result = f"{abs(loss.total_s):.2f} s {'lost' if loss.total_s > 0 else 'gained'}"
    deeds = [words for _, words in sorted(_deeds(loss, is_metric), key=lambda deed: -deed[0])]
    said = ", ".join(deeds[:3])
    whole = f"{said}: {result}." if said else f"{result}."
    return whole[0].upper() + whole[1:]


def _deeds(loss: CornerLoss, is_metric: bool) -> list[tuple[float, str]]:
    """Each with the seconds that its part of the corner cost or gave."""
    found = list[tuple[float, str]]()
    line_s = loss.line_s or 0.0
    if loss.brake_point_m is not None and abs(loss.brake_point_m) >= _POINT_M:
        when = "late" if loss.brake_point_m > 0 else "early"
        found.append((abs(loss.braking_s), f"brakes {_far(loss.brake_point_m, is_metric)} {when}"))
    if loss.least_speed_mps is not None and abs(loss.least_speed_mps) >= _SPEED_MPS:
        than = "faster" if loss.least_speed_mps > 0 else "slower"
        found.append(
            (abs(loss.middle_s - line_s), f"{_fast(loss.least_speed_mps, is_metric)} {than} at the slowest")
        )
    if loss.offset_m is not None and abs(loss.offset_m) >= _LINE_M:
        side = "outside" if loss.offset_m > 0 else "inside"
        found.append((abs(line_s), f"{_near(loss.offset_m, is_metric)} further {side} at the apex"))
    if loss.throttle_point_m is not None and abs(loss.throttle_point_m) >= _POINT_M:
        when = "later" if loss.throttle_point_m > 0 else "earlier"
        found.append((abs(loss.exit_s), f"full throttle {_far(loss.throttle_point_m, is_metric)} {when}"))
    return found


def _far(length_m: float, is_metric: bool) -> str:
    return f"{abs(length_m):.0f} m" if is_metric else f"{abs(length_m) / _FOOT_M:.0f} ft"


def _near(length_m: float, is_metric: bool) -> str:
    return f"{abs(length_m):.1f} m" if is_metric else f"{abs(length_m) / _FOOT_M:.1f} ft"


def _fast(speed_mps: float, is_metric: bool) -> str:
    return f"{abs(speed_mps) * _KMH:.0f} km/h" if is_metric else f"{abs(speed_mps) * _MPH:.0f} mph"
