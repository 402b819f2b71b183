"""A car's visits to the pits."""

import msgspec

from pitbox.model.fact import Service, Stop
from pitbox.timing.service import with_swap

SETTLED_S = 2.0
"""Some tracks show the lane's surface for a blink to cars that pass its mouth: that is no visit."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A car went onto the lane; not yet long enough to say that it is a visit."""

    at_s: float
    lap: int
    user_id: int
    compound: int
    was_in: bool
    """The lap had a visit already."""
    is_tow: bool


class PitRun(msgspec.Struct, array_like=True):
    """The stops of one car. `fact` is the last one, running or ended."""

    count: int = 0
    is_inside: bool = False
    entry: Entry | None = None
    fact: Stop | None = None
    stall_l: float | None = None
    """Fuel when the car came to its stall."""
    came_m: float | None = None
    """Distance on its tyres then."""

    @property
    def is_open(self) -> bool:
        return self.fact is not None and self.fact.lane_out_s is None

    def begin(self, fact: Stop) -> Stop:
        self.count = fact.stop
        self.entry = None
        self.fact = fact
        return fact

    def reach_stall(self, at_s: float, fuel_l: float | None) -> list[Stop]:
        """The first time counts; a car may be pushed back into its stall."""
        self.stall_l = fuel_l
        if self.fact is None or not self.is_open or self.fact.stall_in_s is not None:
            return []
        self.fact = msgspec.structs.replace(self.fact, stall_in_s=at_s)
        return [self.fact]

    def added_l(self, fuel_l: float | None) -> float | None:
        """Fuel added since the car came to its stall; None when nobody measured."""
        return None if fuel_l is None or self.stall_l is None else max(0.0, fuel_l - self.stall_l)

    def leave_stall(self, at_s: float, added_l: float | None) -> list[Stop]:
        """The last time counts."""
        self.stall_l = None
        if self.fact is None or not self.is_open:
            return []
        earlier_l = 0.0 if self.fact.stall_out_s is None else self.fact.fuel_added_l
        total_l = None if added_l is None or earlier_l is None else earlier_l + added_l
        self.fact = msgspec.structs.replace(self.fact, stall_out_s=at_s, fuel_added_l=total_l)
        return [self.fact]

    def close(self, at_s: float, user_id: int, compound: int) -> Stop | None:
        """The visit as it ended, if one was running; what was done in it is still to be told."""
        if self.fact is None or not self.is_open:
            return None
        self.fact = msgspec.structs.replace(
            self.fact, lane_out_s=at_s, user_id_out=user_id, compound_out=compound
        )
        return self.fact

    def tell(self, service: tuple[Service, ...]) -> list[Stop]:
        """What was done in the visit."""
        assert self.fact is not None
        self.fact = msgspec.structs.replace(self.fact, service=service)
        return [self.fact]

    def hand_to(self, user_id: int) -> list[Stop]:
        """The session text named the driver who left the pits after the car had left."""
        if self.fact is None or self.is_open or self.fact.user_id_out == user_id:
            return []
        stop = msgspec.structs.replace(self.fact, user_id_out=user_id)
        self.fact = msgspec.structs.replace(stop, service=with_swap(stop.service, stop))
        return [self.fact]
