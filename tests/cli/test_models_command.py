"""`pitbox models`: what is there is listed, compared, promoted and taken back."""

import json
from pathlib import Path

import pytest
from quick_duel import quick_duel

from pitbox.cli.app import main
from pitbox.cli.models import _is_worth
from pitbox.predict.lap_file import read_laps
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import FORMAT, LAP_TIME, Card, Score


def card(made_s: float, error: float, laps: int = 200, step: str = "ridge") -> Card:
    scores = (Score(1, laps, error, 5.0, 0.8),)
    return Card(FORMAT, LAP_TIME, "", made_s, "1", 1, "iracing", step, 900, "f", (), scores, "", 0)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path))
    return Registry(tmp_path / "default" / "data" / "models")


def test_versions_are_listed_promoted_and_taken_back(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (
        registry.add(card(1_790_000_000.0 + at, error), bytes([at])) for at, error in enumerate((4.0, 3.0))
    )
    assert main(["models", "promote", one.version]) == 0
    assert main(["models", "promote", two.version[-8:]]) == 0
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(row["version"], row["state"]) for row in told["versions"]] == [
        (two.version, "speaks"),
        (one.version, "stands by"),
    ]
    assert main(["models", "compare", one.version, two.version]) == 0
    assert "1 laps ahead: 4.00 (80%) against 3.00 (80%)" in capsys.readouterr().out
    assert main(["models", "show", two.version]) == 0
    assert f"{two.version}, speaks" in capsys.readouterr().out
    assert main(["models", "rollback", "lap-time"]) == 0
    assert f"{one.version} speaks" in capsys.readouterr().out
    assert main(["models", "prune", "--keep", "1"]) == 0
    assert len(registry.cards()) == 2, "the newest, and the one that speaks"
    assert main(["models", "show", "nothing"]) == 1
    assert "is no version here" in capsys.readouterr().err


def test_nothing_to_learn_from_is_said(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "train"]) == 0
    assert "no race of iracing" in capsys.readouterr().out
    assert main(["models", "list"]) == 0
    assert "No model is trained yet" in capsys.readouterr().out
    assert registry.cards() == []


def test_only_what_does_better_speaks_by_itself(registry: Registry) -> None:
    good = registry.add(card(1_790_000_000.0, 3.0), b"good")
    assert _is_worth(registry, good)
    registry.promote(good.version, 1.0)
    for worse in (card(2e9, 4.0), card(2e9, 6.0), card(2e9, 2.0, laps=40), card(2e9, 2.0, step="level")):
        assert not _is_worth(registry, worse)
    assert _is_worth(registry, card(2e9, 2.5))


def test_laps_of_a_session_are_folded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pitbox.identity.device import Identity
    from pitbox.log.scribe import Scribe, ScribeLimits
    from pitbox.log.shelf import Shelf
    from pitbox.model.ids import SessionId
    from pitbox.model.source import Closed
    from pitbox.sim.synthetic.source import SyntheticSource
    from pitbox.wall import lesson_book

    source = SyntheticSource(quick_duel(), session=SessionId("evening"))
    scribe = Scribe(
        tmp_path / "log",
        Identity.load_or_create(tmp_path / "id"),
        limits=ScribeLimits(reserve_bytes=1 << 16),
    )
    is_over = False
    while not is_over:
        events = source.poll(0.0)
        scribe.take(events)
        is_over = any(isinstance(event, Closed) for event in events)
    scribe.close("done")
    monkeypatch.setattr(lesson_book, "_LEAST_PACE_LAPS", 0)
    book = lesson_book.LessonBook(Shelf(tmp_path / "log"), tmp_path / "laps", "test")
    races = book.races(SessionId("evening"))
    assert races
    assert {race.world for race in races} == {"synthetic"}
    rows, said = read_laps(tmp_path / "laps" / "evening.parquet")
    assert said.code == "test"
    assert sum(len(race.rows) for race in races) <= len(rows)
    monkeypatch.setattr(book, "_folded", lambda _: pytest.fail("it was folded again"))
    again = book.races(SessionId("evening"))
    assert [race.name for race in again] == [race.name for race in races]
    assert lesson_book.races_of(book, "iracing", book.sessions(), lambda *_: None) == []
