"""Every recording and sheet of the real data gives a report, or is refused in a sentence."""

from pathlib import Path

import pytest

from pitbox.identity.device import Identity
from pitbox.log.edits import recordings
from pitbox.log.shelf import Shelf
from pitbox.model.errors import PitBoxError
from pitbox.report import contents
from pitbox.report.contents import Beside, report_of
from pitbox.report.html.page import write_html
from pitbox.report.style import Style
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.wall.importer import import_file
from pitbox.wall.sheets import import_sheet

FEW = (
    "robroberts_skmodified_langley_2015-05-28_14-48-39.ibt",
    "teamjorge_empty_test_file.ibt",
    "2025_spa_6h.csv",
)
REFUSED = {
    "florendg_test.ibt": "has no lap",
    "racedirector_telemetry.ibt": "has no lap",
    "robroberts_sk.ibt": "has no lap",
    "robroberts_skmodified_langley_2015-05-28_14-45-12.ibt": "has no lap",
    "teamjorge_empty_test_file.ibt": "is empty",
    "teamjorge_invalid_test_file.ibt": "not iRacing telemetry",
    "teamjorge_valid_test_file.ibt": "has no lap",
}
"""And results and weather, which are no timing sheets."""


def report_or_reason(path: Path, root: Path) -> str:
    """Empty: there is a report."""
    shelf, identity = Shelf(root / "log"), Identity.load_or_create(root / "identity")
    try:
        if path.suffix == ".ibt":
            done = import_file(path, shelf, identity)
            if done.state == "refused":
                return " ".join(done.problems)
            session = done.session
        else:
            session = import_sheet(path, shelf, identity).session
        with Database(root / "store.duckdb") as database:
            Projector(database, shelf).catch_up()
            beside = Beside(logs=tuple(recordings(shelf, session)))
            document = report_of(database.cursor(), session, beside)
    except PitBoxError as error:
        return str(error)
    assert b"Decision audit" in write_html(document, Style())
    assert all(section.blocks for section in document.sections)
    return ""


def judge(path: Path, root: Path) -> None:
    reason = report_or_reason(path, root)
    if path.name in REFUSED:
        assert REFUSED[path.name] in reason
    elif path.stem.endswith(("-results", "-weather")):
        assert "is no timing sheet" in reason
    else:
        assert not reason


@pytest.fixture
def files(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(contents, "MOST_ASKED", 0)
    found = [*sorted((real_data / "ibt").glob("*.ibt")), *sorted((real_data / "endurance").glob("*.csv"))]
    if not found:
        pytest.skip("no recordings and no sheets among the real data")
    return found


def test_some_of_each_kind(files: list[Path], tmp_path: Path) -> None:
    for path in files:
        if path.name in FEW:
            judge(path, tmp_path / path.stem)


@pytest.mark.long
def test_every_file(files: list[Path], tmp_path: Path) -> None:
    for path in files:
        judge(path, tmp_path / path.stem)
