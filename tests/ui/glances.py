"""Glances to draw, invented."""

from pitbox.crew.health import Level
from pitbox.wall.dashboard import FuelRange, Glance, Phase

WAITING = Glance(Phase.WAITING, "Waiting for iRacing")
RECORDING = Glance(
    Phase.RECORDING,
    "Recording",
    track="Ardenne Grand Circuit",
    part="Race",
    lap=187,
    class_position=3,
    time_left_s=49_327.0,
    flag="green",
    fuel_l=31.4,
    fuel=FuelRange(9.83, 9.61, 10.1, 5),
)
TROUBLE = Glance(
    Phase.HELD,
    "Not stored yet",
    level=Level.FAILED,
    trouble="The disk is full: 1.2 MB wait in memory, and it is tried again.",
    track="Ardenne Grand Circuit",
    part="Race",
    lap=8,
    class_position=12,
    time_left_s=2327.0,
    flag="caution",
    fuel_l=58.2,
)
STALE = Glance(
    Phase.WAITING,
    "Waiting for iRacing",
    track="Ardenne Grand Circuit",
    part="Qualifying",
    lap=8,
    time_left_s=127.0,
    flag="caution",
    fuel_l=58.2,
    age_s=12,
)
ALL = {"waiting": WAITING, "recording": RECORDING, "trouble": TROUBLE, "stale": STALE}
