"""--long, and the rows of the fault table in pytest's summary: how many ran, how many did not.

Where namespaces work, skipping one of them is a failure.
"""

import os
from collections.abc import Generator, Iterable
from functools import cache
from typing import Any

import pytest
from fault_rows import CASES, Case

COLLECTED = pytest.StashKey[set[str]]()
"""The names of all tests, those too that are left out."""
_HELD = {test for case in CASES for test in case.tests}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="with the tests that let a fault last for minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[COLLECTED] = {item.nodeid for item in items}
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.skipped and is_held(item.nodeid) and can_have_namespaces():
        report.outcome = "failed"
        report.longrepr = f"A row of the fault table is not to be skipped here: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    run = [
        report.nodeid
        for outcome in ("passed", "failed", "error")
        for report in terminalreporter.stats.get(outcome, ())
        if getattr(report, "when", "") == "call"
    ]
    words = summary(run)
    if words:
        terminalreporter.write_line(words)


def summary(run: Iterable[str]) -> str:
    """One line about the tests that ran; empty where none of them holds a row."""
    names = {name for nodeid in run for name in _names(nodeid)}
    if not names & _HELD:
        return ""
    skipped = [case for case in CASES if not names.issuperset(case.tests)]
    line = f"fault rows: {len(CASES) - len(skipped)} run, {len(skipped)} skipped"
    return f"{line} ({_listed(skipped)})" if skipped else line


def is_held(nodeid: str) -> bool:
    return not _HELD.isdisjoint(_names(nodeid))


@cache
def can_have_namespaces() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).with_name("lan")))
    from lan_machine import why_not

    return not why_not()


def _names(nodeid: str) -> set[str]:
    """A test is named with its parameters or without; run from inside `tests`, too."""
    nodeid = nodeid if nodeid.startswith("tests/") else f"tests/{nodeid}"
    return {nodeid, nodeid.partition("[")[0]}


def _listed(cases: list[Case]) -> str:
    few = 4
    words = ", ".join(case.case for case in cases[:few])
    return words if len(cases) <= few else f"{words}, ..."
