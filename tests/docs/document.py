"""What the docs tests read: the pages, their fenced commands and the files that git tracks."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """Without fenced blocks, in which a bracket is no link and a # no heading."""
    return _FENCE.sub("", text_of(page))


def commands_of(page: Path) -> list[list[str]]:
    """The words of each line of the page's `sh` and `bat` blocks, comments left out."""
    lines = [
        line
        for language, body in _FENCE.findall(text_of(page))
        if language in ("sh", "bat")
        for line in body.splitlines()
    ]
    words = [re.split(r"\s#|[|>;&]", line)[0].split() for line in lines if not line.startswith("#")]
    return [line for line in words if line]


def tracked_files() -> list[Path]:
    """Text and binary alike, as they stand in the folder."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
