"""What the program imports is what it asks to have installed: users do not have the tools' packages."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "pitbox").rglob("*.py"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def foreign_imports(path: Path) -> Iterator[str]:
    """Top names that are neither the standard library's nor ours, lazy imports included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "pitbox":
                yield top


def test_imports_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonical(Requirement(line).name) for line in project["dependencies"]}
    owners = packages_distributions()
    missing = [
        f"{path.relative_to(ROOT)} imports {top}"
        for path in SOURCES
        for top in foreign_imports(path)
        if not declared & {canonical(name) for name in owners.get(top, [top])}
    ]
    assert not missing, "not among the dependencies in pyproject.toml"


def test_no_private_module_of_others_is_imported() -> None:
    """They move with any release."""
    private = re.compile(r"^\s*(?:from|import) (?!pitbox)[\w.]*\._", re.MULTILINE)
    assert not [path.name for path in SOURCES if private.search(path.read_text(encoding="utf-8"))]
