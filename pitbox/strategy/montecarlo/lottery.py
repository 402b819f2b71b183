"""Runs blocks of races: compiled when that is ready, in numpy until then, the same answer either way.

The room starts no threads. Whoever asks gives a `spread` that maps a function over blocks, a thread pool's
`map` say: the compiled races hold no lock of the interpreter.
"""

from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from pitbox.strategy.errors import StrategyError
from pitbox.strategy.montecarlo import machine_code
from pitbox.strategy.montecarlo.draws import Keys, keys_of
from pitbox.strategy.montecarlo.fate import FateModel, Fates
from pitbox.strategy.montecarlo.layout import LANES
from pitbox.strategy.montecarlo.machine_code import Races
from pitbox.strategy.montecarlo.outcome import Outcome, joined
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import Tables, tables_of
from pitbox.strategy.montecarlo.workspace import Workspace

Engine = Literal["best", "compiled", "numpy"]
"""The best one is compiled if that is ready, else numpy: block by block, so it changes while races run."""
Block = tuple[int, int]
"""First race and how many."""
_LAPS_A_BLOCK, _MOST_RACES = 1 << 20, 1024
_PLAIN_LAPS, _PLAIN_RACES = 1 << 24, 5120
"""Numpy has a price for each call: it wants long rows, as far as there is memory."""
_FIRST_BLOCK = 256
"""Races of the first answer: a few ms."""


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
        compiled = self._compiled()
        keys = keys_of(self.seed, first, -(-races // LANES) * LANES if compiled else races)
        fates = self._fates.fates(keys)
        if compiled is None:
            return _plain(self.model, self.tables, keys, fates)
        return _drive(compiled, Workspace(self.model, self.tables, keys, fates, races))

    def _compiled(self) -> Races | None:
        if self.engine == "numpy":
            return None
        return machine_code.made() if self.engine == "compiled" else machine_code.ready()

    def run(self, races: int, first: int = 0, spread: Spread = map) -> Outcome:
        """In blocks that are short enough to leave, and long enough for what numpy does around them."""
        laps = len(self.model.cars) * int(self.tables.counts[0])
        is_plain = self._compiled() is None
        most, room = (_PLAIN_RACES, _PLAIN_LAPS) if is_plain else (_MOST_RACES, _LAPS_A_BLOCK)
        step = max(LANES, min(most, room // laps // LANES * LANES))
        blocks = [(at, min(step, first + races - at)) for at in range(first, first + races, step)]
        return joined(list(spread(lambda block: self.block(*block), blocks)))

    def grow(self, races: int, spread: Spread = map) -> Iterator[Outcome]:
        """Answers from more and more races, each with those before; stop asking to cancel."""
        found, done, step = list[Outcome](), 0, _FIRST_BLOCK
        while done < races:
            step = min(step, races - done)
            found = [joined([*found, self.run(step, done, spread)])]
            done, step = done + step, 2 * step
            yield found[0]


def _drive(compiled: Races, space: Workspace) -> Outcome:
    if compiled(*space.pointers()) != 0:
        raise StrategyError("The compiled races stopped.")
    return space.outcome


def _plain(model: RaceModel, tables: Tables, keys: Keys, fates: Fates) -> Outcome:
    from pitbox.strategy.montecarlo.plain import PlainRaces  # noqa: PLC0415 - not needed once compiled

    return PlainRaces(model, tables, keys, fates).outcome()
