"""Every recording, dump and sheet of the real data gives a report, or is refused in a sentence.

Nothing imports the moments of a session in `snapshots/`, the rows of `field/` and the notes of other
programs in `team-race/`: no way leads from them to a report, and whoever tries one reads what it lacks.
Folds and laps are asked for theirs in `test_timing_snapshots`, `test_timing_field`, `test_timing_fuel` and
`test_laps_recorded`.
"""

import time
from pathlib import Path

import pytest

from pitbox.identity.device import Identity
from pitbox.log.edits import recordings
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import SessionId
from pitbox.model.source import Opened, Ticks
from pitbox.report import contents
from pitbox.report.contents import Beside, report_of
from pitbox.report.html.page import write_html
from pitbox.report.style import Style
from pitbox.sim.iracing.connection import open_file
from pitbox.sim.iracing.live import IracingSource
from pitbox.sim.iracing.text import SessionTextReader
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.wall.importer import import_file
from pitbox.wall.sheets import import_sheet

FEW = (
    "robroberts_skmodified_langley_2015-05-28_14-48-39.ibt",
    "teamjorge_empty_test_file.ibt",
    "2025_spa_6h.csv",
    "h2h_shared-memory_practise.bin",
    "brands-states.jsonl",
    "session_1680321341_df.csv.gz",
)
REFUSED = {
    "florendg_test.ibt": "has no lap",
    "racedirector_telemetry.ibt": "has no lap",
    "robroberts_sk.ibt": "has no lap",
    "robroberts_skmodified_langley_2015-05-28_14-45-12.ibt": "has no lap",
    "teamjorge_empty_test_file.ibt": "is empty",
    "teamjorge_invalid_test_file.ibt": "not iRacing telemetry",
    "teamjorge_valid_test_file.ibt": "has no lap",
    # A dump is one moment of a session: no lap begins and ends in it.
    "h2h_shared-memory_after_ahead_finish_line.bin": "has no lap",
    "h2h_shared-memory_ai_race.bin": "has no lap",
    "h2h_shared-memory_before_ahead_finish_line.bin": "has no lap",
    "h2h_shared-memory_practise.bin": "has no lap",
    "leonb_memmap.bin": "has no lap",
    "teamjorge_live_test_file.bin": "has no lap",
    "teamtactics_limerock.dmp.bin": "has no lap",
}
"""And results and weather, which are no timing sheets."""
NOT_IMPORTED = {
    "snapshots": "is no timing sheet: it has no column NUMBER",
    "field": "is no timing sheet: it has no column NUMBER",
    "team-race": "is no t",
}
"""A timing sheet lacks columns there; what is packed is no text."""
DEADLINE_S = 20.0


def recorded(path: Path, shelf: Shelf, identity: Identity) -> SessionId:
    """What the collector makes of a sim whose memory stands still."""
    source = IracingSource(SessionTextReader(), lambda: open_file(path))
    scribe = Scribe(shelf.root, identity, limits=ScribeLimits(reserve_bytes=0))
    session, has_rows, deadline_s = SessionId(""), False, time.monotonic() + DEADLINE_S
    try:
        while not has_rows and time.monotonic() < deadline_s:
            for event in source.poll(0.05):
                scribe.take([event])
                session = event.session if isinstance(event, Opened) else session
                has_rows |= isinstance(event, Ticks)
        scribe.commit()
    finally:
        source.close()
        scribe.close("the dump is over")
    return session


def report_or_reason(path: Path, root: Path) -> str:
    """Empty: there is a report."""
    shelf, identity = Shelf(root / "log"), Identity.load_or_create(root / "identity")
    try:
        if path.suffix == ".ibt":
            done = import_file(path, shelf, identity)
            if done.state == "refused":
                return " ".join(done.problems)
            session = done.session
        elif path.suffix == ".bin":
            session = recorded(path, shelf, identity)
        else:
            session = import_sheet(path, shelf, identity).session
        with Database(root / "store.duckdb") as database:
            Projector(database, shelf).catch_up()
            stored = database.cursor().execute("SELECT count(*) FROM entries WHERE session_id = ?", [session])
            assert stored.fetchone() != (0,), "its cars are known even where nobody drove a lap"
            beside = Beside(logs=tuple(recordings(shelf, session)))
            document = report_of(database.cursor(), session, beside)
    except PitBoxError as error:
        return str(error)
    assert b"Decision audit" in write_html(document, Style())
    assert all(section.blocks for section in document.sections)
    return ""


def read_as_telemetry(path: Path, root: Path) -> tuple[str, ...]:
    return import_file(path, Shelf(root / "log"), Identity.load_or_create(root / "identity")).problems


def judge(path: Path, root: Path) -> None:
    reason = report_or_reason(path, root)
    folder = path.parent.name if path.parent.name in NOT_IMPORTED else path.parent.parent.name
    if folder in NOT_IMPORTED:
        assert NOT_IMPORTED[folder] in reason
        assert "not iRacing telemetry" in " ".join(read_as_telemetry(path, root))
    elif path.name in REFUSED:
        assert REFUSED[path.name] in reason
    elif path.stem.endswith(("-results", "-weather")):
        assert "is no timing sheet" in reason
    else:
        assert not reason


@pytest.fixture
def files(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(contents, "MOST_ASKED", 0)
    kinds = (
        ("ibt", "*.ibt"), ("memory-dumps", "*.bin"), ("endurance", "*.csv"),
        ("snapshots", "*/*.json"), ("field", "*.json*"), ("team-race", "*"),
    )  # fmt: skip
    found = [path for folder, kind in kinds for path in sorted((real_data / folder).glob(kind))]
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
