"""The locks: pinned, hashed, without an address, in step with each other and with pyproject."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = ("pitbox", "dev")
_PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^ ;]+)( ; (?P<marker>[^\\]+?))?"
    r"( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def text_of(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


def pins(lock: str) -> set[tuple[str, str, str]]:
    """(name, version, marker) of each pin."""
    return {(m["name"], m["version"], m["marker"] or "") for m in _PIN.finditer(text_of(lock))}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_hashed_pins_and_nothing_else(lock: str) -> None:
    """No address, no option, no line without a hash: what is left without the pins is nothing."""
    assert pins(lock)
    assert not _PIN.sub("", text_of(lock))


def test_larger_lock_holds_the_runtime_lock() -> None:
    """scripts/test installs `dev` only and stamps both."""
    assert pins("pitbox") <= pins("dev")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_serves_what_pyproject_asks_for(lock: str) -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    asked = {
        "pitbox": project["dependencies"],
        "dev": project["dependencies"] + pyproject["dependency-groups"]["dev"],
    }[lock]
    locked: dict[str, list[Version]] = {}
    for name, version, _ in pins(lock):
        locked.setdefault(name, []).append(Version(version))
    for line in asked:
        requirement = Requirement(line)
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not locked; type ./scripts/lock"
        assert all(version in requirement.specifier for version in versions), line


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_gets_the_same_versions(lock: str) -> None:
    """Machines of one team fold the same log; they shall do so with the same numpy."""
    names = [name for name, _, _ in pins(lock)]
    assert len(names) == len(set(names))
