"""Where the compiled races keep what they work on: rows of `LANES` numbers, all of a car's side by side.

A block of `LANES` races is driven at once. Its memory is one run of float32, a record for each car. So a loop
over lanes reads and writes at fixed distances, which is what lets it become wide. This module knows no numba:
whoever loads races compiled before needs it too.
"""

LANES, HALF_LANES = 64, 32
"""One bit of a word for each: who stops, who passes again."""

(
    TIME, NEAR, FUEL, WET, AGE, USE, RETIRE, START, SLOW_FROM, SLOW_TO, BUNCH, ARRIVAL, SLOWED, STOP, ENTRY,
    DEBT, PITTED, STOPS, LONGEST, DRY_STOPS,
) = range(20)  # fmt: skip
"""Of a car. After the first lap what the start cost makes way for what its pace is off in this race. A debt
is what a stop costs on the lap after it, and pitted what it cost on this one."""
LEAD, RACING, RAIN_FROM, RAIN_TO, RIVAL = range(5)
"""Of a race, apart from the cars: what is known not to be a car's needs no look when the car drives."""
TYRE, CALL = range(2)
"""Of a car, whole numbers: its place in `losses`, its next caution."""
KEY_FIRST, KEY_SECOND = range(2)
"""Of a race, whole numbers, before those of the cars."""
PLACE_TIME, PLACE_DUEL = range(2)
"""Of a place in the order, from 1; nobody is at place 0."""

CAR, RACE = 20 * LANES, 5 * LANES
"""Numbers in a record."""
CAR_WORDS = RACE_WORDS = 2 * LANES
PLACE = 2 * LANES
CAR_BITS, OFFSET = 20, 0xFFFFF
"""The order holds cars as their number, then where this lane of their record begins: fewer look-ups."""

(PACE, RESIDUAL, FUEL_START, TANK, LITRE, TRAFFIC, STOP_IN, STOP_OUT, STOP_SPREAD, LITRE_STOP) = range(10)
(LEAST_STINT, CAUTION_STINT, COVER, HAS_FUEL, RUNS_DRY, STINTS, CLASS, SHAPE, STINT_AGE) = range(9)
(
    REFERENCE, LENGTH, GAP, DUEL, LOSER, TOW, TOW_WINDOW, SLOW, CATCH, SLOW_GAP, STOP_SHARE, WET_SHARE,
    SLICK_SHARE, DRIED_SHARE, DRY, FIRST_LAP,
) = range(16)  # fmt: skip
MOST, TOW_LAP, BY_TIME, HAS_RAIN, HAS_CAUTIONS = range(5)
"""Rows of `tables`."""

STOP_COUNTER = 0x08000000
"""Draws of stops, above those of laps."""
