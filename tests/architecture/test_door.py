"""The command line as a user meets it: sentences and exit codes, never a traceback."""

import subprocess
import sys

import pytest

from pitbox import __version__


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pitbox", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("words", [(), ("--help",), ("log", "--help")])
def test_help_is_an_answer(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert "Usage: pitbox" in done.stdout


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_version(word: str) -> None:
    done = run(word)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"PitBox {__version__}\n", "")


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("--nonsense",), ("log", "nonsense"), ("settings", "get"), ("demo", "--speed", "x")],
)
def test_nonsense_is_answered_in_words(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize("words", [("--profile", "../x", "sessions"), ("settings", "get", "no.such")])
def test_refusal_is_a_sentence(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().endswith((".", "?"))
