"""The wheel holds the whole package and starts from it, with no network and no checkout around it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pitbox import __version__

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    (found,) = folder.glob("*.whl")
    return found


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Numbered .sql files and tables of data included."""
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pitbox").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= wanted
    outside = {name.partition("/")[0] for name in names} - {"pitbox", f"pitbox-{__version__}.dist-info"}
    assert not outside
    assert f"pitbox-{__version__}.dist-info/licenses/LICENSE" in names


def test_wheel_starts_alone(wheel: Path, tmp_path: Path) -> None:
    """A zip on the path comes before the checkout that the environment points to."""
    run = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "import pitbox, pitbox.__main__ as door; print(pitbox.__file__); door.main(['--version'])",
        ],
        env={**os.environ, "PYTHONPATH": str(wheel)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    where, said = run.stdout.splitlines()
    assert where.startswith(str(wheel))
    assert said == f"PitBox {__version__}"
