"""`pitbox evaluate setups`: how often the interval of a setup's effect holds the truth, where it is known."""

from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import console, print_json

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.analysis.setup.trial import SetupTrial

_WORLDS = {
    "no effect": (0.0, 0.0),
    "no effect, three setups": (0.0, 0.0, 0.0, 0.0),
    "0.25 s": (0.0, 0.25),
    "0.3, 0 and -0.4 s": (0.0, 0.3, 0.0, -0.4),
}
_NOTES = """\
A lap takes 100 s. Two drivers take turns (one where each setup has two runs), the track warms and cools by
6 degrees, tyres fall off by 0 to 0.06 s a lap, a litre costs 0.025 s, runs of about 12 laps begin with 40 to
80 l, and runs of one driver on one setup differ by 0.06 to 0.24 s. Held: intervals with the truth in them,
nine of ten promised. False: worlds in which an effect was found that is not there, one of twenty allowed."""


def setups(
    worlds: Annotated[int, typer.Option(help="Made-up sessions for each row.", min=10)] = 400,
    seed: Annotated[int, typer.Option(help="Of the first one.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Setup effects on made-up runs of known truth: how often intervals hold it, false alarms."""
    from rich.table import Table

    from pitbox.analysis.setup.trial import World, setup_trial

    rows: list[tuple[str, int, SetupTrial]] = []
    for name, effects in _WORLDS.items():
        for each in (2, 4, 8):
            told = setup_trial(World(effects, each, drivers=1 if each < 4 else 2), range(seed, seed + worlds))
            rows.append((name, each, told))
    if as_json:
        found = [{"effects": name, "runs_each": each, "trial": told} for name, each, told in rows]
        print_json({"rows": found, "notes": " ".join(_NOTES.split())})
        return
    table = Table("True effect", "Runs each", "Intervals", "Held", "Half width", "Found", "False")
    for name, each, told in rows:
        is_there = any(_WORLDS[name])
        table.add_row(
            name, str(each), str(told.intervals), f"{told.covered:.1%}", f"{told.half_width_s:.2f} s",
            f"{told.found:.0%}" if is_there else "", f"{told.false_alarms:.1%}",
        )  # fmt: skip
    console().print(table)
    console().print(" ".join(_NOTES.split()), highlight=False)
