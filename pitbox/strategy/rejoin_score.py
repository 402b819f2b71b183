"""How often the places that were said in this race came true; doubt grows when they did not."""

import msgspec

from pitbox.strategy.story import CarNow, Moment

_PRIOR_DOUBT, _PRIOR_ANSWERS = 0.1, 20.0
"""Before the race has judged: stuck wheels, penalties and traffic that no sum foresees."""
_NEAR_PLACES = 1


class Said(msgspec.Struct, frozen=True):
    """Asked when the car had done this lap, of a stop at the end of the next one."""

    car_idx: int
    lap: int
    class_position: int
    near_chance: float


class RejoinScore:
    """One for a race. Answers count only if the car did stop then."""

    def __init__(self) -> None:
        self.judged = 0
        self._right = 0
        self._hoped = 0.0
        self._open: dict[tuple[int, int], Said] = {}

    @property
    def doubt(self) -> float:
        """The share by which what is said would have been too sure."""
        hoped = self._hoped + _PRIOR_ANSWERS
        came_true = self._right + _PRIOR_ANSWERS * (1.0 - _PRIOR_DOUBT)
        return min(0.5, max(0.0, 1.0 - came_true / hoped))

    @property
    def words(self) -> str:
        if not self.judged:
            return "no stop of this race has judged these places yet"
        return f"{self._right} of {self.judged} places said in this race were right within one"

    def note(self, said: Said) -> None:
        """`near_chance` is that before any doubt."""
        self._open.setdefault((said.car_idx, said.lap), said)

    def read(self, moment: Moment) -> None:
        """Judges what has come true since, or not."""
        cars: dict[int, CarNow] = {car.car_idx: car for car in moment.cars}
        for key, said in list(self._open.items()):
            car = cars.get(said.car_idx)
            if car is None or car.laps < said.lap + 2:
                continue
            del self._open[key]
            after = car.story.laps.get(said.lap + 2)
            if after is not None and any(stop.lap == said.lap + 1 for stop in car.story.stops.tail(3)):
                self.judged += 1
                self._hoped += said.near_chance
                self._right += abs(after.class_position - said.class_position) <= _NEAR_PLACES
