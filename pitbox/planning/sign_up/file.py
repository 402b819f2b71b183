"""A file of sign-ups as people and their participations; what cannot be read is named with its line."""

from collections.abc import Mapping, Sequence

import msgspec

from pitbox.model.edit import MAX_TEXT
from pitbox.model.member import Member
from pitbox.model.participation import FreeTime, Participation, Step
from pitbox.model.span import Spans
from pitbox.model.wall_time import WALL_CLOCK
from pitbox.planning.sign_up import cells
from pitbox.planning.sign_up.columns import Column, by_hand, by_number, guessed
from pitbox.planning.sign_up.hours import Listener, Said
from pitbox.planning.sign_up.person import Reader, Row
from pitbox.planning.sign_up.table import table_of
from pitbox.planning.sign_up.words import plain

_NO_NAME = "No column is known to hold names; `--map name=...` says which does."


class Problem(msgspec.Struct, frozen=True):
    """Something that was not read; the rest of the line was, unless it says otherwise."""

    line: int
    reason: str
    column: str = ""
    is_lost: bool = False
    """Nobody was made of this line."""


class SignUps(msgspec.Struct, frozen=True):
    members: tuple[Member, ...]
    participations: tuple[Participation, ...]
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...]
    lines: int
    """Below the head, without empty ones."""
    delimiter: str
    encoding: str
    head_line: int = 1
    """Counted from 1."""
    has_head: bool = True


class Setting(msgspec.Struct, frozen=True):
    """What the file does not say itself."""

    event: str = ""
    races: Spans = ()
    """On UTC; times without a day are taken to lie in them."""
    zone: str = "UTC"
    """Of people who name none, and of the hours in heads of columns."""
    known: tuple[Member, ...] = ()
    """People who are there already: found by their number in the sim, or by name, they keep their keys."""


def read_sign_ups(
    data: bytes,
    setting: Setting | None = None,
    columns: Mapping[str, str] | None = None,
    chosen: Mapping[int, str] | None = None,
    has_head: bool | None = None,
) -> SignUps:
    """`columns`: field to head, where the guess is to be set right; raises EditError for one not there.

    `chosen`: the same by the number of the column, from 0 on, so that several may hold one field.
    `has_head`: as `table_of` takes it.
    """
    setting = setting or Setting()
    table = table_of(data, has_head)
    guess = guessed(table.heads, [row.cells for row in table.rows])
    mapping = by_number(by_hand(guess, columns or {}), chosen or {})
    problems = [Problem(line, reason, is_lost=True) for line, reason in table.broken]
    rows: list[Row] = []
    if not _has_name(mapping):
        problems.append(Problem(table.head_line, _NO_NAME, is_lost=True))
    else:
        reader = Reader(mapping, table, Listener(setting.races), setting.zone)
        for row in table.rows:
            read, unread = reader.read(row)
            rows += [read] if read is not None else []
            problems += [Problem(row.line, reason, head, read is None) for head, reason in unread]
    rows, replaced = _latest(rows)
    problems += replaced
    members, participations, unknown = _records(rows, setting)
    return SignUps(
        members,
        participations,
        mapping,
        tuple(sorted([*problems, *unknown], key=lambda problem: problem.line)),
        len(table.rows) + len(table.broken),
        table.delimiter,
        table.encoding,
        table.head_line,
        table.has_head,
    )


def _has_name(columns: Sequence[Column]) -> bool:
    fields = {column.field for column in columns}
    return bool({"name", "first name", "last name"} & fields)


def _latest(rows: list[Row]) -> tuple[list[Row], list[Problem]]:
    """Who answered a form twice is there once, as the later line has it."""
    last: dict[object, Row] = {}
    problems = []
    for row in rows:
        key = row.user_id or plain(row.name) or row.name
        if key in last:
            words = f"{row.name} signs up again on line {row.line}, which counts."
            problems.append(Problem(last.pop(key).line, words, is_lost=True))
        last[key] = row
    return list(last.values()), problems


def _records(
    rows: list[Row], setting: Setting
) -> tuple[tuple[Member, ...], tuple[Participation, ...], list[Problem]]:
    keys = _keys(rows, setting.known)
    by_name = _names(rows, keys, setting.known)
    members, participations, problems = [], [], []
    for row, key in zip(rows, keys, strict=True):
        wanted, lost_wanted = cells.people(row.wanted, by_name)
        unwanted, lost_unwanted = cells.people(row.unwanted, by_name)
        problems += [
            Problem(row.line, f"{name!r:.80} is nobody of this file, or not only one.")
            for name in (*lost_wanted, *lost_unwanted)
        ]
        note = "\n".join(row.notes)[:MAX_TEXT]
        members.append(Member(key, row.name, row.user_id, row.zone, row.rating, note=note))
        participations.append(
            Participation(
                key=f"{setting.event}/{key}",
                event=setting.event,
                member=key,
                step=Step.WITHDRAWN if row.is_never else Step.SIGNED_UP,
                parts=row.parts,
                free=tuple(_free(f"s{number}", said) for number, said in enumerate(row.said, 1)),
                cars=row.cars,
                likings=row.likings,
                lap_s=row.lap_s,
                wanted=tuple(one for one in wanted if one != key),
                unwanted=tuple(one for one in unwanted if one != key),
                team=row.team,
            )
        )
    return tuple(members), tuple(participations), problems


def _keys(rows: list[Row], known: Sequence[Member]) -> list[str]:
    by_id = {one.user_id: one.key for one in known if one.user_id}
    by_name = {plain(one.name): one.key for one in known}
    taken = {one.key for one in known}
    out = []
    for row in rows:
        found = by_id.get(row.user_id) if row.user_id else None
        key = found or by_name.get(plain(row.name))
        if key is None or key in out:
            stem = (
                f"ir-{row.user_id}" if row.user_id else plain(row.name).replace(" ", "-")[:40]
            ) or "person"
            key, again = stem, 2
            while key in taken:
                key, again = f"{stem}-{again}", again + 1
        taken.add(key)
        out.append(key)
    return out


def _names(rows: list[Row], keys: list[str], known: Sequence[Member]) -> dict[str, str]:
    """By what somebody may call a person: the whole name, the number, and parts that only one has."""
    people = [(row.name, row.user_id, key) for row, key in zip(rows, keys, strict=True)]
    people += [(one.name, one.user_id, one.key) for one in known if one.key not in keys]
    found: dict[str, set[str]] = {}
    for name, user_id, key in people:
        words = plain(name).split()
        for called in {*words, str(user_id) if user_id else "", *_initials(words)} - {""}:
            found.setdefault(called, set()).add(key)
    out = {called: next(iter(whom)) for called, whom in found.items() if len(whom) == 1}
    whole: dict[str, set[str]] = {}
    for name, _, key in people:
        whole.setdefault(plain(name), set()).add(key)
    return out | {name: next(iter(whom)) for name, whom in whole.items() if len(whom) == 1}


def _initials(words: list[str]) -> tuple[str, ...]:
    """`Ada K` for Ada Kern, and `A Kern`."""
    if len(words) < 2:
        return ()
    return f"{words[0]} {words[-1][0]}", f"{words[0][0]} {words[-1]}"


def _free(token: str, said: Said) -> FreeTime:
    return FreeTime(token, f"{said.start:{WALL_CLOCK}}", f"{said.end:{WALL_CLOCK}}", said.zone, said.is_maybe)
