"""What a timing sheet says: one line for each lap of each car, and nothing between two lines."""

import msgspec

from pitbox.model.session import Few


class SheetLap(msgspec.Struct, frozen=True, array_like=True):
    """One line of a sheet. Times are in seconds since the start of the race."""

    car_idx: int
    lap: int
    user_id: int
    """Made from the name, and negative: no sim gave it."""
    driver: str
    end_s: float
    time_s: float
    flag: str
    """At the line: `green`, `caution`, `red`, `white` or `checkered`; empty where the sheet says nothing."""
    is_in_pit: bool = False
    """It crossed the line in the pit lane."""
    pit_s: float | None = None
    """Time spent in the pits, as the sheet has it: mostly of the visit that began on the lap before."""
    sectors_s: Few[float | None] = ()
