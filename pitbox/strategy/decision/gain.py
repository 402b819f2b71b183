"""What one choice gains on another in the same races, in figures and in words."""

import msgspec

from pitbox.strategy.decision.words import places_words, signed

LEAST_PLACES = 0.05
"""Less is no place that anybody could tell."""


class Gain(msgspec.Struct, frozen=True):
    """Of one choice against another, in the same races; above zero is better."""

    places: float
    error: float
    value: float
    """Places with the seconds."""
    value_error: float
    seconds: float

    @property
    def is_sure(self) -> bool:
        return self.value > 2.0 * self.value_error

    @property
    def is_level(self) -> bool:
        """In places; seconds may differ."""
        return abs(self.places) < LEAST_PLACES


def gain_words(told: Gain) -> str:
    """`+0.6 places`; in seconds where places are even, in both where they do not agree."""
    seconds = f"{signed(told.seconds)} s"
    if told.is_level:
        return seconds
    is_split = told.places * told.value < 0
    return f"{places_words(told.places)}, {seconds}" if is_split else places_words(told.places)


def both_words(told: Gain) -> str:
    """`+12 s and +0.3 places`: what is nothing is left out."""
    seconds = f"{signed(told.seconds)} s"
    if told.is_level:
        return seconds if round(told.seconds) else "no difference"
    return f"{seconds} and {places_words(told.places)}" if round(told.seconds) else places_words(told.places)


def cost_words(told: Gain) -> str:
    """`it costs 0.2 places`; `told` is the gain, which is below zero."""
    if told.places <= -LEAST_PLACES:
        return f"it costs {places_words(-told.places).removeprefix('+')}"
    return f"it costs {-told.seconds:.0f} s" if told.seconds <= -0.5 else "it costs nothing"
