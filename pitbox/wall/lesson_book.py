"""The user's own sessions as races to learn from: out of the log, kept as versioned laps with their source.

A session's laps are folded once; the file says up to where each of its logs was read, so a session that grew
is folded anew. All of it can be thrown away.
"""

from collections.abc import Callable
from pathlib import Path

from pitbox.log.edits import races
from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo
from pitbox.predict.caution import FULL
from pitbox.predict.caution_race import caution_world
from pitbox.predict.errors import LapsFileError
from pitbox.predict.lap_row import LapRow
from pitbox.predict.pit_level import pit_rules
from pitbox.predict.registry_card import world_of
from pitbox.predict.training import Race
from pitbox.timing.race import RaceFold
from pitbox.wall.lap_rows import LapRows
from pitbox.wire.record import InfoRecord

_LEAST_PACE_LAPS = 20
_SPLIT = "\n"


class LessonBook:
    def __init__(self, shelf: Shelf, folder: Path, code: str) -> None:
        """`folder`: where laps are kept; `code`: the version of PitBox."""
        self._shelf, self._folder, self._code = shelf, folder, code

    def sessions(self) -> list[SessionId]:
        """The oldest first."""
        return sorted(races(self._shelf), key=self._began)

    def state(self) -> str:
        """Changes when there is something new to learn."""
        return _SPLIT.join(self._source(session) for session in self.sessions())

    def races(self, session: SessionId) -> list[Race]:
        """One for each run with enough clean laps; none where the log cannot be read."""
        try:
            about, rows = self._kept(session)
        except (PitBoxError, OSError):
            return []
        runs: dict[str, list[LapRow]] = {}
        for row in rows:
            runs.setdefault(row.race, []).append(row)
        return [
            _race(name.partition(" ")[2], about, laps)
            for name, laps in runs.items()
            if sum(row.is_pace for row in laps) >= _LEAST_PACE_LAPS
        ]

    def _kept(self, session: SessionId) -> tuple[dict[str, str], list[LapRow]]:
        from pitbox.predict.lap_file import read_laps, write_laps  # noqa: PLC0415 - Parquet takes a while

        path, source = self._folder / f"{session}.parquet", self._source(session)
        try:
            rows, said = read_laps(path)
            if said.source == source and said.about:
                return said.about, rows
        except LapsFileError:
            pass
        about, rows = self._folded(session)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_laps(path, rows, source, self._code, about)
        return about, rows

    def _folded(self, session: SessionId) -> tuple[dict[str, str], list[LapRow]]:
        fold, info, rows = RaceFold(), None, list[LapRow]()
        runs: dict[tuple[int, int], LapRows] = {}
        began = self._began(session)[0]
        for item in merged(self._shelf.readers(session)):
            if isinstance(item.record, InfoRecord):
                info = item.record.info
                for run in runs.values():
                    run.hear(info)
            for fact in fold.fold(item.record, item.log.epoch):
                axis = (fact.session_num, fact.run)
                if axis not in runs:
                    if runs:
                        rows += _ended(runs, fold)
                    runs[axis] = LapRows(f"{began:020d} {session} {axis[0]}.{axis[1]}", info)
                runs[axis].take(fact)
        rows += _ended(runs, fold)
        return _about(info), rows

    def _began(self, session: SessionId) -> tuple[int, str]:
        logs = [reader.log.epoch for reader in self._shelf.readers(session)]
        return min(logs, default=0), session

    def _source(self, session: SessionId) -> str:
        ends = sorted(f"{reader.log} {reader.next_seq}" for reader in self._shelf.readers(session))
        return f"{session}: {', '.join(ends)}"


def races_of(
    book: LessonBook, world: str, sessions: list[SessionId], tell: Callable[[str, float], object]
) -> list[Race]:
    """Of one world, in the order in which they were driven."""
    found: list[Race] = []
    for at, session in enumerate(sessions):
        tell(f"reading {session}", at / len(sessions))
        found += [race for race in book.races(session) if race.world == world]
    return found


def _ended(runs: dict[tuple[int, int], LapRows], fold: RaceFold) -> list[LapRow]:
    """What was not taken yet; the picture that the fold has now knows the weather of its run."""
    standings = fold.standings()
    rows: list[LapRow] = []
    for axis, run in runs.items():
        is_here = standings is not None and (standings.session_num, standings.run) == axis
        rows += run.fresh(standings.wet_steps if standings is not None and is_here else ())
    return rows


def _about(info: SessionInfo | None) -> dict[str, str]:
    """What models want to know of a session beside its laps."""
    if info is None:
        return {"world": ""}
    return {
        "world": world_of(info),
        "caution world": caution_world(info),
        "cautions": info.rules.cautions or FULL,
        "rules": pit_rules(info),
        "races": " ".join(str(part.session_num) for part in info.parts if "race" in part.kind.lower()),
    }


def _race(name: str, about: dict[str, str], rows: list[LapRow]) -> Race:
    """`name` ends with the number of the session and of the run."""
    session_num = name.rpartition(" ")[2].partition(".")[0]
    return Race(
        name,
        about.get("world", ""),
        rows,
        is_race=session_num in about.get("races", "").split(),
        caution_world=about.get("caution world", ""),
        cautions=about.get("cautions", FULL),
        rules=about.get("rules", ""),
    )
