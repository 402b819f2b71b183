"""`pitbox evaluate corners`: corners found on the shape of a track, held against marked ones."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, print_json

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.analysis.corner.marked import Match
    from pitbox.analysis.corner.shared import SharedRoad

_NOTES = """\
A mark is found by an apex between its start and its end, 1.5 % of the lap around it; marks that overlap count
once. Recall: of the marks, those that were found. Precision: of the corners, those whose apex lies in a mark.
Every track is judged with the same setting. Of a shape that is named by --same the shared road is judged."""


class Judged(msgspec.Struct, frozen=True):
    track: str
    marked: str
    corners: int
    recall: float
    precision: float
    match: "Match"


def corners(
    shapes: Annotated[
        list[Path], typer.Argument(help="Shapes: JSON with `ontrack`, or GPX; from the line on.")
    ],
    marks: Annotated[
        list[Path], typer.Option(help="The corners of each, in the same order: JSON with `turn`.")
    ],
    same: Annotated[
        list[str] | None,
        typer.Option(
            help="A shape that shares a part of its road with the marked lap: NAME:LAP,BEHIND,BEFORE, the "
            "marked lap's metres, those from the line on and those up to it. May be repeated."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Which marked corners of a track are found by its shape, and which found ones are marked."""
    if len(shapes) != len(marks):
        raise typer.BadParameter(
            f"{len(shapes)} shapes and {len(marks)} files of marks: one for each is needed."
        )
    shared = dict(_shared(words) for words in same or ())
    if unknown := sorted(set(shared) - {shape.stem for shape in shapes}):
        raise typer.BadParameter(f"{unknown[0]!r} is none of the shapes.")
    found, problems = [], []
    for shape, marked in zip(shapes, marks, strict=True):
        try:
            found.append(_judged(shape, marked, shared.get(shape.stem)))
        except (OSError, ValueError, KeyError) as error:
            problems.append(f"{shape.name}, {marked.name}: {error}")
    if as_json:
        print_json({"tracks": found, "notes": " ".join(_NOTES.split()), "problems": problems})
    elif found:
        _print(found)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_ERROR)


def _shared(words: str) -> "tuple[str, SharedRoad]":
    from pitbox.analysis.corner.shared import SharedRoad

    name, _, figures = words.rpartition(":")
    try:
        lap_m, behind_m, before_m = (float(one) for one in figures.split(","))
    except ValueError:
        lap_m = behind_m = before_m = math.nan
    if not name or not (0 <= behind_m <= lap_m and 0 <= before_m <= lap_m and 0 < lap_m < math.inf):
        raise typer.BadParameter(f"{words!r} is no shared road; write it as cota_west:5513,1450,1874.")
    return name, SharedRoad(lap_m, behind_m, before_m)


def _judged(shape: Path, marked: Path, same: "SharedRoad | None") -> Judged:
    from pitbox.analysis.corner.bend import closed_bend
    from pitbox.analysis.corner.geometry import corners_by_bend
    from pitbox.analysis.corner.marked import matched
    from pitbox.cli.track_files import marks_in, shape_in

    bend, marks = closed_bend(*shape_in(shape)), marks_in(marked)
    corners = list(corners_by_bend(bend))
    if same is not None:
        corners, marks = same.corners(corners, bend.length_m), same.marks(marks)
    match = matched(corners, marks)
    return Judged(shape.stem, marked.stem, len(corners), match.recall, match.precision, match)


def _print(found: list[Judged]) -> None:
    print(f"  {'track':32} {'marks':>5} {'corners':>7} {'recall':>7} {'precision':>9}")
    for each in found:
        match = each.match
        share = f"{each.recall:7.2f} {each.precision:9.2f}"
        print(f"  {each.track[:32]:32} {match.marks:5} {each.corners:7} {share}")
        if match.lost:
            print(f"      not found: {', '.join(match.lost)}")
        if match.extra:
            print(f"      not marked: {', '.join(f'{apex:.3f}' for apex in match.extra)}")
    marks, hits = sum(each.match.marks for each in found), sum(each.match.found for each in found)
    total, right = sum(each.corners for each in found), sum(each.match.right for each in found)
    print(f"  {'all':32} {marks:5} {total:7} {hits / max(marks, 1):7.2f} {right / max(total, 1):9.2f}\n")
    print(_NOTES)
