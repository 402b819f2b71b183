"""Laps of recordings that others made: iRacing files, and two CSV exports under their own names."""

import csv
import gzip
from datetime import datetime

import numpy as np

from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.errors import ImageError

_NAMES = {
    "DistanceRoundTrack": "LapDist",
    "SpeedMs": "Speed",
    "SteeringAngle": "SteeringWheelAngle",
    "Throttle": "Throttle",
    "Brake": "Brake",
    "Gear": "Gear",
    "Rpms": "RPM",
    "CurrentLap": "Lap",
    "CurrentLapTime": "CurrentLapTime",
    "LapTimePrevious": "LapTimePrevious",
}


def ibt_rows(path):
    """The rows, or what the file is refused for."""
    try:
        with IbtFile(path) as file:
            return file.rows.copy()
    except ImageError as error:
        return str(error)


def csv_rows(path):
    """Under the sim's names, in the order of the file.

    A receiver stamped the rows, now and then 0.2 s late: where the sim's own lap clock runs on, it tells the
    time, and the stamps only where that clock began.
    """
    with gzip.open(path, "rt") as file:
        table = list(csv.DictReader(file))
    rows = {ours: np.array([float(row[theirs] or "nan") for row in table]) for theirs, ours in _NAMES.items()}
    stamp_s = np.array([datetime.fromisoformat(row["_time"]).timestamp() for row in table])
    rows["SessionTime"] = stamp_s - stamp_s.min()
    order = np.argsort(rows["SessionTime"], kind="stable")
    clock_s, time_s = rows["CurrentLapTime"][order], rows["SessionTime"][order]
    is_new = (np.diff(clock_s) < -1.0) | (np.abs(np.diff(clock_s) - np.diff(time_s)) > 1.0)
    runs = np.split(np.arange(len(order)), np.flatnonzero(is_new) + 1)
    for run in runs:
        if clock_s[run[-1]] > 1.0:
            time_s[run] = clock_s[run] + np.median(time_s[run] - clock_s[run])
    rows["SessionTime"][order] = time_s
    return rows
