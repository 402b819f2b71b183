"""The fault table itself: every row has a test, every test that it names exists, and the report counts."""

import ast
from pathlib import Path

import pytest
from fault_rows import CASES, ROWS
from row_report import summary

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
    """Of the tests that are collected in this run, the long ones too."""
    with_parameters = {test for case in CASES for test in case.tests if "[" in test}
    collected = pytest_ids(sorted({test.split("::")[0] for test in with_parameters}))
    assert with_parameters <= collected


def pytest_ids(files: list[str]) -> set[str]:
    import subprocess
    import sys

    words = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "--long",
        "-p",
        "no:cacheprovider",
        *files,
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.splitlines())


def test_the_report_counts_what_ran_and_what_did_not() -> None:
    tests = [test for case in CASES for test in case.tests]
    assert summary(["tests/model/test_nouns.py::test_a"]) == ""
    assert summary(tests) == f"fault rows: {len(CASES)} run, 0 skipped"
    (case,) = [case for case in CASES if case.case == "partition of minutes"]
    words = summary(test for test in tests if test not in case.tests)
    assert words == f"fault rows: {len(CASES) - 1} run, 1 skipped (partition of minutes)"
