"""A plan as JSON: the whole sheet, and the same sheet again when it is read."""

from collections.abc import Sequence

import msgspec

from pitbox.model.errors import EditError
from pitbox.model.stint_plan import fill
from pitbox.planning.exchange.errors import UnreadableError
from pitbox.planning.exchange.fault import Fault
from pitbox.planning.exchange.sheet import SCHEMA, PlanLine, PlanPerson, PlanSheet

MOST_BYTES = 4 << 20


class _Head(msgspec.Struct):
    schema: int


def write_json(sheet: PlanSheet) -> bytes:
    return msgspec.json.format(msgspec.json.encode(sheet), indent=2) + b"\n"


def read_json(data: bytes) -> PlanSheet:
    """Raises UnreadableError and names the place that is wrong."""
    if len(data) > MOST_BYTES:
        raise UnreadableError("The file is larger than any plan.")
    try:
        schema = msgspec.json.decode(data, type=_Head).schema
        if schema > SCHEMA:
            raise UnreadableError(f"The plan was written by a newer PitBox (schema {schema}).")
        return msgspec.json.decode(data, type=PlanSheet)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"That is no plan of PitBox: {error}.") from error


def rows_for(
    sheet: PlanSheet, people: Sequence[PlanPerson]
) -> tuple[tuple[PlanLine, ...], tuple[Fault, ...]]:
    """What was planned, for a team of these people, whom it finds by key, else by name."""
    lines: list[PlanLine] = []
    faults: list[Fault] = []
    for number, line in enumerate(sheet.lines, 1):
        try:
            driver, spotter = (_key(sheet, key, people) for key in (line.driver, line.spotter))
            bare = msgspec.structs.replace(line.bare(), driver=driver, spotter=spotter)
            for field in PlanLine.__struct_fields__[1:9]:
                fill("row", field, getattr(bare, field))
            lines.append(bare)
        except EditError as error:
            faults.append(Fault(number, "", str(error)))
    return tuple(lines), tuple(faults)


def _key(sheet: PlanSheet, key: str | None, people: Sequence[PlanPerson]) -> str | None:
    if key is None or any(one.key == key for one in people):
        return key
    name = sheet.name(key)
    found = [one.key for one in people if one.name.casefold() == name.casefold()]
    if len(found) != 1:
        raise EditError(f"{name[:40]} is not in the team.")
    return found[0]
