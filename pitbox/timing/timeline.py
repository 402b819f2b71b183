"""Which of the times that come in carry time forward: neither late ones nor one that is alone far ahead."""

from typing import NamedTuple

import numpy as np

from pitbox.timing.field import Bools, Floats

FAR_S = 60.0
"""A row further ahead than this is believed when the next one agrees: taken at its word, one damaged
time would shut out all sound rows behind it. A true gap of that length costs one tick more."""


class Forward(NamedTuple):
    is_taken: Bools
    doubt_s: float | None
    """The last time that was far ahead of all others, while nothing has confirmed it."""


def forward(time_s: Floats, now_s: float, doubt_s: float | None) -> Forward:
    """Times in the order in which they came, after `now_s`."""
    if not len(time_s):
        return Forward(np.ones(0, np.bool_), doubt_s)
    now_s = max(now_s, 0.0)
    is_rising = bool((time_s[1:] > time_s[:-1]).all()) and time_s[0] > now_s
    if is_rising and time_s[-1] - now_s <= FAR_S:  # so it is, but for damage and gaps
        return Forward(np.ones(len(time_s), np.bool_), None)
    is_taken = np.zeros(len(time_s), np.bool_)
    for at, when in enumerate(time_s.tolist()):
        if when <= now_s:
            continue
        is_near = when - now_s <= FAR_S
        if is_near or (doubt_s is not None and 0.0 < when - doubt_s <= FAR_S):
            is_taken[at], now_s, doubt_s = True, when, None
        else:
            doubt_s = when
    return Forward(is_taken, doubt_s)
