"""One PitBox per profile, whatever way the other one ended."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pitbox.wall.errors import AlreadyRunningError, ProfileError
from pitbox.wall.instance import Holder, Instance, holder

_OTHER = """
import sys
from pathlib import Path
from pitbox.wall.instance import Instance
Instance.claim(Path(sys.argv[1]), "driver", 1_800_000_000.0)
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def another(lock_file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the profile until it is ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", _OTHER, str(lock_file)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def lock_file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "pitbox.lock"


def test_a_second_process_is_told_who_works_here(lock_file: Path):
    with another(lock_file) as other:
        with pytest.raises(AlreadyRunningError) as caught:
            Instance.claim(lock_file, "engineer", 0.0)
        assert holder(lock_file) == Holder(other.pid, "driver", 1_800_000_000.0)
    words = str(caught.value)
    assert f"process {other.pid}, running as driver since 2027-01-1" in words
    assert "--profile NAME" in words


def test_a_killed_process_leaves_nothing_behind(lock_file: Path):
    with another(lock_file) as other:
        other.kill()
        other.wait(60)
        with Instance.claim(lock_file, "engineer", 5.0):
            held = holder(lock_file)
            assert held.mode == "engineer"
            assert held.since_s == 5.0


def test_an_orderly_end_frees_the_profile(lock_file: Path):
    with another(lock_file) as other:
        other.communicate("end\n", timeout=60)
        assert other.returncode == 0
    assert holder(lock_file) is None
    Instance.claim(lock_file, "", 0.0).release()


def test_a_child_does_not_inherit_the_claim(lock_file: Path):
    instance = Instance.claim(lock_file, "driver", 0.0)
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, close_fds=False,
    )  # fmt: skip
    try:
        assert child.stdout.readline() == "up\n"
        instance.release()
        assert holder(lock_file) is None
        Instance.claim(lock_file, "driver", 0.0).release()
    finally:
        child.communicate("", timeout=60)


def test_releasing_twice_is_no_fault_and_the_file_stays(lock_file: Path):
    instance = Instance.claim(lock_file, "driver", 0.0)
    instance.release()
    instance.release()
    assert lock_file.read_bytes() == b""


def test_nobody_holds_a_profile_that_was_never_used(lock_file: Path):
    assert holder(lock_file) is None
    assert not lock_file.parent.exists()


def test_a_holder_that_has_not_signed_yet_is_said_so(lock_file: Path):
    with another(lock_file):
        lock_file.write_bytes(b"")
        with pytest.raises(AlreadyRunningError, match="just starting"):
            Instance.claim(lock_file, "driver", 0.0)


def test_a_shorter_signature_leaves_nothing_of_a_longer_one(lock_file: Path):
    lock_file.parent.mkdir()
    lock_file.write_text("x" * 4000)
    with Instance.claim(lock_file, "driver", 1.0):
        assert holder(lock_file).mode == "driver"


def test_a_folder_that_cannot_be_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfileError, match="is no use"):
        Instance.claim(tmp_path / "file" / "pitbox.lock", "driver", 0.0)
