"""One definition of features, which knows the past alone."""

import math
from pathlib import Path

import msgspec
import polars as pl
import pytest
from made_race import made_race

from pitbox.model.fact import Lap, LapKind, TyreStint
from pitbox.predict.errors import LapsFileError
from pitbox.predict.facts import FactRows
from pitbox.predict.feature import NAMES
from pitbox.predict.field import Field, Reading
from pitbox.predict.lap_file import VERSION, frame_of, read_laps, rows_of, write_laps
from pitbox.predict.lap_row import NAN, LapRow, in_order
from pitbox.predict.past import Past
from pitbox.predict.sample import TRAINED_AHEAD, samples_of


def readings(rows: list[LapRow], past: Past | None = None) -> list[Reading | None]:
    field = Field(past)
    return [field.take(row) for row in rows]


def same(one: list[Reading | None], other: list[Reading | None]) -> bool:
    """NaN equals NaN: told as bytes."""
    return [msgspec.msgpack.encode(found) for found in one] == [
        msgspec.msgpack.encode(found) for found in other
    ]


def as_fact(row: LapRow) -> Lap:
    return Lap(
        session_num=0,
        run=0,
        car_idx=int(row.car[1:]),
        lap=row.lap,
        user_id=-int(row.car[1:]) - 1,
        start_s=row.end_s - row.time_s,
        end_s=row.end_s,
        kind=LapKind(is_out=not row.is_clean),
        stint=row.stint,
        position=row.position,
        class_position=row.position,
        compound=0 if row.compound == "SOFT" else 1,
    )


def test_training_and_live_give_the_same_features(tmp_path: Path) -> None:
    """Facts lap by lap, as the wall has them, against the file that training reads, through the samples."""
    live, rows, found = FactRows("r", "Ring"), [], {}
    field = Field()
    for fact in map(as_fact, made_race(1)):
        row = live.take(fact)
        assert row is not None
        rows.append(row)
        reading = field.take(row)
        if reading is not None:
            found[reading.car, float(reading.lap)] = reading.values
    write_laps(tmp_path / "laps.parquet", rows, "a race", "0")
    trained = samples_of(read_laps(tmp_path / "laps.parquet")[0], Past(), aheads=(1,))
    lap_at = NAMES.index("lap")
    asked = set(map(msgspec.msgpack.encode, found.values()))
    for line in trained.x[:, : len(NAMES)].tolist():
        assert msgspec.msgpack.encode(tuple(line)) in asked
        assert line[lap_at] >= 2
    assert len(trained) > 400


def test_poisoned_future_changes_nothing() -> None:
    rows = made_race(2)
    cut = len(rows) // 2
    poisoned = rows[:cut] + [
        msgspec.structs.replace(row, time_s=NAN, compound="WET", tyre_age=1e9, is_slow=True, driver="x")
        for row in rows[cut:]
    ]
    assert same(readings(rows)[:cut], readings(poisoned)[:cut])
    assert not same(readings(rows)[cut:], readings(poisoned)[cut:])


def test_past_is_of_earlier_races_only() -> None:
    past = Past()
    level = NAMES.index("past_level")
    first = [found for found in readings(made_race(3), past) if found is not None]
    assert all(math.isnan(found.values[level]) for found in first)
    samples_of(made_race(3), past)
    second = [found for found in readings(made_race(4), past) if found is not None]
    assert abs(second[-1].values[level]) < 60
    assert math.isnan(readings(made_race(4, circuit="Elsewhere"), past)[-1].values[level])  # type: ignore[union-attr]


def test_laps_behind_a_restart_are_no_level() -> None:
    """The usual lap of the circuit stands in, until six slow laps in a row say that it is another one."""
    past = Past()
    samples_of(made_race(3), past)
    rows = made_race(4, cars=2)
    slow = [msgspec.structs.replace(row, time_s=1.4 * row.time_s) if row.lap < 5 else row for row in rows]
    levels = {
        found.lap: found.ref_s for found in readings(slow, past) if found is not None and found.car == "c00"
    }
    assert all(85 < level_s < 95 for level_s in levels.values())
    always = [msgspec.structs.replace(row, time_s=1.4 * row.time_s) for row in rows]
    levels = {
        found.lap: found.ref_s for found in readings(always, past) if found is not None and found.car == "c00"
    }
    assert levels[4] < 95
    assert levels[20] > 120


