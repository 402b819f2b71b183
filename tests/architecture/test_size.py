"""Modules stay small and are named after nouns."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE_LIMIT = 600
FUNCTION_LIMIT = 40
ALLOWED_LONG: dict[str, str] = {}
"""Path to reason; empty until something is better long."""
ALLOWED_LONG_FUNCTIONS: dict[str, str] = {}
"""`path:function` to reason."""
VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"})

SOURCES = sorted((ROOT / "pitbox").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_is_small(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    assert path.stem not in VAGUE, "a module is one noun"
    assert len(text.splitlines()) <= LINE_LIMIT or name in ALLOWED_LONG
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LIMIT or f"{name}:{node.name}" in ALLOWED_LONG_FUNCTIONS, (
                f"{node.name} has {lines} lines"
            )


def test_every_test_module_has_a_name_of_its_own() -> None:
    """pytest imports the tests by their bare names: of two files of one name it would run only the first."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert not [name for name, count in names.items() if count > 1]
