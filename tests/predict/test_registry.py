"""The registry: whole versions, promotions that can be taken back, and what is damaged gives way."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from pitbox.predict.errors import ModelError, RegistryError
from pitbox.predict.feature import VERSION
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import FORMAT, LAP_TIME, Card, Score, Use, gain_of

ROOT = Path(__file__).parents[2]
WHEN_S = 1_790_000_000.0


def card(made_s: float = WHEN_S, **other: object) -> Card:
    known = {
        "format": FORMAT,
        "model": LAP_TIME,
        "version": "",
        "made_s": made_s,
        "code": "1.2.3",
        "features": VERSION,
        "world": "iracing",
        "step": "ridge",
        "rows": 400,
        "fingerprint": "f",
        "sources": (),
        "scores": (Score(1, 100, 4.0, 5.0, 0.8),),
        "sha256": "",
        "size_bytes": 0,
    }
    return msgspec.convert(known | other, Card)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


def test_what_is_added_comes_back(registry: Registry) -> None:
    assert registry.cards() == []
    added = registry.add(card(), b"one")
    assert registry.cards() == [added]
    assert registry.data(added) == b"one"
    assert registry.card(added.version[-8:]) == added
    assert registry.add(card(), b"one") == added, "the same again is the same version"
    assert len(registry.cards()) == 1
    assert gain_of(added) == pytest.approx(0.2)


def test_promotions_stack_and_are_taken_back(registry: Registry) -> None:
    one, two = (registry.add(card(WHEN_S + at), data) for at, data in enumerate((b"one", b"two")))
    registry.promote(one.version, WHEN_S)
    registry.promote(two.version, WHEN_S + 1, "better")
    assert [found.version for found in registry.chain(LAP_TIME, "iracing")] == [two.version, one.version]
    before = registry.roll_back(LAP_TIME, "iracing", WHEN_S + 2)
    assert before is not None
    assert before.version == one.version
    assert registry.roll_back(LAP_TIME, "iracing", WHEN_S + 3) is None
    assert registry.chain(LAP_TIME, "iracing") == []
    assert [deed.split(" ")[2] for deed in registry.reign(LAP_TIME, "iracing").deeds] == [
        "promoted",
        "promoted",
        "took",
        "took",
    ]
    with pytest.raises(RegistryError):
        registry.roll_back(LAP_TIME, "iracing", WHEN_S)


def test_worlds_have_their_own_promotions(registry: Registry) -> None:
    real, made = registry.add(card(), b"real"), registry.add(card(world="synthetic"), b"made")
    registry.promote(real.version, WHEN_S)
    registry.promote(made.version, WHEN_S)
    assert [found.version for found in registry.chain(LAP_TIME, "iracing")] == [real.version]
    assert [found.version for found in registry.chain(LAP_TIME, "synthetic")] == [made.version]


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_damage_is_seen(registry: Registry, harm: str) -> None:
    added = registry.add(card(), b"a model of some length")
    path = registry.folder / LAP_TIME / added.version / "model.msgpack"
    data = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(data[:-1] if harm == "cut" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(ModelError):
        registry.data(added)
    with pytest.raises(ModelError):
        registry.promote(added.version, WHEN_S)
    assert registry.chain(LAP_TIME, "iracing") == []


def test_cards_and_pointers_of_others_are_left_alone(registry: Registry) -> None:
    one, two = (registry.add(card(WHEN_S + at), data) for at, data in enumerate((b"one", b"two")))
    registry.promote(one.version, WHEN_S)
    registry.promote(two.version, WHEN_S)
    home = registry.folder / LAP_TIME
    (home / two.version / "card.json").write_bytes(b'{"format": 1, "mod')
    assert [found.version for found in registry.cards()] == [one.version]
    assert registry.broken() == [two.version]
    (home / "promoted-iracing.json").write_bytes(b"\x00" * 40)
    assert [found.version for found in registry.chain(LAP_TIME, "iracing")] == [one.version], (
        "the pointer before"
    )
    (home / "promoted-iracing.json").write_text('{"stack": [{"version": "../../etc", "at_s": 0}]}')
    assert registry.chain(LAP_TIME, "iracing") == []


def test_a_registry_of_an_older_version_is_read(registry: Registry) -> None:
    """As the first PitBox with one wrote it: just the fields of then, and some that came and went."""
    written = {
        "format": 1,
        "model": "lap-time",
        "version": "20261121T170400Z-95afb3e2",
        "made_s": 1795280640.0,
        "code": "0.1.0",
        "features": 0,
        "world": "iracing",
        "step": "ridge",
        "rows": 900,
        "fingerprint": "0123456789abcdef",
        "sources": [{"name": "evening", "rows": 900, "fingerprint": "0123456789abcdef"}],
        "scores": [{"ahead": 1, "laps": 50, "error": 3.0, "plain": 4.0, "covered": 0.8}],
        "sha256": "95afb3e2ff95d1bd86b9d3c9d3c2ad94a5f9a0d54fd2a6ad6b7cbd31a2d8a8a0",
        "size_bytes": 3,
        "gone_since": True,
    }
    home = registry.folder / LAP_TIME
    (home / str(written["version"])).mkdir(parents=True)
    (home / str(written["version"]) / "card.json").write_text(json.dumps(written))
    (home / "promoted-iracing.json").write_text(
        json.dumps({"stack": [{"version": written["version"], "at_s": 1.0}]})
    )
    found = registry.card("95afb3e2")
    assert (found.parameters, found.tested, found.trained_s) == ({}, (), 0.0)
    assert [one.version for one in registry.chain(LAP_TIME, "iracing")] == [found.version]
    later = registry.add(card(), b"later")
    path = home / later.version / "card.json"
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 2'))
    assert registry.broken() == [later.version], "a later format is not guessed at"


def test_old_versions_go_but_not_those_that_stand_by(registry: Registry) -> None:
    added = [registry.add(card(WHEN_S + at), str(at).encode()) for at in range(6)]
    registry.promote(added[0].version, WHEN_S)
    registry.promote(added[1].version, WHEN_S)
    left_behind = registry.folder / LAP_TIME / ".part-1-old"
    left_behind.mkdir()
    os.utime(left_behind, (1.0, 1.0))
    assert registry.prune(2, time.time()) == [added[3].version, added[2].version]
    assert [found.version for found in registry.cards()] == [added[at].version for at in (5, 4, 1, 0)]
    assert not left_behind.exists()


def test_who_uses_it_is_told(registry: Registry) -> None:
    added = registry.add(card(), b"one")
    use = Use("engineer", added.version, WHEN_S)
    registry.note_use(LAP_TIME, use)
    assert registry.uses(LAP_TIME) == [use]


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "x" * 40])
def test_names_never_lead_out_of_the_folder(registry: Registry, name: str) -> None:
    with pytest.raises(RegistryError):
        registry.reign(name, "iracing")
    with pytest.raises(RegistryError):
        registry.reign(LAP_TIME, name)


_WRITER = """
import sys, itertools
from pathlib import Path
from test_registry import card
from pitbox.predict.registry import Registry
registry = Registry(Path(sys.argv[1]))
print("ready", flush=True)
for at in itertools.count():
    added = registry.add(card(1_790_000_000.0 + at), bytes([at % 251]) * 70_000)
    registry.promote(added.version, float(at))
    registry.prune(3, 0.0)
"""


@pytest.mark.chaos
def test_a_killed_writer_leaves_it_whole(tmp_path: Path) -> None:
    """Killed anywhere in add, promote and prune: each version reads, and what is promoted is there."""
    luck, folder = random.Random(7), tmp_path / "models"
    registry = Registry(folder)
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folder)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == b"ready"
            time.sleep(luck.uniform(0.0, 0.15))  # where it dies is the point, and left to chance
            child.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        assert registry.broken() == []
        for found in registry.cards():
            assert len(registry.data(found)) == 70_000
        known = {found.version for found in registry.cards()}
        chain = registry.chain(LAP_TIME, "iracing")
        assert {one.version for one in chain} <= known
        assert chain or not known or len(known) == 1
