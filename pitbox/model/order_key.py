"""Places in a list that several people sort: a text between any two texts, so that nobody renumbers."""

from pitbox.model.errors import EditError

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""In the order in which texts compare."""
_BASE = len(_DIGITS)
MAX_ORDER_KEY = 120


def order_key(before: str | None, after: str | None, salt: int) -> str:
    """A text that sorts behind `before` and ahead of `after`; None stands for the list's end.

    `salt` is any number of the editor's own: two who insert at one place get two texts. Raises EditError
    where there is no room, which takes hundreds of insertions at one place.
    """
    if not all(is_order_key(key) for key in (before, after) if key is not None):
        raise EditError("A row has no place that another one could be put beside: move it first.")
    low, high = before or "", after
    if high is not None and low >= high:
        raise EditError("Two rows have the same place: move one of them first.")
    out = _between(low, high) + _DIGITS[salt // _BASE % _BASE] + _DIGITS[1 + salt % (_BASE - 1)]
    if len(out) > MAX_ORDER_KEY:
        raise EditError("There is no room for another row here: move a neighbour first.")
    return out


def is_order_key(text: str) -> bool:
    """True for what `order_key` may have made: a last 0 would leave no room ahead of it."""
    return 0 < len(text) <= MAX_ORDER_KEY and set(text) <= set(_DIGITS) and text[-1] != _DIGITS[0]


def _between(low: str, high: str | None) -> str:
    """A text behind `low` that, whatever follows it, stays ahead of `high`."""
    out = ""
    at = 0
    while True:
        small = _DIGITS.index(low[at]) if at < len(low) else -1
        large = _BASE if high is None else _DIGITS.index(high[at]) if at < len(high) else 0
        if large - small > 1:
            return out + _DIGITS[(small + large) // 2]
        if small < 0:  # behind the end of `low`, and `high` begins with the least digit: keep step with it
            out += _DIGITS[0]
        else:
            out += _DIGITS[small]
            if large > small:
                high = None  # already ahead of it
        at += 1
