"""What a series makes of a stop: the figures to go by before anybody has stopped.

There is no one constant: since 2026 some series have a least time in the box, and each its own order of
service. What this race shows replaces these at once (`stop_cost`).
"""

import msgspec

FUEL, TYRES, SWAP, REPAIRS, DRIVE_THROUGH = "fuel", "tyres", "swap", "repairs", "drive_through"


class PitRules(msgspec.Struct, frozen=True):
    """Times in the box, and what the lane itself costs."""

    name: str
    lane_loss_s: float = 30.0
    """Driving through, against driving past."""
    still_s: float = 2.5
    """Jacks, belts, reactions."""
    fuel_lps: float = 2.6
    tyres_s: float = 22.0
    swap_s: float = 27.0
    is_tyres_while_fuel: bool = True
    least_box_s: float = 0.0
    """Whoever is served stands for so long, whatever was done."""

    def box_s(self, fuel_l: float, *, has_tyres: bool = False, is_swap: bool = False) -> float:
        """Standing still; a driver change runs beside everything else."""
        fuel_s = max(0.0, fuel_l) / self.fuel_lps
        tyres_s = self.tyres_s if has_tyres else 0.0
        work_s = max(fuel_s, tyres_s) if self.is_tyres_while_fuel else fuel_s + tyres_s
        if is_swap:
            work_s = max(work_s, self.swap_s)
        return max(self.least_box_s, self.still_s + work_s) if work_s > 0 else 0.0

    def loss_s(
        self, fuel_l: float, *, has_tyres: bool = False, is_swap: bool = False, repair_s: float = 0.0
    ) -> float:
        """Of the whole visit, against driving on; repairs begin when the rest is done."""
        return (
            self.lane_loss_s + self.box_s(fuel_l, has_tyres=has_tyres, is_swap=is_swap) + max(0.0, repair_s)
        )


TOGETHER = PitRules("tyres while fuel flows")
IN_TURN = PitRules("fuel, then tyres", is_tyres_while_fuel=False)
LEAST_TIME = PitRules("a least time in the box", least_box_s=35.0)
CIRCUIT = PitRules("real endurance series", lane_loss_s=45.0, fuel_lps=2.2, is_tyres_while_fuel=False)
