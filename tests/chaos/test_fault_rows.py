"""The fault table itself: every row has a test, every test that it names exists, and the report counts."""

import ast
from pathlib import Path

import pytest
from fault_rows import CASES, ROWS
from row_report import COLLECTED, summary

ROOT = Path(__file__).parents[2]


def functions_of(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_row_has_a_test() -> None:
    assert {case.row for case in CASES} == set(ROWS)
    assert all(case.tests for case in CASES)
    assert len({(case.row, case.case) for case in CASES}) == len(CASES)


def test_every_named_test_exists() -> None:
    named = {test for case in CASES for test in case.tests}
    missing = []
    for test in named:
        file, name = test.split("::")
        path = ROOT / file
        if not path.is_file() or name.partition("[")[0] not in functions_of(path):
            missing.append(test)
    assert not missing


def test_every_named_parameter_exists(request: pytest.FixtureRequest) -> None:
    """Of the tests that this run collected, those that it leaves out too."""
    collected = request.config.stash[COLLECTED]
    names = {nodeid.partition("[")[0] for nodeid in collected}
    named = {test for case in CASES for test in case.tests if "[" in test and test.partition("[")[0] in names}
    assert named <= collected


def test_the_report_counts_what_ran_and_what_did_not() -> None:
    tests = [test for case in CASES for test in case.tests]
    assert summary(["tests/model/test_nouns.py::test_a"]) == ""
    assert summary(tests) == f"fault rows: {len(CASES)} run, 0 skipped"
    (case,) = [case for case in CASES if case.case == "partition of minutes"]
    words = summary(test for test in tests if test not in case.tests)
    assert words == f"fault rows: {len(CASES) - 1} run, 1 skipped (partition of minutes)"
