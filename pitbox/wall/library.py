"""Everything recorded or imported here: found, put away, deleted, for the page and for `pitbox sessions`.

The logs say what there is (`catalogue`), the database what was driven in it; without the database the list is
there all the same, with less in it. What is deleted can be had back until `close`. Belongs to one thread.
"""

import contextlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from pitbox.log.archive import SUFFIX, Archived, archive_session, restore_archive
from pitbox.log.hold import is_held
from pitbox.log.original import Originals
from pitbox.log.reader import log_folder
from pitbox.log.shelf import Shelf, is_session_id
from pitbox.log.tombstone import Tombstones
from pitbox.log.trash import Trash
from pitbox.model.ids import TEAM_PLANS, LogId, SessionId
from pitbox.store.errors import StoreError
from pitbox.store.recorded import Cursor, StoredRecording, recordings
from pitbox.wall.annals import annals_path
from pitbox.wall.catalogue import Catalogue, Volume
from pitbox.wall.search import Filter, date_words, folded, has_words, haystack

State = Literal["here", "recording", "archived", "deleted", "rows only"]
Ask = Callable[[Callable[[Cursor], dict[str, StoredRecording]]], dict[str, StoredRecording]]
"""Puts a question to the database; raises StoreError where it cannot be asked."""


class Recorded(msgspec.Struct, frozen=True):
    """One session, as far as it is known."""

    session: SessionId
    state: State
    """`archived`: in one file elsewhere; `deleted`: can be had back; `rows only`: in the database."""
    title: str
    sim: str
    track: str
    config: str
    car: str
    """Of whoever recorded it."""
    kinds: tuple[str, ...]
    """Practice, Qualify, Race, ... in order."""
    began_utc_s: float
    """0 where nobody knows."""
    recorded_s: float
    bytes: int
    """On this machine's disk, archives included."""
    machines: int
    logs: int
    cars: int | None = None
    """None, as all that follows, while the database does not know."""
    laps: int | None = None
    own_laps: int | None = None
    best_lap_s: float | None = None
    """Of one's own clean laps."""
    median_lap_s: float | None = None
    best_of_all_s: float | None = None
    drivers: tuple[str, ...] = ()
    """Of one's own car."""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Storage(msgspec.Struct, frozen=True):
    """What is used of the disk, in bytes."""

    sessions: int
    archives: int
    deleted: int
    """Can be had back still; free when the program ends."""
    originals: int
    """Copies of imported files."""
    database: int
    folds: int
    """What was folded, so that sessions open at once: can be thrown away."""


class Library:
    def __init__(
        self,
        shelf: Shelf,
        catalogue: Catalogue,
        archive_folder: Path,
        data_folder: Path,
        ask: Ask,
    ) -> None:
        """`data_folder` holds the database and the folds' checkpoints."""
        self._shelf = shelf
        self._catalogue = catalogue
        self._archive_folder = archive_folder
        self._data_folder = data_folder
        self._ask = ask
        self._trash = Trash(shelf)
        self._originals = Originals(shelf.root)
        self.fault = ""
        """Why the database told nothing, the last time it was asked; empty when it did."""

    def recorded(self, wanted: Filter | None = None) -> list[Recorded]:
        """The newest first; those without a date last."""
        stored = self._stored()
        volumes = self._catalogue.volumes()
        found = [
            _recorded(session, self._state(volume), volume, stored.get(session))
            for session, volume in volumes.items()
            if session != TEAM_PLANS and (volume.log_count or volume.title)
        ]
        found += self._gone(stored, set(volumes))
        chosen = found if wanted is None else [one for one in found if is_wanted(one, wanted)]
        return sorted(chosen, key=lambda one: (-one.began_utc_s, one.session))

    def find(self, session: str) -> Recorded | None:
        return next((one for one in self.recorded() if one.session == session), None)

    def storage(self) -> Storage:
        volumes = self._catalogue.volumes().values()
        return Storage(
            sessions=sum(volume.size_bytes for volume in volumes),
            archives=sum(path.stat().st_size for path in self._archives().values()),
            deleted=sum(self._trash.size_bytes(session) for session in self._trash.sessions()),
            originals=self._originals.kept_bytes(),
            database=_bytes(self._data_folder, "*.duckdb*"),
            folds=_bytes(self._data_folder / "checkpoint", "*"),
        )

    def archive(self, session: SessionId) -> Archived:
        """Into one file that was read back, off the shelf; raises ShelfError."""
        return archive_session(self._shelf, session, self._archive_folder, is_removing=True)

    def restore(self, session: SessionId) -> None:
        """Out of the archive, onto the shelf; the archive stays. Raises ShelfError."""
        restore_archive(self._shelf, self.archive_of(session))

    def archive_of(self, session: SessionId) -> Path:
        """The file in which it is, or would be, put away."""
        return self._archive_folder / f"{session}{SUFFIX}"

    def delete(self, session: SessionId) -> None:
        """Off the shelf; `undelete` brings it back until `close`. Raises ShelfError."""
        self._trash.throw(session)

    def undelete(self, session: SessionId) -> None:
        """Raises ShelfError for what is gone for good."""
        self._trash.take_back(session)

    def deleted(self) -> list[SessionId]:
        return self._trash.sessions()

    def close(self, forget: Callable[[SessionId], None] | None = None) -> int:
        """What was deleted goes for good, on this machine only; returns the bytes that are free now.

        `forget` takes its rows out of the database; where that cannot be, they stay and are not shown.
        """
        freed = 0
        for session in self._trash.sessions():
            freed += self._trash.empty(session)
            self._originals.forget(session)
            self._catalogue.forget(session)
            annals_path(self._data_folder / "checkpoint", session).unlink(missing_ok=True)
            if forget is not None:
                with contextlib.suppress(StoreError):
                    forget(session)
        return freed

    def _stored(self) -> dict[str, StoredRecording]:
        self.fault = ""
        try:
            return self._ask(recordings)
        except StoreError as error:
            self.fault = str(error)
            return {}

    def _state(self, volume: Volume) -> State:
        for folder, _, _ in volume.print_:
            session, device, epoch = folder.split("/")
            log = LogId(SessionId(session), device, int(epoch, 16))  # type: ignore[arg-type]
            if is_held(log_folder(self._shelf.root, log)):
                return "recording"
        return "here"

    def _gone(self, stored: dict[str, StoredRecording], here: set[SessionId]) -> list[Recorded]:
        """Archived, deleted, and what only the database still knows."""
        archives, trash = self._archives(), set(self._trash.sessions())
        buried = set(Tombstones(self._shelf.root).sessions())
        found = []
        for session in sorted((set(stored) | set(archives) | trash) - here - {TEAM_PLANS}):
            name = SessionId(session)
            if name in trash:
                size = self._trash.size_bytes(name)
                found.append(self._left(name, "deleted", size, stored.get(name)))
            elif name in archives:
                size = archives[name].stat().st_size
                found.append(self._left(name, "archived", size, stored.get(name)))
            elif name not in buried:
                found.append(_recorded(name, "rows only", Volume(()), stored.get(name)))
        return found

    def _left(
        self, session: SessionId, state: State, size_bytes: int, stored: StoredRecording | None
    ) -> Recorded:
        """What is off the shelf, as its rows say; what they do not, as its logs said when they were here."""
        one = _recorded(session, state, Volume((), size_bytes=size_bytes), stored)
        last = self._catalogue.last(session)
        return one if last is None else _with_last(one, last)

    def _archives(self) -> dict[SessionId, Path]:
        try:
            paths = sorted(self._archive_folder.glob(f"*{SUFFIX}"))
        except OSError:
            return {}
        names = {SessionId(path.name.removesuffix(SUFFIX)): path for path in paths}
        return {name: path for name, path in names.items() if is_session_id(name)}


