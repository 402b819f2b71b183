"""Glances to draw, invented."""

import msgspec

from pitbox.crew.health import Level
from pitbox.wall.dashboard import FuelRange, Glance, Phase, Safety
from pitbox.wall.messenger import ShownMessage

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
MESSAGE = msgspec.structs.replace(RECORDING, message=ShownMessage("1", "Lea", "Box this lap", 3, True))
LONG_MESSAGE = msgspec.structs.replace(
    TROUBLE,
    message=ShownMessage(
        "2",
        "Race engineer Jonathan",
        "Slow car off line in the third sector, yellow there; keep left, and then box at the end of this lap "
        "for fuel and four tyres, no driver change.",
        72,
        True,
        2,
    ),
)
TWO_LINES = msgspec.structs.replace(
    STALE, message=ShownMessage("3", "Lea", "Traffic behind, let the two prototypes by", 12, True)
)
READ_MESSAGE = msgspec.structs.replace(
    RECORDING,
    message=ShownMessage("1", "Lea", "Save fuel until the end of the stint, please", 200, False),
    team=("Jonathan", "Lea"),
    safe=Safety(3, 186),
    incidents=4,
    incidents_left=13,
)
ALL = {
    "waiting": WAITING,
    "recording": RECORDING,
    "trouble": TROUBLE,
    "stale": STALE,
    "message": MESSAGE,
    "message-long": LONG_MESSAGE,
    "message-lines": TWO_LINES,
    "message-read": READ_MESSAGE,
}
