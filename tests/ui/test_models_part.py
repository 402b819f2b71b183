"""Models on the health page: what speaks is seen, promoted and taken back there."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import unheard
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import FORMAT, LAP_TIME, Card, Score
from pitbox.ui.shell.models import ModelsPart
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look, taste_of, theme_of
from pitbox.wall.settings import Settings
from pitbox.wall.trainer import Progress, Trainer


def card(made_s: float) -> Card:
    scores = (Score(1, 100, 4.0, 5.0, 0.8),)
    return Card(FORMAT, LAP_TIME, "", made_s, "1", 1, "iracing", "ridge", 400, "f", (), scores, "", 0)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def part(registry: Registry, qtbot: QtBot) -> tuple[ModelsPart, Trainer]:
    trainer = Trainer([], unheard, SystemClock(), lambda: False)
    made = ModelsPart(Look(theme_of(Settings()), taste_of(Settings().window)), registry, trainer)
    qtbot.addWidget(made)
    made.show()
    return made, trainer


def texts(made: ModelsPart) -> str:
    return "\n".join(words.text() for words in made.findChildren(Words))


def test_versions_are_promoted_and_taken_back(registry: Registry, qtbot: QtBot) -> None:
    one, two = (registry.add(card(1_790_000_000.0 + at), data) for at, data in enumerate((b"one", b"two")))
    made, _ = part(registry, qtbot)
    assert "ridge: 4.0 thousandths of a lap, plain 5.0" in texts(made)
    made.buttons[one.version, "Promote"].click()
    made.buttons[two.version, "Promote"].click()
    assert [found.version for found in registry.chain(LAP_TIME, "iracing")] == [two.version, one.version]
    made.buttons[two.version, "Take back"].click()
    assert [found.version for found in registry.chain(LAP_TIME, "iracing")] == [one.version]
    assert (one.version, "Take back") in made.buttons


def test_a_damaged_version_is_refused_in_words(registry: Registry, qtbot: QtBot) -> None:
    one = registry.add(card(1_790_000_000.0), b"one")
    (registry.folder / LAP_TIME / one.version / "model.msgpack").write_bytes(b"two")
    made, _ = part(registry, qtbot)
    made.buttons[one.version, "Promote"].click()
    assert "is damaged" in made.words.text()


def test_a_promoted_version_that_was_damaged_later_is_not_said_to_speak(
    registry: Registry, qtbot: QtBot
) -> None:
    one, two = (registry.add(card(1_790_000_000.0 + at), data) for at, data in enumerate((b"one", b"two")))
    for version in (one, two):
        registry.promote(version.version, 1_790_000_100.0)
    (registry.folder / LAP_TIME / two.version / "model.msgpack").write_bytes(b"odd")
    made, _ = part(registry, qtbot)
    assert "damaged: the one before speaks" in texts(made)
    assert "speaks since" not in texts(made)
    assert (two.version, "Take back") in made.buttons


def test_progress_is_shown_and_can_be_ended(registry: Registry, qtbot: QtBot) -> None:
    made, trainer = part(registry, qtbot)
    assert "No model is trained yet" in texts(made)
    assert made.train.text() == "Train now"
    trainer.progress.put(Progress(is_running=True, words="features of an evening", share=0.25))
    qtbot.waitUntil(lambda: made.words.text() == "25 %: features of an evening")
    assert made.train.text() == "Cancel"
    registry.add(card(1_790_000_000.0), b"one")
    trainer.progress.put(Progress(words="lap-time is learnt"))
    qtbot.waitUntil(lambda: made.train.text() == "Train now")
    assert "plain 5.0" in texts(made), "what was learnt is shown"