def test_classes_do_not_mix() -> None:
    """The field of a slow class is its own; a car of the other class is traffic."""
    rows = made_race(5, class_names=("P", "G"))
    last = {
        found.car: dict(zip(NAMES, found.values, strict=True))
        for found in readings(rows)
        if found is not None
    }
    assert all(abs(values["level_to_field"]) < 40 for values in last.values())
    assert max(abs(values["pace_ahead"]) for values in last.values()) > 100


@pytest.mark.parametrize("kind", ["empty", "one lap", "one car", "all slow", "nan", "no crossing", "huge"])
def test_odd_races_are_folded(kind: str) -> None:
    rows = made_race(6, cars=1 if kind == "one car" else 4, laps=20)
    odd = {
        "empty": [],
        "one lap": rows[:1],
        "one car": rows,
        "all slow": [msgspec.structs.replace(row, is_clean=False, is_slow=True) for row in rows],
        "nan": [msgspec.structs.replace(row, time_s=NAN, tyre_age=NAN) for row in rows],
        "no crossing": [msgspec.structs.replace(row, end_s=NAN) for row in rows],
        "huge": [msgspec.structs.replace(row, time_s=1e12, lap=10**9) for row in rows],
    }[kind]
    found = [reading for reading in readings(in_order(odd)) if reading is not None]
    assert bool(found) == (kind == "one car")
    assert len(samples_of(odd, Past())) == 0 or kind == "one car"


def test_answers_are_of_the_same_stint_and_clean() -> None:
    rows = made_race(7)
    truth = {(row.car, row.lap): row for row in rows}
    samples = samples_of(rows, Past())
    assert set(samples.ahead) == set(map(float, TRAINED_AHEAD))
    assert all(
        any(abs(row.time_s - time_s) < 1e-6 for row in truth.values() if row.is_pace)
        for time_s in samples.truth_s[:50]
    )


def test_tyre_age_counts_from_the_set() -> None:
    rows = FactRows("r")
    laps = [msgspec.structs.replace(as_fact(row), car_idx=0) for row in made_race(8, cars=1, laps=20)]
    rows.take(TyreStint(session_num=0, run=0, car_idx=0, tyre_stint=1, compound=0, start_s=0.0, start_lap=1))
    assert [found.tyre_age for lap in laps if (found := rows.take(lap))] == list(map(float, range(1, 21)))
    by_stint = FactRows("r")
    assert [found.tyre_age for lap in laps if (found := by_stint.take(lap))].count(1.0) == laps[-1].stint


def test_laps_file_says_whence_and_refuses_others(tmp_path: Path) -> None:
    path, rows = tmp_path / "laps.parquet", made_race(9, cars=2, laps=20)
    said = write_laps(path, rows, "Ring, 20 laps", "0.7")
    back, read = read_laps(path)
    assert (len(back), read) == (len(rows), said)
    assert read.version == VERSION
    assert read.source == "Ring, 20 laps"
    frame = frame_of(rows)
    later = msgspec.json.encode(msgspec.structs.replace(said, version=VERSION + 1)).decode()
    frame.write_parquet(tmp_path / "later.parquet", metadata={"pitbox.laps": later})
    frame.head(3).write_parquet(
        tmp_path / "cut.parquet", metadata={"pitbox.laps": msgspec.json.encode(said).decode()}
    )
    frame.write_parquet(tmp_path / "other.parquet")
    (tmp_path / "garbage.parquet").write_bytes(b"PAR1 no")
    for name in ("later", "cut", "other", "garbage", "absent"):
        with pytest.raises(LapsFileError):
            read_laps(tmp_path / f"{name}.parquet")
    with pytest.raises(LapsFileError):
        rows_of(frame.drop("lap"))
    assert rows_of(pl.DataFrame(schema=frame.schema)) == []
