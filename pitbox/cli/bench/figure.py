"""One measured figure, its goal, and how a list of them is shown."""

from typing import Literal

import msgspec
from rich.table import Table
from rich.text import Text

from pitbox.cli.desk import console, print_json


class Figure(msgspec.Struct, frozen=True):
    name: str
    value: float
    unit: str
    goal: float | None = None
    better: Literal["more", "less"] = "less"
    how: str = ""
    """What was measured, in a few words."""

    @property
    def is_reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "more" else self.value <= self.goal


def show_figures(bench: str, figures: list[Figure], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {**msgspec.structs.asdict(figure), "reached": figure.is_reached, "bench": bench}
            for figure in figures
        ]
        print_json(rows)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("goal", justify="right")
    table.add_column("")
    table.add_column("how", style="dim")
    for figure in figures:
        sign = {True: "≥ ", False: "≤ "}[figure.better == "more"]
        goal = "" if figure.goal is None else f"{sign}{_number(figure.goal)} {figure.unit}"
        verdict = {
            None: Text(""),
            True: Text("reached", style="#3ecf8e"),
            False: Text("NOT reached", style="#ff6b6b"),
        }[figure.is_reached]
        table.add_row(figure.name, f"{_number(figure.value)} {figure.unit}", goal, verdict, figure.how)
    console().print(table)


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
