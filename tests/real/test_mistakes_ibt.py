"""Mistakes in recordings of real drives: what was looked at by hand, and that clean laps stay clean."""

import msgspec
import numpy as np
import pytest

from pitbox.analysis.driven import DrivenLap, MistakeKind
from pitbox.analysis.inputs import lap_inputs
from pitbox.analysis.lap_cut import cut_laps
from pitbox.analysis.mistake.departure import spins
from pitbox.analysis.mistake.find import find_mistakes
from pitbox.analysis.mistake.need import CHANNELS, WHEELS
from pitbox.analysis.mistake.wheel import lock_ups, wheelspins
from pitbox.analysis.setup.sheet import changes, setup_sheet
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.drive import placed
from pitbox.sim.iracing.errors import ImageError

INPUTS = ("SteeringWheelAngle",)


@pytest.fixture(scope="module")
def drives(real_data):
    found = {}
    for path in sorted((real_data / "ibt").glob("*.ibt")):
        try:
            with IbtFile(path) as file:
                found[path.name] = file.rows.copy()
        except ImageError:
            continue
    return {name: rows for name, rows in found.items() if len(rows) > 300}


def whole(rows) -> DrivenLap:
    """The drive from end to end, pits and all: for what is told without the lap."""
    rows = rows[placed(rows)]
    rows = rows[np.concatenate(([True], np.diff(rows["SessionTime"]) > 0))]
    t_s = rows["SessionTime"] - rows["SessionTime"][0]
    channels = {
        name: (rows[name] if rows[name].ndim == 1 else rows[name][:, -1]).astype(float)
        for name in CHANNELS
        if name in rows.dtype.names
    }
    path_m = np.cumsum(channels["Speed"]) / 60.0
    return DrivenLap("all", float(t_s[-1]), 0.0, t_s, np.linspace(0, 1, len(t_s)), path_m, channels)


def as_live(lap: DrivenLap) -> DrivenLap:
    kept = {name: values for name, values in lap.channels.items() if name not in WHEELS}
    return msgspec.structs.replace(lap, channels=kept)


def test_flying_laps_of_real_drivers_are_nearly_clean(drives):
    """On short ovals without a slide in sight: at most one slight thing in four laps, by either way."""
    laps = [lap for rows in drives.values() for lap in cut_laps(rows, CHANNELS).laps]
    assert len(laps) >= 6
    for each in (laps, [as_live(lap) for lap in laps]):
        found = [m for lap in each for m in find_mistakes([lap])[0].mistakes]
        assert len(found) <= len(each) / 4
        assert all(m.severity < 0.3 for m in found)


def test_what_the_wheels_show_is_told(drives):
    """Each was looked at: how fast, which pedal, which wheel."""
    locked, spun, slid = [], [], []
    for rows in drives.values():
        drive = whole(rows)
        wheels = np.array([drive.channels[name] for name in WHEELS]) / np.maximum(
            drive.channels["Speed"], 1.0
        )
        for each in lock_ups(drive):
            assert wheels[:, each.first : each.last].min() < 0.6
            assert drive.channels["Brake"][each.first] > 0.1
            locked.append(each)
        for each in wheelspins(drive):
            assert wheels[:, each.first : each.last].max() > 1.1
            spun.append(each)
        slid += spins(drive, None)
    assert len(locked) >= 2
    assert len(locked) + len(spun) <= 6  # in four minutes, pit stops included
    assert len(slid) == 1
    assert slid[0].kind is MistakeKind.SPIN


def test_hands_of_real_drivers_give_figures_within_their_range(drives):
    told = [lap_inputs(lap) for rows in drives.values() for lap in cut_laps(rows, (*CHANNELS, *INPUTS)).laps]
    assert len(told) >= 6
    for each in told:
        assert set(each.hands) == {"steering", "throttle", "brake"}
        for hand in each.hands.values():
            assert 20.0 < hand.smoothness <= 100.0
            assert 0.0 < hand.aggression < 100.0
            assert 0.0 <= hand.quick_share <= 1.0


def test_real_setups_are_read_whole(real_data):
    """Every text with a setup: dozens of settings, none of them a measurement, none different from itself."""
    told = fuelled = 0
    for path in sorted((real_data / "session-info").iterdir()):
        text = path.read_bytes()
        sheet = setup_sheet(text)
        if b"\nCarSetup:" not in text:
            assert not sheet.is_known, path.name
            continue
        told += 1
        assert len(sheet.values) >= 15, path.name
        assert not [name for name in sheet.values if "LastHot" in name or "LastTemps" in name], path.name
        fuelled += bool(sheet.fuel)
        assert changes(sheet, sheet) == ()
    assert told >= 8
    assert fuelled >= told - 1  # one car's garage shows no fuel
