"""The fixture `net`; what several machines' tests share lies in tests/sync."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sync"))

from lasting_team import Lasting
from team_net import Net


@pytest.fixture
def net(shared_team: Lasting, request: pytest.FixtureRequest) -> Iterator[Net]:
    """The team of this module; each test ends with what all of them hold, byte for byte."""
    found = shared_team.take()
    failed = request.session.testsfailed
    try:
        yield found
        if request.session.testsfailed == failed:
            found.catch_up()
    except BaseException:
        shared_team.spoil()
        raise
    if request.session.testsfailed != failed:
        shared_team.spoil()
