"""What the radio tells of the team: how safe the race is, whoever wrote messages beside it."""

import queue
import threading
from pathlib import Path

import pytest

from pitbox.crew.health import Health, Level
from pitbox.identity.device import Identity
from pitbox.log.edits import Author
from pitbox.log.replica import Stored
from pitbox.log.writer import LogWriter
from pitbox.model.edit import Edit, Entity
from pitbox.model.ids import LogId, SessionId
from pitbox.model.role import Role
from pitbox.model.stamp import Stamp
from pitbox.sync.counters import Counters
from pitbox.sync.station import StationState
from pitbox.wall.hub import Hub
from pitbox.wall.radio import Radio, RadioPlan, Team
from pitbox.wire.record import RunRecord, encode

RACE, PRACTICE = SessionId("sub-7"), SessionId("sub-1")


@pytest.fixture
def radio(tmp_path: Path) -> Radio:
    plan = RadioPlan(Role.ENGINEER, "Kai", tmp_path / "kai", tmp_path / "log", 0)
    return Radio(plan, Hub(), lambda _: None)


def recorded(radio: Radio, who: Identity, session: SessionId, until_s: float) -> LogId:
    writer = LogWriter(radio.plan.logs, LogId(session, who.device, 1), who)
    writer.append(encode(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered")))
    writer.commit(until_s)
    radio._hear_stored([Stored(writer.log, writer.next_seq, until_s, 1)])
    writer.close(until_s, "done")
    return writer.log


def written(radio: Radio, who: Identity) -> LogId:
    author = Author(radio.plan.logs, RACE, who)
    author.append([Edit(Stamp(1, who.device, author.log.epoch), Entity("message", "1"), "text", "Box")])
    author.commit()
    radio._hear_stored([Stored(author.log, 2, 0.0, 1)])
    author.close()
    return author.log


def told(radio: Radio, *open_logs: LogId) -> Team:
    holders = {log: {"zoe": 100, "ada": 100} for log in open_logs}
    radio._tell(StationState((), Counters(), {}, {}, frozenset(open_logs), holders, ""))
    team = radio.team.take()[1]
    assert team is not None
    return team


@pytest.mark.parametrize("turn", range(6))
def test_messages_never_stand_for_the_race(radio: Radio, tmp_path: Path, turn: int) -> None:
    """Whatever the devices are called: their order is that of their keys."""
    people = [Identity.load_or_create(tmp_path / f"{turn} {number}") for number in range(3)]
    race = recorded(radio, people[0], RACE, 41.0)
    letters = [written(radio, person) for person in people]
    team = told(radio, race, *letters)
    assert team.safe is not None
    assert (team.safe.log, team.safe.machines, team.safe.until_s) == (race, 3, 41.0)
    assert team.open_logs == {race}


def test_a_message_log_that_stays_open_is_no_race_that_goes_on(radio: Radio, tmp_path: Path) -> None:
    team = told(radio, written(radio, Identity.load_or_create(tmp_path / "ada")))
    assert team.safe is None
    assert not team.open_logs


def test_the_race_that_people_look_at_comes_before_another(radio: Radio, tmp_path: Path) -> None:
    ada = Identity.load_or_create(tmp_path / "ada")
    practice, race = recorded(radio, ada, PRACTICE, 5.0), recorded(radio, ada, RACE, 41.0)
    radio._hub.enter(RACE)
    team = told(radio, practice, race)
    assert team.safe is not None
    assert team.safe.log == race
    radio._hub.enter(PRACTICE)
    team = told(radio, practice, race)
    assert team.safe is not None
    assert team.safe.log == practice


def test_a_damaged_book_of_peers_is_told_and_so_is_its_end(tmp_path: Path) -> None:
    heard: queue.Queue[Health] = queue.Queue()
    plan = RadioPlan(Role.DRIVER, "Ada", tmp_path / "ada", tmp_path / "log", 0, is_announced=False)
    radio, stop = Radio(plan, Hub(), heard.put), threading.Event()
    book = tmp_path / "ada" / "peers.json"
    book.write_bytes(b"\x00 no book")
    thread = threading.Thread(target=radio.main, args=(stop,))
    thread.start()
    try:
        told = heard.get(timeout=10)
        assert (told.subject, told.level) == ("paired devices", Level.DEGRADED)
        assert "damaged" in told.words
        book.unlink()
        assert heard.get(timeout=10).level == Level.OK
    finally:
        stop.set()
        thread.join(10)
    assert heard.empty()
