"""What a report asks: one race of the store, seen from one car, by queries that stand in the appendix.

race = race_of(cursor, session)             # the last race, and the car that recorded it
book = QueryBook(cursor, race)
rows = book.ask("stops", "Our visits to the pits.", "SELECT ... WHERE $here")
book.queries                                # what a reader may run again, word by word
"""

from string import Template
from textwrap import dedent
from typing import Any

import msgspec

from pitbox.model.ids import SessionId
from pitbox.report.document import Query
from pitbox.report.errors import NothingToReportError
from pitbox.store.recorded import Cursor
from pitbox.store.statement import literal

_SHEET = "timing sheet"
Row = dict[str, Any]
"""One line of an answer, by column."""

_PARTS = """
SELECT l.session_num, l.run, coalesce(any_value(p.kind), '') AS part, count(*) AS laps, any_value(p.length_s),
    any_value(p.length_laps), any_value(r.zero_utc_s)
FROM laps AS l
LEFT JOIN session_parts AS p USING (session_id, session_num)
LEFT JOIN runs AS r USING (session_id, session_num, run)
WHERE l.session_id = ?
GROUP BY l.session_num, l.run
ORDER BY contains(lower(part), 'race') DESC, l.session_num DESC, l.run DESC, laps DESC
LIMIT 1
"""
_OWN = """
SELECT l.car_idx
FROM laps AS l JOIN (SELECT DISTINCT own_car_idx AS car_idx FROM logs WHERE session_id = $1)
    AS o USING (car_idx)
WHERE l.session_id = $1 AND l.session_num = $2 AND l.run = $3
GROUP BY l.car_idx ORDER BY count(*) DESC, l.car_idx LIMIT 1
"""
_FIRST = """
SELECT car_idx FROM laps WHERE session_id = $1 AND session_num = $2 AND run = $3
GROUP BY car_idx ORDER BY max(lap) DESC, arg_max(end_s, lap), car_idx LIMIT 1
"""
_NUMBERED = """
SELECT e.car_idx FROM entries AS e
JOIN laps AS l USING (session_id, car_idx)
WHERE e.session_id = $1 AND l.session_num = $2 AND l.run = $3 AND ltrim(e.number, '#') = ltrim($4, '#')
LIMIT 1
"""
_TIMES = """
SELECT coalesce(
        (SELECT min(start_s) FROM flag_phases
            WHERE session_id = $1 AND session_num = $2 AND run = $3 AND flag = 'green'),
        min(start_s)) AS green_s,
    max(end_s) AS end_s
FROM laps WHERE session_id = $1 AND session_num = $2 AND run = $3
"""
_NAMES = """
SELECT s.sim, s.title, s.track, s.track_config, s.track_length_m, e.number, e.team, e.class_id,
    e.class_name, e.car
FROM sessions AS s LEFT JOIN entries AS e ON e.session_id = s.session_id AND e.car_idx = $2
WHERE s.session_id = $1
"""


class Race(msgspec.Struct, frozen=True):
    """One run of one part of a session, and the car that is reported on."""

    session: SessionId
    session_num: int
    run: int
    part: str
    title: str
    track: str
    sim: str
    track_m: float
    green_s: float
    """Sim time at which race times are 0."""
    end_s: float
    length_s: float | None
    length_laps: int | None
    zero_utc_s: float | None
    car_idx: int
    number: str
    team: str
    class_id: int
    class_name: str
    car: str
    is_own: bool
    """Somebody of ours recorded it from inside."""

    @property
    def is_race(self) -> bool:
        return "race" in self.part.lower() or not self.part

    @property
    def is_sheet(self) -> bool:
        """A timing sheet, which sees cars at the line only."""
        return self.sim == _SHEET

    @property
    def car_words(self) -> str:
        """`car 77`, with the team's name where there is one."""
        return f"car {self.number or self.car_idx}" + (f", {self.team}" if self.team else "")


class QueryBook:
    """Asks the store; every question is kept as it was asked."""

    def __init__(self, cursor: Cursor, race: Race) -> None:
        self.cursor, self.race = cursor, race
        self._words = _words_of(race)
        self._queries: dict[str, Query] = {}

    @property
    def queries(self) -> tuple[Query, ...]:
        return tuple(self._queries.values())

    def ask(self, key: str, words: str, sql: str) -> list[Row]:
        """`$here` is the race, `$here_l` that of the table `l`, `$car` our car.

        `$session`, `$num`, `$run`, `$class` and `$green` are as they say.
        """
        whole = Template(dedent(sql).strip()).substitute(self._words)
        self._queries[key] = Query(key, words, whole)
        cursor = self.cursor.execute(whole)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def note(self, key: str, words: str) -> str:
        """For numbers that no statement gives: how they were worked out. Returns the key."""
        self._queries.setdefault(key, Query(key, words))
        return key


def race_of(cursor: Cursor, session: SessionId, number: str = "") -> Race:
    """The last race of the session, else its last part with laps. Raises NothingToReportError."""
    found = cursor.execute(_PARTS, [session]).fetchone()
    if found is None:
        raise NothingToReportError(
            f"The database has no lap of {session}: there is nothing to report. "
            "An open window brings in what was recorded just now, as `pitbox store project` does without one."
        )
    num, run, part, _, length_s, length_laps, zero_utc_s = found
    car_idx, is_own = _car(cursor, session, num, run, number)
    times = cursor.execute(_TIMES, [session, num, run]).fetchone()
    names = cursor.execute(_NAMES, [session, car_idx]).fetchone()
    assert times is not None
    sim, title, track, config, track_m, shown, team, class_id, class_name, car = names or (None,) * 10
    where = " ".join(one for one in (track, config) if one)
    return Race(
        session=session,
        session_num=num,
        run=run,
        part=part,
        title=title or where or session,
        track=where,
        sim=sim or "",
        track_m=track_m or 0.0,
        green_s=times[0],
        end_s=times[1],
        length_s=length_s,
        length_laps=length_laps,
        zero_utc_s=zero_utc_s,
        car_idx=car_idx,
        number=shown or "",
        team=team or "",
        class_id=class_id or 0,
        class_name=class_name or "",
        car=car or "",
        is_own=is_own,
    )


def _car(cursor: Cursor, session: SessionId, num: int, run: int, number: str) -> tuple[int, bool]:
    """Ours, or the one that was named; where nobody recorded from inside, the first at the line."""
    own = cursor.execute(_OWN, [session, num, run]).fetchone()
    if number:
        named = cursor.execute(_NUMBERED, [session, num, run, number]).fetchone()
        if named is None:
            raise NothingToReportError(f"No car with the number {number!r} drove a lap in this race.")
        return named[0], own is not None and named[0] == own[0]
    if own is not None:
        return own[0], True
    first = cursor.execute(_FIRST, [session, num, run]).fetchone()
    assert first is not None
    return first[0], False


def _words_of(race: Race) -> dict[str, str]:
    session = literal(race.session)
    here = {
        f"here_{name}": f"{name}.session_id = {session} AND {name}.session_num = {race.session_num} "
        f"AND {name}.run = {race.run}"
        for name in "lsiv"
    }
    return {
        **here,
        "here": f"session_id = {session} AND session_num = {race.session_num} AND run = {race.run}",
        "session": session,
        "num": str(race.session_num),
        "run": str(race.run),
        "car": str(race.car_idx),
        "class": str(race.class_id),
        "green": repr(race.green_s),
        "track_m": repr(race.track_m),
    }
