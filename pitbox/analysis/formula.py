"""A channel made of others, as a person writes it: `Speed * 3.6`, `rate(Speed)`, `where(Brake > 0.1, 1, 0)`.

Nothing but arithmetic on named arrays: no attribute, no index, no text, no call but those listed here, and
all of it small enough to be worked out while somebody drags.
"""

import ast
from collections.abc import Callable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.errors import PitBoxError

Floats = NDArray[np.float64]
MOST_SIGNS = 240
MOST_PARTS = 80
MOST_DEPTH = 16
MOST_POWER = 6.0
_LARGEST = 1e12
"""A number that is written down may not be larger."""
TIME, PLACE, PATH = "time_s", "lap_share", "path_m"
"""What every lap has beside its channels."""


class FormulaError(PitBoxError):
    """What is wrong with it, as a sentence."""


class Formula(msgspec.Struct, frozen=True):
    """Read and found harmless; `value` works it out."""

    text: str
    names: tuple[str, ...]
    """The channels that it needs."""

    def value(self, channels: Mapping[str, Floats], t_s: Floats) -> Floats:
        """One value a sample; NaN where there is none. Raises FormulaError for a channel that is missing."""
        missing = [name for name in self.names if name not in channels]
        if missing:
            raise FormulaError(f"{missing[0]} was not recorded.")
        with np.errstate(all="ignore"):
            found = _Reckoner(channels, t_s).of(_tree(self.text).body)
        whole = np.broadcast_to(np.asarray(found, np.float64), t_s.shape)
        return np.where(np.isfinite(whole), whole, np.nan)


def formula(text: str) -> Formula:
    """Raises FormulaError, which says what cannot be read or is not allowed."""
    tree = _tree(text)
    parts = list(ast.walk(tree))
    if len(parts) > MOST_PARTS * 3:  # operators and contexts are parts too
        raise FormulaError("The formula is too long.")
    names: dict[str, None] = {}
    _check(tree.body, names, 0)
    return Formula(text.strip(), tuple(names))


def _tree(text: str) -> ast.Expression:
    if len(text) > MOST_SIGNS:
        raise FormulaError(f"A formula has at most {MOST_SIGNS} signs.")
    if not text.strip():
        raise FormulaError("There is no formula.")
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("This cannot be read as a formula.") from error


def _check(node: ast.expr, names: dict[str, None], depth: int) -> None:
    if depth > MOST_DEPTH:
        raise FormulaError("The formula has too many brackets in each other.")
    if isinstance(node, ast.Name):
        if node.id not in FUNCTIONS:
            names[node.id] = None
            return
        raise FormulaError(f"{node.id} is a function: write {node.id}(...).")
    if isinstance(node, ast.Constant):
        _check_number(node)
        return
    for child in _children(node):
        _check(child, names, depth + 1)


def _check_number(node: ast.Constant) -> None:
    number = node.value
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= _LARGEST:
        raise FormulaError("Only plain numbers may stand in a formula.")


def _children(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        if isinstance(node.op, ast.Pow):
            _check_power(node.right)
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return [node.operand]
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARED:
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call):
        return _arguments(node)
    raise FormulaError(
        "Only numbers, channels, + - * / % **, comparisons and the functions listed are allowed."
    )


def _check_power(node: ast.expr) -> None:
    sign = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    number = sign.value if isinstance(sign, ast.Constant) else None
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= MOST_POWER:
        raise FormulaError(f"A power is a number up to {MOST_POWER:.0f}.")


def _arguments(node: ast.Call) -> list[ast.expr]:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise FormulaError(f"The functions are {', '.join(sorted(FUNCTIONS))}.")
    count = FUNCTIONS[node.func.id][0]
    if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
        raise FormulaError(f"{node.func.id} takes plain values.")
    if len(node.args) != count:
        raise FormulaError(f"{node.func.id} takes {count} value{'s' if count > 1 else ''}.")
    return node.args


class _Reckoner:
    """Walks the tree itself: nothing is ever handed to the interpreter."""

    def __init__(self, channels: Mapping[str, Floats], t_s: Floats) -> None:
        self._channels, self._t_s = channels, t_s

    def of(self, node: ast.expr) -> Floats:
        if isinstance(node, ast.Constant):
            return np.asarray(float(node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return self._channels[node.id]
        if isinstance(node, ast.BinOp):
            return _BINARY[type(node.op)](self.of(node.left), self.of(node.right))
        if isinstance(node, ast.UnaryOp):
            value = self.of(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.Compare):
            held: Floats = _COMPARED[type(node.ops[0])](
                self.of(node.left), self.of(node.comparators[0])
            ).astype(np.float64)
            return held
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        return FUNCTIONS[node.func.id][1](self._t_s, *(self.of(each) for each in node.args))


def _rate(t_s: Floats, values: Floats) -> Floats:
    """How much it grows in a second."""
    whole = np.broadcast_to(values, t_s.shape)
    if len(t_s) < 2:
        return np.zeros_like(t_s)
    found: Floats = np.gradient(whole, t_s)
    return found


def _summed(t_s: Floats, values: Floats) -> Floats:
    """Over time, since the line."""
    whole = np.nan_to_num(np.broadcast_to(values, t_s.shape))
    steps = (whole[1:] + whole[:-1]) / 2 * np.diff(t_s)
    found: Floats = np.concatenate(([0.0], np.cumsum(steps)))
    return found


def _smooth(t_s: Floats, values: Floats, span_s: Floats) -> Floats:
    """The mean over so many seconds around, at most ten."""
    whole = np.nan_to_num(np.broadcast_to(values, t_s.shape))
    half_s = float(np.clip(np.max(span_s), 0.0, 10.0)) / 2
    sums = np.concatenate(([0.0], np.cumsum(whole)))
    first = np.searchsorted(t_s, t_s - half_s)
    behind = np.searchsorted(t_s, t_s + half_s, side="right")
    found: Floats = (sums[behind] - sums[first]) / np.maximum(behind - first, 1)
    return found


def _chosen(holds: Floats, yes: Floats, no: Floats) -> Floats:
    found: Floats = np.where(holds != 0, yes, no)
    return found


def _plain(work: Callable[..., Floats]) -> Callable[..., Floats]:
    return lambda _, *values: work(*values)


FUNCTIONS: dict[str, tuple[int, Callable[..., Floats]]] = {
    "abs": (1, _plain(np.abs)),
    "sqrt": (1, _plain(np.sqrt)),
    "sign": (1, _plain(np.sign)),
    "sin": (1, _plain(np.sin)),
    "cos": (1, _plain(np.cos)),
    "atan2": (2, _plain(np.arctan2)),
    "hypot": (2, _plain(np.hypot)),
    "min": (2, _plain(np.minimum)),
    "max": (2, _plain(np.maximum)),
    "clip": (3, _plain(np.clip)),
    "where": (3, _plain(_chosen)),
    "rate": (1, _rate),
    "summed": (1, _summed),
    "smooth": (2, _smooth),
}
"""By name: how many values it takes, and what it does with them."""

_BINARY: dict[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Floats, Floats], NDArray[np.bool_]]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
