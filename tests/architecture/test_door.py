"""The command line as a user meets it: sentences and exit codes, never a traceback."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from pitbox import __version__
from pitbox.__main__ import main

Said = Callable[..., tuple[int, str]]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pitbox", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """The code that the process would end with, and what it said on stderr."""

    def say(*words: str) -> tuple[int, str]:
        return main(words), capsys.readouterr().err

    return say


@pytest.mark.parametrize("words", [(), ("--help",), ("log", "--help")])
def test_help_is_an_answer(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert "Usage: pitbox" in done.stdout


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_version(word: str) -> None:
    done = run(word)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"PitBox {__version__}\n", "")


@pytest.mark.parametrize(("words", "code"), [(("nonsense",), 2), (("settings", "get", "no.such"), 1)])
def test_the_process_ends_with_the_code_of_the_command(words: tuple[str, ...], code: int) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("--nonsense",), ("log", "nonsense"), ("settings", "get"), ("demo", "--speed", "x")],
)
def test_nonsense_is_answered_in_words(words: tuple[str, ...], said: Said) -> None:
    code, words_said = said(*words)
    assert code == 2, words_said
    assert "Traceback" not in words_said
    assert words_said.strip()


@pytest.mark.parametrize("words", [("--profile", "../x", "sessions"), ("settings", "get", "no.such")])
def test_refusal_is_a_sentence(words: tuple[str, ...], said: Said) -> None:
    code, words_said = said(*words)
    assert code == 1, words_said
    assert "Traceback" not in words_said
    assert words_said.strip().endswith((".", "?"))
