"""Stints of which the fall-off, the price of fuel and of traffic are known."""

import msgspec

from pitbox.analysis.stint_pace.pace_lap import PaceLap

LAP_S = 100.0


class Known(msgspec.Struct, frozen=True):
    fall_off_s: float
    litre_s: float
    traffic_s: float
    burn_l: float

    @property
    def net_s(self) -> float:
        return self.fall_off_s - self.litre_s * self.burn_l


def stints(rng, *, count=3, laps=25, has_fuel=True, curve=1.0) -> tuple[list[PaceLap], Known]:
    """Laps with skewed scatter, some behind others, some of no use. `curve` bends the fall-off, same mean."""
    known = Known(
        fall_off_s=rng.uniform(0.0, 0.09),
        litre_s=rng.normal(0.00025, 0.00008) * LAP_S,
        traffic_s=rng.uniform(0.3, 1.5),
        burn_l=max(1.0, rng.normal(2.9, 0.7)),
    )
    found: list[PaceLap] = []
    for stint in range(count):
        level = LAP_S + rng.normal(0.0, 0.3)
        fuel_l = known.burn_l * (laps + 0.5)
        for at in range(laps):
            is_traffic = at > 0 and rng.random() < 0.15
            time_s = level + known.fall_off_s * laps * (at / laps) ** curve + known.litre_s * fuel_l
            time_s += rng.gamma(2.0, 0.12) + rng.normal(0.0, 0.08)
            time_s += rng.gamma(3.0, known.traffic_s / 3.0) * is_traffic
            why = "out-lap" if at == 0 and stint else "in-lap" if at == laps - 1 else ""
            why = why or ("incident" if rng.random() < 0.03 else "")
            seen_l = fuel_l if has_fuel else None
            number = stint * laps + at + 1
            found.append(
                PaceLap(number, stint, 7, 0, time_s + 25.0 * bool(why), at, seen_l, at, is_traffic, why)
            )
            fuel_l -= known.burn_l
    return found, known
