"""The fixture `machine`: skipped by name where namespaces cannot be made, a failure in any other case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lan_machine import MakeMachine, lan, why_not


@pytest.fixture(scope="session")
def _namespaces() -> None:
    words = why_not()
    if words:
        pytest.skip(words)


@pytest.fixture
def machine(_namespaces: None, tmp_path: Path) -> Iterator[MakeMachine]:
    """Makes machines on one switch; all of it is gone afterwards."""
    with lan(tmp_path) as make:
        yield make
