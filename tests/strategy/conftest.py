"""A race of the proving ground is played once in a run, whichever worker asks first."""

from collections.abc import Iterator

import proving
import pytest
from made_once import MadeOnce


@pytest.fixture(autouse=True, scope="session")
def _races_are_played_once(made_once: MadeOnce) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "kept", made_once.value)
        yield
