"""Everything recorded: found by plain words, named, put away, deleted and had back."""

import shutil
import threading
from pathlib import Path

import pytest
from made_once import MadeOnce
from short_race import SESSION, race

from pitbox.identity.device import Identity
from pitbox.log.errors import ShelfError
from pitbox.log.hold import Hold
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.tombstone import Tombstones
from pitbox.log.trash import Trash
from pitbox.model.errors import EditError
from pitbox.model.ids import SessionId
from pitbox.model.label import tag, tags, unnote, untag
from pitbox.model.note import notes
from pitbox.store.errors import StoreBusyError
from pitbox.store.recorded import StoredRecording
from pitbox.wall.caretaker import Care, Caretaker
from pitbox.wall.catalogue import Catalogue
from pitbox.wall.keepsake import Keepsakes
from pitbox.wall.library import Library
from pitbox.wall.search import Filter, folded

BUSY = "Another process has it."


def stored(session, **values):
    plain = {
        "sim": "iRacing", "title": None, "track": None, "track_config": None, "car": None, "kinds": (),
        "began_utc_s": None, "until_s": None, "cars": 0, "laps": 0, "own_laps": 0, "clean_laps": 0,
        "best_lap_s": None, "median_lap_s": None, "best_of_all_s": None, "drivers": (), "machines": 0,
        "log_count": 0, "is_orphan": False,
    }  # fmt: skip
    return StoredRecording(session_id=session, **(plain | values))


@pytest.fixture(scope="session")
def _recorded(made_once: MadeOnce) -> Path:
    def make(folder: Path) -> None:
        identity = Identity.load_or_create(folder / "identity")
        scribe = Scribe(folder / "log", identity, limits=ScribeLimits(reserve_bytes=0))
        source = race(30.0)
        for _ in range(60):
            scribe.take(source.poll(0.0))
        scribe.close("done")

    return made_once("library-race", make)


class Room:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.shelf = Shelf(root / "log")
        self.identity = Identity.load_or_create(root / "identity")
        self.rows: dict[str, StoredRecording] = {}
        self.is_busy = False
        self.read = 0

    @property
    def library(self) -> Library:
        """As a program that was just started sees it."""
        catalogue = Catalogue(self.shelf, self.root / "catalogue", lambda _: self.count(), "rules")
        return Library(self.shelf, catalogue, self.root / "archive", self.root, self.ask)

    def count(self) -> bool:
        self.read += 1
        return True

    def ask(self, _):
        if self.is_busy:
            raise StoreBusyError(BUSY)
        return self.rows

    def keepsakes(self) -> Keepsakes:
        return Keepsakes(self.shelf, self.identity, name="Ada")

    def names(self, **wanted):
        return [(one.session, one.state) for one in self.library.recorded(Filter(**wanted))]


@pytest.fixture
def room(tmp_path: Path, _recorded: Path) -> Room:
    shutil.copytree(_recorded, tmp_path, dirs_exist_ok=True)
    return Room(tmp_path)


def test_a_session_is_told_by_its_logs_and_by_its_rows(room: Room) -> None:
    (plain,) = room.library.recorded()
    assert (plain.session, plain.state, plain.machines, plain.logs) == (SESSION, "here", 1, 1)
    assert plain.track
    assert plain.car
    assert plain.began_utc_s > 1e9
    assert plain.bytes == room.shelf.size_bytes(SESSION)
    assert plain.best_lap_s is None
    room.rows = {
        SESSION: stored(
            SESSION, title="not newer than the log", best_lap_s=91.5, drivers=("Zoë",), own_laps=7
        ),
        "sub-9": stored("sub-9", title="Long ago", track="Ring"),
    }
    mine, gone = room.library.recorded()
    assert (mine.title, mine.best_lap_s, mine.own_laps) == (plain.title, 91.5, 7)
    assert (gone.session, gone.state) == ("sub-9", "rows only")
    room.is_busy = True
    library = room.library
    assert [one.session for one in library.recorded()] == [SESSION], "the list is there without the database"
    assert library.fault == BUSY


def test_plain_words_find_it_and_a_dash_leaves_it_out(room: Room) -> None:
    room.rows = {
        SESSION: stored(SESSION, drivers=("Zoë Grünewald",)),
        "sub-9": stored("sub-9", title="Six hours", track="Nürburgring", car="GT3 R", began_utc_s=1.7e9),
    }
    assert room.names(words="nurburgring SIX") == [("sub-9", "rows only")]
    assert room.names(words="grune") == [(SESSION, "here")]
    assert room.names(words="2023-11 november") == [("sub-9", "rows only")]
    assert room.names(words="-six") == [(SESSION, "here")]
    assert room.names(words="six -november") == []
    assert room.names(track="ring", car="gt3 r") == [("sub-9", "rows only")]
    assert room.names(since_utc_s=1.75e9) == [(SESSION, "here")]
    assert room.names(states=("rows only",)) == [("sub-9", "rows only")]
    assert folded("Ärger") == "arger"


