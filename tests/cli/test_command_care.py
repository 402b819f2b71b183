"""Commands take care: of what they promise, of files that are broken, of whoever else is here."""

import time
from pathlib import Path

import pytest
from spoken import Pitbox

from pitbox.cli.demo import SCENARIO_NAMES
from pitbox.crew.health import Health, Level
from pitbox.identity.device import Identity
from pitbox.log.archive import archive_session
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.store.clerk import Clerk
from pitbox.store.errors import StoreError
from pitbox.wall.health import HealthRegistry
from pitbox.wall.instance import Instance


@pytest.fixture
def config(home: Path) -> Path:
    folder = home / "default" / "config"
    folder.mkdir(parents=True)
    return folder


def test_asking_writes_and_reads_no_other_file(pitbox: Pitbox, stored: SessionId, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a\n1\n")
    before = sorted(tmp_path.glob("*"))
    for query in (
        "COPY laps TO '{}/out.csv'",
        "EXPLAIN ANALYZE COPY laps TO '{}/out.csv'",
        "EXPORT DATABASE '{}/out'",
        "ATTACH '{}/other.duckdb'",
        "SELECT * FROM read_csv('{}/in.csv')",
    ):
        said = pitbox("store", "sql", query.format(tmp_path))
        assert said.code == 1, query
        assert "Only the database is read here" in said.err, query
        assert sorted(tmp_path.glob("*")) == before, query
    assert pitbox("store", "sql", "SELECT count(*) FROM laps").code == 0


@pytest.mark.parametrize("words", [("set", "store.batch_s", "20"), ("reset", "store.batch_s")])
def test_a_settings_file_that_is_broken_goes_aside_and_is_named(
    pitbox: Pitbox, config: Path, words: tuple[str, ...]
) -> None:
    (config / "settings.toml").write_text("[store\nbroken")
    said = pitbox("settings", *words)
    assert said.code == 0, said.err
    assert f"kept as {config / 'settings.toml.broken-1'}" in said.err
    assert (config / "settings.toml.broken-1").read_text() == "[store\nbroken"
    assert "not TOML" not in pitbox("settings", "get", "store.batch_s").err


def test_the_help_names_every_scenario() -> None:
    assert SCENARIO_NAMES.replace(" or ", ", ").split(", ") == list(SCENARIOS)


def test_two_profiles_do_not_record_into_one_data_folder(pitbox: Pitbox, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    for name in ("default", "other"):
        said = pitbox("--profile", name, "settings", "set", "storage.data_folder", str(shared))
        assert said.code == 0, said.err
    with Instance.claim_data(shared / "pitbox.lock", "driver", time.time()):
        for words in (("demo",), ("driver", "--headless", "--demo", "duel")):
            said = pitbox("--profile", "other", *words)
            assert said.code == 1
            assert f"records into {shared}: process" in said.err
            assert "storage.data_folder" in said.err


def test_a_new_identity_is_made_when_it_is_meant(pitbox: Pitbox, config: Path) -> None:
    first = Identity.load_or_create(config / "identity").device
    assert first in pitbox("identity", "show").out
    unsure = pitbox("identity", "new")
    assert unsure.code == 2
    assert "--yes" in unsure.err
    assert Identity.load_or_create(config / "identity").device == first
    said = pitbox("identity", "new", "--yes")
    assert said.code == 0, said.err
    second = Identity.load_or_create(config / "identity").device
    assert second != first
    assert second in said.out
    assert len(list((config / "identity").iterdir())) == 2


def test_a_damaged_key_names_a_command_that_exists(pitbox: Pitbox, config: Path) -> None:
    Identity.load_or_create(config / "identity")
    next(path for path in (config / "identity").iterdir()).write_text("nonsense")
    said = pitbox("identity", "show")
    assert said.code == 1
    assert "`pitbox identity new`" in said.err
    assert pitbox("identity", "new", "--yes").code == 0
    assert pitbox("identity", "show").code == 0


@pytest.mark.parametrize("is_forged", [False, True])
def test_what_is_restored_is_verified(
    pitbox: Pitbox, shelf: Shelf, session: SessionId, tmp_path: Path, is_forged: bool
) -> None:
    if is_forged:
        path = shelf.readers(session)[0].segments()[1].path
        data = bytearray(path.read_bytes())
        data[9000] ^= 1
        path.write_bytes(bytes(data))
    done = archive_session(shelf, session, tmp_path, is_removing=True)
    said = pitbox("log", "restore", str(done.path))
    assert shelf.sessions() == [session], "the data are the user's, whatever is wrong with them"
    assert said.code == (3 if is_forged else 0)
    assert ("every signature in it is good" in said.out) is not is_forged
    assert ("pitbox log repair" in said.err) is is_forged


def test_a_demo_whose_database_fails_says_so_and_leaves_nothing_running(
    pitbox: Pitbox, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = []

    def fail(self: Clerk) -> None:
        raise StoreError("The disk has no room.")

    def tell_more(self: HealthRegistry, health: Health) -> None:
        tell(self, Health("log", "free space", Level.DEGRADED, "Only 0.1 GB are free."))
        tell(self, health)

    stop, tell = Clerk.stop, HealthRegistry.tell
    monkeypatch.setattr(HealthRegistry, "tell", tell_more)
    monkeypatch.setattr(Clerk, "project_now", fail)
    monkeypatch.setattr(Clerk, "stop", lambda self, timeout_s=10.0: stopped.append(stop(self, timeout_s)))
    said = pitbox("demo", "--scenario", "duel", "--minutes", "1", "--speed", "1000", "--plain")
    assert said.code == 1
    assert "The race is recorded" in said.out
    assert "The disk has no room." in said.err
    assert said.out.count("! Only 0.1 GB are free.") == 1, "plain lines tell health as well"
    assert stopped == [True]
    assert len(shelf.sessions()) == 1
