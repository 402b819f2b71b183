"""`.ibt` files: what is whole is read as pyirsdk reads it, what is not is said in words."""

import tracemalloc

import irsdk
import msgspec
import numpy as np
import pytest
from disk_image import MODERN, OLD, drive, ibt
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.errors import (
    EmptyFileError,
    GarbageError,
    ImageError,
    NotIracingError,
    TruncatedError,
)
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS

SHORT = ibt(drive(0.2))
HEAD_BYTES = len(ibt([], columns=MODERN))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    path = tmp_path_factory.mktemp("ibt") / "duel.ibt"
    write_ibt(SCENARIOS["duel"], path, 1.0)
    return path


def written(folder, data):
    path = folder / "some.ibt"
    path.write_bytes(data)
    return path


def test_all_channels_are_what_pyirsdk_reads(recorded):
    theirs = irsdk.IBT()
    theirs.open(str(recorded))
    with IbtFile(recorded) as ours:
        columns, copies = ours.columns(), ours.copied_columns()
        assert list(columns) == theirs.var_headers_names
        assert len(ours) == theirs._disk_header.session_record_count == 3600
        for name in theirs.var_headers_names:
            values = np.array(theirs.get_all(name))
            np.testing.assert_array_equal(columns[name], values)
            np.testing.assert_array_equal(copies[name], values)
            assert copies[name].T.flags.c_contiguous
    theirs.close()


def test_columns_are_views_on_the_file(recorded):
    with IbtFile(recorded) as file:
        tracemalloc.start()
        columns = file.columns()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert all(column.base is not None and not column.flags.owndata for column in columns.values())
        assert peak < 200_000
        del columns


@pytest.mark.parametrize(("columns", "version"), [(MODERN, 2), (OLD, 1)])
def test_versions_1_and_2(tmp_path, columns, version):
    with IbtFile(
        written(tmp_path, ibt(drive(1.0, columns=columns), columns=columns, version=version))
    ) as file:
        assert (file.header.version, len(file)) == (version, 60)
        assert file.problems == ()
        assert file.rows["SessionTime"][0] == 100.0
        assert (file.disk.start_s, file.disk.record_count) == (100.0, 60)


def test_an_empty_file_is_a_case_of_its_own(tmp_path):
    with pytest.raises(EmptyFileError, match=r"some\.ibt is empty"):
        IbtFile(written(tmp_path, b""))


def test_a_foreign_file_is_refused(tmp_path):
    for data in (b"PK\x03\x04" + bytes(5000), b"<html>" * 900, bytes(5000), b"\x03\0\0\0" + bytes(5000)):
        with pytest.raises(NotIracingError, match="not iRacing"):
            IbtFile(written(tmp_path, data))


def test_an_image_of_the_memory_is_no_recording(tmp_path):
    memory = bytearray(SHORT)
    memory[32] = 3
    memory[64:80] = memory[80:96] = memory[48:64]
    with pytest.raises(NotIracingError, match="memory"):
        IbtFile(written(tmp_path, bytes(memory)))


def test_of_a_cut_file_the_whole_records_stay(tmp_path):
    whole = ibt(drive(1.0))
    row = (len(whole) - HEAD_BYTES) // 60
    with IbtFile(written(tmp_path, whole[: HEAD_BYTES + 41 * row + 5])) as file:
        assert len(file) == 41
        assert file.problems == ("The file is cut off: 41 of 60 records are whole.",)
        assert file.rows["SessionTick"].tolist() == list(range(6000, 6041))


def test_a_file_that_the_sim_did_not_close_is_read_to_its_end(tmp_path):
    with IbtFile(written(tmp_path, ibt(drive(1.0), told=0))) as file:
        assert len(file) == 60
        assert "did not close" in file.problems[0]


def test_nothing_behind_the_last_record_is_read(tmp_path):
    with IbtFile(written(tmp_path, ibt(drive(1.0), told=50))) as file:
        assert len(file) == 50


def test_without_one_whole_record_there_is_nothing_to_read(tmp_path):
    with pytest.raises(TruncatedError):
        IbtFile(written(tmp_path, ibt(drive(1.0))[: HEAD_BYTES + 3]))


def test_rows_that_would_lie_over_the_list_of_channels_are_refused(tmp_path):
    lie = bytearray(SHORT)
    lie[52:56] = (200).to_bytes(4, "little")
    with pytest.raises(GarbageError, match="rows begin inside"):
        IbtFile(written(tmp_path, bytes(lie)))


def test_a_lie_about_sizes_costs_no_memory(tmp_path):
    lies = []
    for at in (16, 20, 24, 28, 36):  # text length and place, channels and their place, bytes in a row
        lie = bytearray(SHORT)
        lie[at : at + 4] = (2**31 - 1).to_bytes(4, "little")
        lies.append(bytes(lie))
    for lie in lies:
        tracemalloc.start()
        with pytest.raises((GarbageError, TruncatedError)):
            IbtFile(written(tmp_path, lie))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1 << 20


@settings(max_examples=150)
@given(cut=st.integers(0, len(SHORT) - 1))
def test_any_cut_leaves_a_prefix_or_words(tmp_path_factory, cut):
    path = tmp_path_factory.getbasetemp() / "cut.ibt"
    path.write_bytes(SHORT[:cut])
    try:
        file = IbtFile(path)
    except ImageError:
        assert cut < HEAD_BYTES + (len(SHORT) - HEAD_BYTES) // 12, "a whole record was there"
        return
    with file:
        ticks = file.rows["SessionTick"].tolist()
        assert ticks == list(range(6000, 6000 + len(file)))
        assert f"{len(file)} of 12" in file.problems[0]


@settings(max_examples=300)
@given(at=st.integers(0, HEAD_BYTES - 1), value=st.integers(0, 255))
def test_any_damage_to_the_head_is_survived(tmp_path_factory, at, value):
    path = tmp_path_factory.getbasetemp() / "flip.ibt"
    path.write_bytes(SHORT[:at] + bytes([value]) + SHORT[at + 1 :])
    try:
        file = IbtFile(path)
    except ImageError:
        return
    with file:
        assert 0 < len(file) <= 12
        assert sum(column.nbytes for column in file.copied_columns().values()) <= len(SHORT)


def test_the_worlds_file_says_where_it_is_placeless(recorded):
    from pitbox.sim.iracing.drive import placed

    with IbtFile(recorded) as file:
        assert np.flatnonzero(~placed(file.rows)).tolist() == [0]
        assert msgspec.structs.asdict(file.disk)["record_count"] == 3600
