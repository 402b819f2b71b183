"""Where drivers finished in earlier races: what is known of a field before it starts."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from pitbox.predict.lap_row import NAN

_LATELY, _LONG = 6, 20


class Form(msgspec.Struct, frozen=True):
    """Shares of the field that finished ahead; NaN of somebody new."""

    lately: float
    long: float


class FinishForms:
    """Grows race by race; a race is told only what was added before it."""

    def __init__(self, places: Mapping[str, Sequence[float]] | None = None) -> None:
        self.places: dict[str, list[float]] = {name: list(found) for name, found in (places or {}).items()}

    def add(self, drivers: Sequence[str]) -> None:
        """A race that is over, its winner first."""
        for place, driver in enumerate(drivers):
            found = self.places.setdefault(driver, [])
            found.append((place + 0.5) / len(drivers))
            del found[:-_LONG]

    def of(self, driver: str) -> Form:
        found = self.places.get(driver)
        return Form(fmean(found[-_LATELY:]), fmean(found)) if found else Form(NAN, NAN)
