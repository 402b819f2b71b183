"""How a team means to run its race: fuel, tyres, length of a stint. Kind `variant`; one is active."""

import msgspec

from pitbox.model.edit import Edit
from pitbox.model.span import Spans

KIND = "variant"


class Variant(msgspec.Struct, frozen=True):
    """A strategy with a plan of stints of its own. What nobody has filled in is None."""

    key: str
    team: str
    name: str
    is_active: bool = False
    """Of several that say so, the one that was said last."""
    target_stint_s: float | None = None
    least_rest_s: float | None = None
    pit_s: float | None = None
    swap_s: float | None = None
    lap_s: float | None = None
    fuel_per_stint_l: float | None = None
    fuel_per_lap_l: float | None = None
    stints_per_set: int | None = None
    """Tyres at each so manieth stop."""
    wet: Spans = ()
    """In race time, as somebody assumes."""
    others: tuple[Edit, ...] = ()
