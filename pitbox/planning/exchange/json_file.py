"""A plan as JSON: the whole sheet, and the same sheet again when it is read."""

import msgspec

from pitbox.planning.exchange.errors import UnreadableError
from pitbox.planning.exchange.sheet import SCHEMA, PlanSheet

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
