"""The report of a day, for `pitbox bench laps`: 60 cars told as facts, a recorded lap under each of ours."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pitbox.analysis.lap_cut import CHANNELS
from pitbox.cli.bench.day import PEOPLE, day_facts, day_info
from pitbox.cli.bench.figure import Figure
from pitbox.model.ids import SessionId
from pitbox.report.contents import report_of
from pitbox.report.document import Document
from pitbox.report.errors import PdfEngineError
from pitbox.report.html.page import write_html
from pitbox.report.pdf.book import write_pdf
from pitbox.report.style import Style
from pitbox.store.database import Database
from pitbox.store.told_day import lay_own_laps, tell_day

DAY = SessionId("local-bench-day")
_GOAL_S = 20.0
_EPOCH = 24
_WHEELS = ("LFspeed", "RFspeed", "LRspeed", "RRspeed")
T = TypeVar("T")


def measure_report(database: Database, recorded: SessionId, *, end_s: float | None = None) -> list[Figure]:
    """Of a session of that database comes the lap that lies under ours. `end_s`: of a shorter race."""
    row_count = make_the_day(database, recorded, end_s)
    took: dict[str, tuple[float, float]] = {}

    def watch(name: str, ask: Callable[[], T]) -> T:
        began_s, busy_s = time.perf_counter(), _busy_s()
        found = ask()
        took[name] = time.perf_counter() - began_s, _busy_s() - busy_s
        return found

    cursor = database.cursor()
    document: Document = watch("document", lambda: report_of(cursor, DAY))
    cursor.close()
    size = len(watch("HTML", lambda: write_html(document, Style())))
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        try:
            size += watch("PDF", lambda: write_pdf(document, Style(), Path(folder))).stat().st_size
            has_pdf = True
        except PdfEngineError:  # that part of PitBox is not installed here
            has_pdf = False
    whole_s, cpu_s = (sum(parts) for parts in zip(*took.values(), strict=True))
    what = "document, HTML and PDF" if has_pdf else "document and HTML; no PDF: no typesetter here"
    how = f"60 cars, {row_count:,} own rows, {size / 1e6:.1f} MB"
    return [
        Figure(f"report of 24 h: {what}", whole_s, "s", _GOAL_S, how=how),
        Figure("the same, CPU, the typesetter's included", cpu_s, "CPU s"),
        *(
            Figure(f"report: {name}", wall_s, "s", how=f"{busy_s:.1f} CPU s")
            for name, (wall_s, busy_s) in took.items()
        ),
    ]


def make_the_day(database: Database, recorded: SessionId, end_s: float | None = None) -> int:
    """Tells the race into the database; how many rows our car has in it."""
    (track_m,) = database.connection.execute(
        "SELECT track_length_m FROM sessions WHERE session_id = ?", [recorded]
    ).fetchall()[0]
    info = day_info(track_m)
    facts = day_facts(info.entries) if end_s is None else day_facts(info.entries, end_s)
    tell_day(database, DAY, info, facts, PEOPLE, epoch=_EPOCH)
    row_count = lay_own_laps(database, recorded, DAY, (*CHANNELS, *_WHEELS, "LapDistPct", "IsOnTrack"))
    database.checkpoint()
    return row_count


def _busy_s() -> float:
    """CPU of this process and of the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
