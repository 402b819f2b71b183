"""Numbers that iRacing speaks in, as checked against recordings."""

from enum import IntEnum, IntFlag


class TrackSurface(IntEnum):
    """CarIdxTrackSurface: where a car is. Use this, not OnPitRoad, for other cars."""

    NOT_IN_WORLD = -1
    OFF_TRACK = 0
    IN_PIT_STALL = 1
    APPROACHING_PITS = 2
    """The whole pit lane, its exit included."""
    ON_TRACK = 3


class SessionState(IntEnum):
    INVALID = 0
    GET_IN_CAR = 1
    WARMUP = 2
    PARADE_LAPS = 3
    RACING = 4
    CHECKERED = 5
    COOL_DOWN = 6


class Flag(IntFlag):
    """SessionFlags, as far as PitBox reads them."""

    CHECKERED = 0x00000001
    WHITE = 0x00000002
    GREEN = 0x00000004
    YELLOW = 0x00000008
    RED = 0x00000010
    BLUE = 0x00000020
    DEBRIS = 0x00000040
    YELLOW_WAVING = 0x00000100
    GREEN_HELD = 0x00000400
    CAUTION = 0x00004000
    CAUTION_WAVING = 0x00008000
    BLACK = 0x00010000
    DISQUALIFIED = 0x00020000
    FURLED = 0x00080000
    REPAIR = 0x00100000
    START_READY = 0x20000000
    START_SET = 0x40000000
    START_GO = 0x80000000


CAUTION_FLAGS = Flag.CAUTION | Flag.CAUTION_WAVING
"""Full-course caution: the field follows the pace car."""

UNLIMITED_S = 604_800.0
"""SessionTimeRemain of a session without a clock."""
