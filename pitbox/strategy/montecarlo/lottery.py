"""Runs blocks of races: compiled when that is ready, in numpy until then, the same answer either way.

The room starts no threads. Whoever asks gives a `spread` that maps a function over blocks, a thread pool's
`map` say: the compiled races hold no lock of the interpreter.
"""

from collections.abc import Callable, Iterator
from typing import Literal, Protocol

import numpy as np

from pitbox.strategy.montecarlo.draws import Keys, keys_of
from pitbox.strategy.montecarlo.fate import FateModel, Fates
from pitbox.strategy.montecarlo.outcome import Outcome, joined
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import Tables, tables_of

Engine = Literal["compiled", "numpy"]
Block = tuple[int, int]
"""First race and how many."""
BLOCK = 256
_FIRST_BLOCK = 256
"""Races of the first answer: a few ms."""
_LANES = 128


class Spread(Protocol):
    def __call__(self, ask: Callable[[Block], Outcome], blocks: list[Block], /) -> Iterator[Outcome]: ...


class Lottery:
    """One race model, asked for as many of its races as wanted; a race of one number never changes."""

    def __init__(self, model: RaceModel, seed: int = 1, engine: Engine = "compiled") -> None:
        self.model, self.seed, self.engine = model, seed, engine
        self.tables = tables_of(model)
        self._fates = FateModel(model, int(self.tables.counts[0]))

    def block(self, first: int, races: int) -> Outcome:
        """Races `first` to `first + races`; may be asked in any thread."""
        wide = races if self.engine == "numpy" else -(-races // _LANES) * _LANES
        keys = keys_of(self.seed, first, wide)
        fates = self._fates.fates(keys)
        drive = _plain if self.engine == "numpy" else _compiled
        return drive(self.model, self.tables, keys, fates, races)

    def run(self, races: int, first: int = 0, spread: Spread = map) -> Outcome:
        blocks = [(at, min(BLOCK, first + races - at)) for at in range(first, first + races, BLOCK)]
        return joined(list(spread(lambda block: self.block(*block), blocks)))

    def grow(self, races: int, spread: Spread = map) -> Iterator[Outcome]:
        """Answers from more and more races, each with those before; stop asking to cancel."""
        found, done, step = list[Outcome](), 0, _FIRST_BLOCK
        while done < races:
            step = min(step, races - done)
            found = [joined([*found, self.run(step, done, spread)])]
            done, step = done + step, 2 * step
            yield found[0]


def _compiled(model: RaceModel, tables: Tables, keys: Keys, fates: Fates, races: int) -> Outcome:
    from pitbox.strategy.montecarlo import kernel  # noqa: PLC0415 - numba takes long to load

    cars = len(model.cars)
    whole = np.empty((3, cars, races), np.int32)
    told, time_s = np.empty((3, cars, races), np.int32), np.empty((cars, races))
    kernel.races(
        tables.car,
        tables.policy,
        tables.race,
        tables.counts,
        tables.planned,
        tables.row,
        tables.fill_l,
        tables.losses,
        tables.need_s,
        tables.shape,
        tables.stop_shape,
        tables.wait_shape,
        tables.grid,
        np.stack(keys),
        np.ascontiguousarray(fates.retire_lap),
        np.ascontiguousarray(fates.use_l),
        np.ascontiguousarray(fates.start_s),
        np.stack([fates.slow_from_s, fates.slow_to_s, fates.slow_bunch]),
        np.stack([fates.rain_from_s, fates.rain_to_s]),
        races,
        whole[0],
        time_s,
        whole[1],
        whole[2],
        told,
    )
    return Outcome(model, whole[1], whole[2], whole[0], time_s, *told)


def _plain(model: RaceModel, tables: Tables, keys: Keys, fates: Fates, races: int) -> Outcome:
    from pitbox.strategy.montecarlo.plain import PlainRaces  # noqa: PLC0415 - beside its twin

    assert races == len(keys.first)
    return PlainRaces(model, tables, keys, fates).outcome()