def _recorded(session: SessionId, state: State, volume: Volume, stored: StoredRecording | None) -> Recorded:
    one = Recorded(
        session=session,
        state=state,
        title=volume.title,
        sim=volume.sim,
        track=volume.track,
        config=volume.config,
        car=volume.car,
        kinds=volume.kinds,
        began_utc_s=volume.began_utc_s,
        recorded_s=volume.recorded_s,
        bytes=volume.size_bytes,
        machines=volume.machines,
        logs=volume.log_count,
        tags=volume.tags,
        notes=volume.notes,
    )
    return one if stored is None else _with_rows(one, stored)


def _with_last(one: Recorded, last: Volume) -> Recorded:
    return msgspec.structs.replace(
        one,
        title=one.title or last.title,
        sim=one.sim or last.sim,
        track=one.track or last.track,
        config=one.config or last.config,
        car=one.car or last.car,
        kinds=one.kinds or last.kinds,
        began_utc_s=one.began_utc_s or last.began_utc_s,
        recorded_s=one.recorded_s or last.recorded_s,
        machines=one.machines or last.machines,
        logs=one.logs or last.log_count,
        tags=last.tags,
        notes=last.notes,
    )


def _with_rows(one: Recorded, stored: StoredRecording) -> Recorded:
    """The logs' word first, since the database may lag."""
    return msgspec.structs.replace(
        one,
        title=one.title or stored.title or "",
        sim=one.sim or stored.sim or "",
        track=one.track or stored.track or "",
        config=one.config or stored.track_config or "",
        car=one.car or stored.car or "",
        kinds=one.kinds or tuple(dict.fromkeys(stored.kinds)),
        began_utc_s=one.began_utc_s or stored.began_utc_s or 0.0,
        recorded_s=one.recorded_s or stored.until_s or 0.0,
        machines=one.machines or stored.machines,
        logs=one.logs or stored.log_count,
        cars=stored.cars,
        laps=stored.laps,
        own_laps=stored.own_laps,
        best_lap_s=stored.best_lap_s,
        median_lap_s=stored.median_lap_s,
        best_of_all_s=stored.best_of_all_s,
        drivers=stored.drivers,
    )


def is_wanted(one: Recorded, wanted: Filter) -> bool:
    """For those too who have the list already."""
    is_kind = not wanted.kinds or not set(wanted.kinds).isdisjoint(one.kinds)
    if not is_kind or (wanted.states and one.state not in wanted.states):
        return False
    mine = {folded(tag) for tag in one.tags} if wanted.tags else set()
    if any(folded(tag) not in mine for tag in wanted.tags):
        return False
    if not (_is_within(wanted.track, f"{one.track} {one.config}") and _is_within(wanted.car, one.car)):
        return False
    if wanted.since_utc_s and one.began_utc_s < wanted.since_utc_s:
        return False
    if wanted.until_utc_s and not 0 < one.began_utc_s < wanted.until_utc_s:
        return False
    return not wanted.words or has_words(_haystack(one), wanted.words)


def _is_within(part: str, text: str) -> bool:
    return not part or folded(part) in folded(text)


@lru_cache(maxsize=4096)
def _haystack(one: Recorded) -> str:
    """Kept: a list is searched anew with every letter that somebody types."""
    texts = (
        one.session,
        one.title,
        one.sim,
        one.track,
        one.config,
        one.car,
        one.state,
        date_words(one.began_utc_s),
    )
    return haystack((*texts, *one.kinds, *one.drivers, *one.tags, *one.notes))


def _bytes(folder: Path, pattern: str) -> int:
    total = 0
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total
