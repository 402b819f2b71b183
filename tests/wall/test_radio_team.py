"""What the radio tells of the team: how safe the race is, whoever wrote messages beside it."""

import queue
import threading
from pathlib import Path

import msgspec
import pytest

from pitbox.crew.health import Health, Level
from pitbox.identity.device import Identity
from pitbox.log.edits import Author
from pitbox.log.replica import Stored
from pitbox.log.writer import LogWriter
from pitbox.model.edit import Edit, Entity
from pitbox.model.ids import TEAM_PLANS, LogId, SessionId
from pitbox.model.role import Role
from pitbox.model.stamp import Stamp
from pitbox.sync.counters import Counters
from pitbox.sync.library import Holding, Library
from pitbox.sync.station import StationState
from pitbox.sync.trust import PairedPeer, PeerBook
from pitbox.wall.hub import Hub
from pitbox.wall.radio import Radio, RadioPlan, Team
from pitbox.wire.record import EditRecord, RunRecord, encode

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


def test_beside_a_sim_only_races_that_were_driven_there_are_copied(tmp_path: Path) -> None:
    """An engineer's messages about somebody else's race lie here, too; they do not fetch that race."""
    ada, kai, lea = (Identity.load_or_create(tmp_path / name) for name in ("ada", "kai", "lea"))
    plan = RadioPlan(Role.DRIVER, "Ada", tmp_path / "ada", tmp_path / "log", 0, keep_free_bytes=0)
    book, library = PeerBook(tmp_path / "ada"), Library(tmp_path / "log", ada.device)
    book.add(PairedPeer(kai.device, "Kai", Role.ENGINEER, kai.certificate))
    book.add(PairedPeer(lea.device, "Lea", Role.DRIVER, lea.certificate))
    radio = Radio(plan, Hub(), lambda _: None)

    def is_wanted(writer: Identity, session: SessionId, epoch: int = 1) -> bool:
        log = LogId(session, writer.device, epoch)
        return radio._is_wanted(library, book, log, kai.device)

    assert is_wanted(kai, RACE)
    library.holdings[LogId(RACE, kai.device, 1)] = Holding(9, is_open=True)
    assert not is_wanted(lea, RACE)
    library.holdings[LogId(RACE, ada.device, 1)] = Holding(9, is_open=True)
    assert is_wanted(lea, RACE)
    assert not is_wanted(lea, PRACTICE)
    assert is_wanted(lea, TEAM_PLANS), "who drives next is every driver's business"
    assert is_wanted(ada, PRACTICE), "what was written here comes back"


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


def test_what_a_viewer_writes_or_passes_on_is_not_taken(tmp_path: Path) -> None:
    kai, viewer, stranger = (Identity.load_or_create(tmp_path / name) for name in ("kai", "vic", "sam"))
    plan = RadioPlan(Role.ENGINEER, "Kai", tmp_path / "kai", tmp_path / "log", 0, keep_free_bytes=0)
    book, library = PeerBook(tmp_path / "kai"), Library(tmp_path / "log", kai.device)
    peer = PairedPeer(viewer.device, "Vic", Role.VIEWER, viewer.certificate)
    radio = Radio(plan, Hub(), lambda _: None)
    for role, is_taken in ((Role.VIEWER, False), (Role.ENGINEER, True)):
        book.add(msgspec.structs.replace(peer, role=role))
        for writer in (viewer, stranger):
            assert radio._is_wanted(library, book, LogId(RACE, writer.device, 1), viewer.device) is is_taken


def test_edits_of_who_is_unknown_here_are_not_taken_from_anybody(tmp_path: Path) -> None:
    """An engineer may know a viewer in him: a role is a line in one's own book, and nobody's word."""
    kai, lea, stranger = (Identity.load_or_create(tmp_path / name) for name in ("kai", "lea", "sam"))
    plan = RadioPlan(Role.ENGINEER, "Kai", tmp_path / "kai", tmp_path / "log", 0, keep_free_bytes=0)
    book, library = PeerBook(tmp_path / "kai"), Library(tmp_path / "log", kai.device)
    book.add(PairedPeer(lea.device, "Lea", Role.ENGINEER, lea.certificate))
    radio = Radio(plan, Hub(), lambda _: None)
    log = LogId(RACE, stranger.device, 1)
    assert radio._is_wanted(library, book, log, lea.device), "it may be a recording"
    assert radio._is_admitted(book, log, RunRecord.KIND)
    assert not radio._is_admitted(book, log, EditRecord.KIND)
    for known in (kai, lea):
        assert radio._is_admitted(book, LogId(RACE, known.device, 1), EditRecord.KIND)
    kept = written(radio, stranger)
    assert not radio._is_wanted(library, book, kept, lea.device), "what an older version took grows no more"
    book.add(PairedPeer(stranger.device, "Sam", Role.ENGINEER, stranger.certificate))
    assert radio._is_admitted(book, log, EditRecord.KIND)
    assert radio._is_wanted(library, book, kept, lea.device)
