"""Which logs of the team a machine keeps, by its own book of peers; and what it costs to ask."""

from pathlib import Path

import msgspec
import pytest

import pitbox.sync.library as held
import pitbox.wall.log_kinds as kinds
from pitbox.identity.device import Identity
from pitbox.log.edits import Author
from pitbox.model.edit import Edit, Entity
from pitbox.model.ids import TEAM_PLANS, LogId, SessionId
from pitbox.model.role import Role
from pitbox.model.stamp import Stamp
from pitbox.sync.library import Holding, Library
from pitbox.sync.message import MOST_OFFERS, Have, LogName, Offer
from pitbox.sync.replication import Replication
from pitbox.sync.trust import PairedPeer, PeerBook
from pitbox.sync.vouched import VouchBook
from pitbox.wall.appetite import Appetite
from pitbox.wall.log_kinds import LogKinds
from pitbox.wire.record import EditRecord, RunRecord

RACE, PRACTICE = SessionId("sub-7"), SessionId("sub-1")


def of(role: Role, library: Library, book: PeerBook) -> Appetite:
    return Appetite(library, book, VouchBook(book), LogKinds(library.root), role=role)


def written(library: Library, who: Identity) -> LogId:
    author = Author(library.root, RACE, who)
    author.append([Edit(Stamp(1, who.device, author.log.epoch), Entity("message", "1"), "text", "Box")])
    author.commit()
    author.close()
    library.look()
    return author.log


def test_beside_a_sim_only_races_that_were_driven_there_are_copied(tmp_path: Path) -> None:
    """An engineer's messages about somebody else's race lie here, too; they do not fetch that race."""
    ada, kai, lea = (Identity.load_or_create(tmp_path / name) for name in ("ada", "kai", "lea"))
    book, library = PeerBook(tmp_path / "ada"), Library(tmp_path / "log", ada.device)
    book.add(PairedPeer(kai.device, "Kai", Role.ENGINEER, kai.certificate))
    book.add(PairedPeer(lea.device, "Lea", Role.DRIVER, lea.certificate))
    appetite = of(Role.DRIVER, library, book)

    def is_wanted(writer: Identity, session: SessionId, epoch: int = 1) -> bool:
        log = LogId(session, writer.device, epoch)
        return appetite.wants(log, kai.device)

    assert is_wanted(kai, RACE)
    library.holdings[LogId(RACE, kai.device, 1)] = Holding(9, is_open=True)
    assert not is_wanted(lea, RACE)
    library.holdings[LogId(RACE, ada.device, 1)] = Holding(9, is_open=True)
    assert is_wanted(lea, RACE)
    assert not is_wanted(lea, PRACTICE)
    assert is_wanted(lea, TEAM_PLANS), "who drives next is every driver's business"
    assert is_wanted(ada, PRACTICE), "what was written here comes back"


def test_what_a_viewer_writes_or_passes_on_is_not_taken(tmp_path: Path) -> None:
    kai, viewer, stranger = (Identity.load_or_create(tmp_path / name) for name in ("kai", "vic", "sam"))
    book, library = PeerBook(tmp_path / "kai"), Library(tmp_path / "log", kai.device)
    peer = PairedPeer(viewer.device, "Vic", Role.VIEWER, viewer.certificate)
    appetite = of(Role.ENGINEER, library, book)
    for role, is_taken in ((Role.VIEWER, False), (Role.ENGINEER, True)):
        book.add(msgspec.structs.replace(peer, role=role))
        for writer in (viewer, stranger):
            assert appetite.wants(LogId(RACE, writer.device, 1), viewer.device) is is_taken


def test_edits_of_who_is_unknown_here_are_not_taken_from_anybody(tmp_path: Path) -> None:
    """An engineer may know a viewer in him: a role is a line in one's own book, and nobody's word."""
    kai, lea, stranger = (Identity.load_or_create(tmp_path / name) for name in ("kai", "lea", "sam"))
    book, library = PeerBook(tmp_path / "kai"), Library(tmp_path / "log", kai.device)
    book.add(PairedPeer(lea.device, "Lea", Role.ENGINEER, lea.certificate))
    appetite = of(Role.ENGINEER, library, book)
    log = LogId(RACE, stranger.device, 1)
    assert appetite.wants(log, lea.device), "it may be a recording"
    assert appetite.admits(log, RunRecord.KIND)
    assert not appetite.admits(log, EditRecord.KIND)
    for known in (kai, lea):
        assert appetite.admits(LogId(RACE, known.device, 1), EditRecord.KIND)
    kept = written(library, stranger)
    assert not appetite.wants(kept, lea.device), "what an older version took grows no more"
    book.add(PairedPeer(stranger.device, "Sam", Role.ENGINEER, stranger.certificate))
    assert appetite.admits(log, EditRecord.KIND)
    assert appetite.wants(kept, lea.device)


def test_thousands_of_offers_that_nobody_wants_ask_the_disk_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paired machine may offer a long past, or lie: the worker that keeps copies goes on."""
    ada, kai, lea = (Identity.load_or_create(tmp_path / name) for name in ("ada", "kai", "lea"))
    book, library = PeerBook(tmp_path / "ada"), Library(tmp_path / "log", ada.device)
    book.add(PairedPeer(kai.device, "Kai", Role.ENGINEER, kai.certificate))
    book.add(PairedPeer(lea.device, "Lea", Role.DRIVER, lea.certificate))
    appetite = of(Role.DRIVER, library, book)
    replication = Replication(library, appetite.wants)
    replication.join(kai.device)
    asked: list[Path] = []
    monkeypatch.setattr(kinds, "first_kind", asked.append)
    monkeypatch.setattr(held, "is_held", asked.append)
    offers = tuple(Offer(LogName(f"sub-{number}", lea.device, number), 100) for number in range(MOST_OFFERS))
    replication.receive(kai.device, Have(offers, is_all=True), 0.0)
    replication.tick(0.0)
    assert replication.lag(kai.device) == 0
    assert replication.next_message(kai.device, 0.0) == Have((), is_all=True)
    assert replication.next_message(kai.device, 0.0) is None, "nothing is asked for"
    assert not asked
    library.holdings[LogId(SessionId("sub-9"), ada.device, 1)] = Holding(9)
    assert replication.lag(kai.device) == 100, "this one was driven here"
