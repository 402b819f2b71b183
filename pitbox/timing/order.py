"""Who is ahead of whom: by progress in a race, by best lap elsewhere."""

import math

from pitbox.model.code import SessionState
from pitbox.timing.car import Car
from pitbox.timing.heat import Heat


def order(heat: Heat) -> list[Car]:
    """The cars from first to last. Before a race's green flag the sim's own order stands."""
    cars = [heat.cars[car_idx] for car_idx in sorted(heat.cars)]
    if not heat.is_race:
        return sorted(cars, key=lambda car: car.best_lap_s or math.inf)
    if heat.state < SessionState.RACING:
        return sorted(cars, key=lambda car: _grid_place(heat, car))
    if heat.is_over:  # what counts then is who was the first to complete as many laps
        return sorted(cars, key=lambda car: (-car.laps, car.line_s or math.inf))
    # Cars that took the flag on the same lap stand as they crossed it.
    return sorted(cars, key=lambda car: (-progress(heat, car), car.finish_s or math.inf))


def progress(heat: Heat, car: Car) -> float:
    """Laps since the start, as of the last row in which the car was seen."""
    return car.progress(float(heat.motion.pct[car.car_idx]))


def _grid_place(heat: Heat, car: Car) -> float:
    place = int(heat.motion.position[car.car_idx])
    return place if place > 0 else math.inf
