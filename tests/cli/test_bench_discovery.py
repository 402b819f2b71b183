"""The bench of discovery says so where machines of their own cannot be made."""

import subprocess
from pathlib import Path

import pytest

from pitbox.cli.bench import discovery


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.CalledProcessError(1, "ip")])
def test_without_namespaces_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: str) -> None:
        raise error

    monkeypatch.setattr(discovery, "_ip", refuse)
    (figure,) = discovery.measure_discovery(tmp_path)
    assert figure.value != figure.value
    assert figure.is_reached is None
    assert "cannot be made here" in figure.how
