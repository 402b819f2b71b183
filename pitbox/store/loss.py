"""The honest gaps: what a log says it lost, what of it cannot be read, and what is not there."""

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from pitbox.wire.record import LostRecord

MISSING = "records are missing"
"""How the reason ends where a log has a hole: another copy may fill it."""

SCHEMA = pa.schema(
    [
        ("epoch", pa.uint64()),
        ("seq", pa.uint64()),
        ("session_num", pa.int32()),
        ("run", pa.int32()),
        ("from_s", pa.float64()),
        ("until_s", pa.float64()),
        ("tick_count", pa.int64()),
        ("reason", pa.string()),
    ]
)


class Loss(msgspec.Struct, frozen=True):
    epoch: int
    seq: int
    session_num: int | None
    run: int | None
    from_s: float | None
    until_s: float | None
    tick_count: int | None
    reason: str


def told(epoch: int, seq: int, record: LostRecord) -> Loss:
    """What the recorder itself wrote down."""
    return Loss(
        epoch=epoch,
        seq=seq,
        session_num=record.session_num,
        run=record.run,
        from_s=record.sim_time_s,
        until_s=record.until_s,
        tick_count=record.count,
        reason=record.reason,
    )


def loss_rows(losses: Sequence[Loss]) -> pa.Table:
    return pa.Table.from_pylist([msgspec.structs.asdict(loss) for loss in losses], schema=SCHEMA)