def test_tags_and_notes_are_edits_that_can_be_taken_back(room: Room) -> None:
    with room.keepsakes() as keepsakes:
        keepsakes.write(SESSION, [tag("Wet"), tag("six  hours")])
        keepsakes.write(SESSION, [tag("WET")])
        key = keepsakes.add_note(SESSION, "Left front was done.")
        with pytest.raises(EditError):
            keepsakes.write(SessionId("sub-404"), [tag("x")])
    assert not (room.shelf.root / "sub-404").exists()
    (one,) = room.library.recorded(Filter(tags=("wet",)))
    assert (one.tags, one.notes, one.logs) == (("six hours", "WET"), ("Left front was done.",), 1)
    assert room.names(words="left front") == [(SESSION, "here")]
    with room.keepsakes() as keepsakes:
        keepsakes.write(SESSION, [untag("wet"), unnote(key)])
        assert tags(keepsakes.ledger(SESSION)) == ("six hours",)
        assert notes(keepsakes.ledger(SESSION)) == ()
    assert room.names(tags=("wet",)) == []
    for odd in ("", " ", "a,b", "x" * 41):
        with pytest.raises(EditError):
            tag(odd)


def test_what_has_not_changed_is_not_read_again(room: Room) -> None:
    with room.keepsakes() as keepsakes:
        keepsakes.write(SESSION, [tag("Wet")])
    assert room.library.recorded()[0].tags == ("Wet",)
    read = room.read
    assert room.library.recorded()[0].tags == ("Wet",)
    assert room.read == read
    (room.root / "catalogue").write_bytes(b"\xc1 nonsense")
    assert room.library.recorded()[0].tags == ("Wet",)
    assert room.read > read


def test_what_is_deleted_can_be_had_back_until_the_end(room: Room) -> None:
    before = {path: path.read_bytes() for path in room.shelf.root.rglob("*.seg")}
    library = room.library
    library.delete(SESSION)
    assert room.names() == [(SESSION, "deleted")]
    assert room.shelf.sessions() == []
    assert Tombstones(room.shelf.root).has(SESSION), "no peer brings it back meanwhile"
    assert library.storage().deleted > 0
    library.undelete(SESSION)
    assert {path: path.read_bytes() for path in room.shelf.root.rglob("*.seg")} == before
    assert not Tombstones(room.shelf.root).has(SESSION)
    library.delete(SESSION)
    forgotten: list[SessionId] = []
    room.rows = {SESSION: stored(SESSION, title="still in the database")}
    assert library.close(forgotten.append) > 0
    assert forgotten == [SESSION]
    assert room.names() == []
    assert Tombstones(room.shelf.root).has(SESSION)
    with pytest.raises(ShelfError, match="not in the trash"):
        library.undelete(SESSION)


def test_the_caretaker_empties_the_trash_when_the_program_ends(room: Room) -> None:
    room.library.delete(SESSION)
    caretaker = Caretaker(room.shelf, Care(room.root / "archive", pause_s=0.01), None, lambda _: None)
    stop = threading.Event()
    stop.set()
    caretaker.main(stop)
    assert Trash(room.shelf).sessions() == []
    assert Tombstones(room.shelf.root).has(SESSION)


def test_what_is_being_recorded_stays(room: Room) -> None:
    (reader,) = room.shelf.readers(SESSION)
    hold = Hold(reader.folder)
    try:
        assert room.names() == [(SESSION, "recording")]
        with pytest.raises(ShelfError, match="being recorded"):
            room.library.delete(SESSION)
        with pytest.raises(ShelfError, match="being recorded"):
            room.library.archive(SESSION)
    finally:
        hold.release()
    assert not Tombstones(room.shelf.root).has(SESSION)
    for odd in ("../x", "sub-404"):
        with pytest.raises(ShelfError):
            room.library.delete(SessionId(odd))


def test_an_archived_session_stays_in_the_list_and_comes_back(room: Room) -> None:
    room.rows = {SESSION: stored(SESSION, title="A race", began_utc_s=1.7e9)}
    done = room.library.archive(SESSION)
    (one,) = room.library.recorded()
    assert (one.state, one.title, one.bytes) == ("archived", "A race", done.size)
    room.library.restore(SESSION)
    assert room.names() == [(SESSION, "here")]
    storage = room.library.storage()
    assert storage.sessions == room.shelf.size_bytes(SESSION)
    assert storage.archives == done.size
