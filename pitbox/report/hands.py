"""Hands and feet: how smooth, aggressive and repeatable each of the team's drivers is with the inputs."""

from collections.abc import Mapping, Sequence
from statistics import mean

from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.inputs import LEAST_LAPS, lap_inputs, precision
from pitbox.report.document import Block, Missing
from pitbox.report.gather import QueryBook
from pitbox.report.table import Table, Value, number, text

_HOW = (
    "Steering, throttle and brake on the laps of the query `corner-laps` (docs: scores, hands and feet): "
    "smoothness and aggression are means over laps, precision is how alike the laps are."
)
_INPUTS = ("steering", "throttle", "brake")


def hands_blocks(book: QueryBook, laps: Mapping[str, Sequence[DrivenLap]]) -> list[Block]:
    """A row for each driver and input that was recorded and moved."""
    rows = [row for name, some in laps.items() for row in _rows(name, some)]
    if not rows:
        return [Missing("No hands and feet: steering, throttle and brake were not recorded, or never moved.")]
    query = book.note("inputs", _HOW)
    columns = (
        text("Driver", query=query),
        text("Input"),
        number("Smoothness", hint="0 to 100: movement left after smoothing by 0.4 s, of all movement"),
        number("Aggression", hint="0 to 100: from the rate that is exceeded 2 % of the time"),
        number(
            "Precision",
            hint=f"0 to 100: how alike the input is at each place, over {LEAST_LAPS} laps or more",
        ),
        number("Laps"),
    )
    return [
        Table(columns, tuple(rows), "Hands and feet", "Hold drivers against each other on this track only.")
    ]


def _rows(name: str, laps: Sequence[DrivenLap]) -> list[tuple[Value, ...]]:
    told = [lap_inputs(lap).hands for lap in laps]
    repeated = precision(laps).score
    found: list[tuple[Value, ...]] = []
    for key in _INPUTS:
        hands = [hands[key] for hands in told if key in hands]
        if hands:
            smooth, brisk = (
                mean(getattr(hand, what) for hand in hands) for what in ("smoothness", "aggression")
            )
            found.append((name, key, smooth, brisk, repeated.get(key), len(hands)))
    return found
