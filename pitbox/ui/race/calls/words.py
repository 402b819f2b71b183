"""What stands on a call card. Loads no Qt."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import Call

_URGENCIES = (("", "dim"), ("Soon", "accent"), ("Now", "warn"))
_MINUS = "\u2212"


class Card(msgspec.Struct, frozen=True):
    key: str
    urgency: int
    mark: str
    """`Now`, `Soon` or nothing."""
    tone: str
    """Of its bar and its mark."""
    words: str
    chance: str
    gain: str
    gain_tone: str
    reason: str
    waiting: str
    until: str
    details: tuple[str, ...]
    """What it assumes, for who asks why."""
    reply: str = ""
    """What was said to it."""


def card_of(call: "Call", reply: str) -> Card:
    mark, tone = _URGENCIES[min(max(0, call.urgency), 2)]
    gain, gain_tone = _gain(call.gain, call.gain_error)
    return Card(
        key=call.key,
        urgency=call.urgency,
        mark=mark,
        tone=tone,
        words=call.words,
        chance=call.chance_words,
        gain=gain,
        gain_tone=gain_tone,
        reason=call.reason,
        waiting=call.waiting,
        until="" if call.until_lap is None else f"until lap {call.until_lap}",
        details=tuple(f"{words[:1].upper()}{words[1:]}." for words in call.assumptions),
        reply=reply,
    )


def tip_of(call: "Call") -> str:
    lines = [call.words, call.reason]
    if call.gain is not None:
        error = "" if call.gain_error is None else f" ± {call.gain_error:.2f}"
        lines.append(f"{abs(call.gain):.2f}{error} places {'won' if call.gain > 0 else 'lost'} by it.")
    lines += [f"{words[:1].upper()}{words[1:]}." for words in call.assumptions]
    return "\n".join(line for line in lines if line)


def _gain(places: float | None, error: float | None) -> tuple[str, str]:
    """Within its own error it is none."""
    if places is None:
        return "", "dim"
    won = places
    shown = f"{won:+.1f}".replace("-", _MINUS) if abs(won) >= 0.05 else "0.0"
    tone = "good" if won > (error or 0.0) else "bad" if won < -(error or 0.0) else "dim"
    return f"{shown} places", tone
