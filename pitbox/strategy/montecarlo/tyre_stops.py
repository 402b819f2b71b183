"""Stops of a race in which nobody refuels: whether a car comes in again, and how soon.

Figures are of five seasons of single-seaters (10,000 questions at six moments of their races), by what
anybody sees from the stand: stops so far, how old the tyres are, how much of the race is left. Where all have
to change tyres once, who has not yet will; the others mostly go home when a stint can be that long.
"""

import math

import msgspec
import numpy as np

_NEVER, _HOME, _NO_STOP, _TWO, _MORE, _AGE, _LEFT = -4.64, 4.51, 2.83, 0.18, 0.54, -1.23, 3.23
_SOON = 1.1, 2.2
"""Of the beta distribution of the next stop, between now and the flag."""


class TyreStint(msgspec.Struct, frozen=True):
    """As shares of the race."""

    stops: int
    """That the car has made."""
    age: float
    """Driven since its last stop."""
    left: float

    def again(self) -> float:
        """The chance that it stops once more."""
        more = _NO_STOP if self.stops == 0 else _TWO if self.stops == 2 else _MORE if self.stops > 2 else 0.0
        home = self.age + self.left
        sum_ = _NEVER + _HOME * home + more + _AGE * self.age + _LEFT * self.left
        return 1.0 / (1.0 + math.exp(-sum_))

    def drawn(self, rng: np.random.Generator) -> float | None:
        """The share of the race until it comes in; None: it goes home."""
        if rng.random() >= self.again():
            return None
        return self.left * float(rng.beta(*_SOON))
