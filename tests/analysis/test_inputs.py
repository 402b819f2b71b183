"""Hands are judged alike at 60 and 30 Hz, in quick laps and slow ones; shaking is told from calm."""

import msgspec
import numpy as np
import pytest
from mistake_laps import Road, lap

from pitbox.analysis.inputs import lap_inputs, precision

ROAD = Road(5)


def calm(seed: int = 1):
    """As hands are: nothing in them is quicker than a muscle."""
    found = lap(ROAD, np.random.default_rng(seed), str(seed))
    kernel = np.hanning(13) / np.hanning(13).sum()
    hands = {name: np.convolve(np.pad(found.channels[name], 6, mode="edge"), kernel, "valid")
             for name in ("SteeringWheelAngle", "Throttle", "Brake")}  # fmt: skip
    return msgspec.structs.replace(found, channels={**found.channels, **hands})


def every_second(found):
    kept = np.append(np.arange(0, len(found.t_s) - 1, 2), len(found.t_s) - 1)
    channels = {name: values[kept] for name, values in found.channels.items()}
    return msgspec.structs.replace(
        found, t_s=found.t_s[kept], pct=found.pct[kept], path_m=found.path_m[kept], channels=channels
    )


def slower(found, factor: float):
    return msgspec.structs.replace(found, time_s=found.time_s * factor, t_s=found.t_s * factor)


def shaken(found, name: str, size: float):
    rng = np.random.default_rng(7)
    noise = np.convolve(rng.standard_normal(len(found.t_s)), np.hanning(15) / 2.4, "same")
    return msgspec.structs.replace(
        found, channels={**found.channels, name: found.channels[name] + size * noise}
    )


@pytest.mark.parametrize(
    "changed", [every_second, lambda found: slower(found, 1.07)], ids=["30 Hz", "slower"]
)
def test_neither_the_rate_nor_the_lap_time_matters(changed) -> None:
    for seed in range(3):
        one, other = lap_inputs(calm(seed)), lap_inputs(changed(calm(seed)))
        for name, hand in one.hands.items():
            twin = other.hands[name]
            assert twin.smoothness == pytest.approx(hand.smoothness, rel=0.02), name
            assert twin.aggression == pytest.approx(hand.aggression, rel=0.02), name
            assert twin.jerk == pytest.approx(hand.jerk, rel=0.05), name
            assert twin.quick_share == pytest.approx(hand.quick_share, rel=0.05, abs=0.005), name
    laps = [calm(seed) for seed in range(8)]
    one, other = precision(laps), precision([changed(each) for each in laps])
    assert other.score == pytest.approx(one.score, rel=0.02)


@pytest.mark.parametrize("name", ["SteeringWheelAngle", "Throttle", "Brake"])
def test_shaking_is_told_by_every_figure(name: str) -> None:
    key = {"SteeringWheelAngle": "steering"}.get(name, name.lower())
    told = [lap_inputs(shaken(calm(), name, size)).hands[key] for size in (0.0, 0.1, 0.3)]
    for figure, sign in (("smoothness", -1), ("quick_share", 1), ("aggression", 1)):
        values = [sign * getattr(each, figure) for each in told]
        assert values[0] < values[-1], figure
        # A slight tremor may as well round off a sharp press; it must not look much calmer.
        assert values[1] > values[0] - (1.0 if figure == "aggression" else 0.0), figure
    assert all(0.0 <= each.smoothness <= 100.0 for each in told)


def test_who_repeats_is_precise() -> None:
    rng = np.random.default_rng(3)
    base = calm()
    told = []
    for metres in (0.0, 5.0, 20.0):
        laps = []
        for _ in range(10):
            shift_m = metres * rng.standard_normal()
            moved = {name: np.interp(base.path_m + shift_m, base.path_m, base.channels[name])
                     for name in ("SteeringWheelAngle", "Throttle", "Brake")}  # fmt: skip
            laps.append(msgspec.structs.replace(base, channels={**base.channels, **moved}))
        told.append(precision(laps))
    for name in ("steering", "throttle", "brake"):
        row = [each.score[name] for each in told]
        assert row == sorted(row, reverse=True)
        assert row[0] == pytest.approx(100.0)
        assert row[2] < row[1] - 3.0


def test_what_was_not_recorded_is_named() -> None:
    bare = msgspec.structs.replace(calm(), channels={"Throttle": np.ones(len(calm().t_s))})
    told = lap_inputs(bare)
    assert (told.hands, told.smoothness, told.aggression) == ({}, None, None)
    assert told.missing == ("no SteeringWheelAngle", "Throttle never moved", "no Brake")
    assert precision([bare] * 3).missing == ("3 laps, 4 are needed",)
    assert precision([bare] * 5).overall is None
