"""What every run of several machines ends with: the logs compared byte for byte, and the folds."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from paired import Machine

from pitbox.cli.telling import named
from pitbox.log.edits import is_edit_log
from pitbox.log.hold import is_held
from pitbox.log.merge import Merged, merged
from pitbox.log.replica import proved_end
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.fact import Fact
from pitbox.model.ids import SessionId
from pitbox.timing.race import RaceFold
from pitbox.wall.ledger import FACT_KEYS, fact_key


def fold(shelf: Shelf, session: SessionId | None = None) -> tuple[bytes, dict]:
    """The race as anybody's machine works it out from what lies on its disk."""
    if session is None:
        (session,) = shelf.sessions()
    fold, facts = RaceFold(), {}
    for item in _proved(shelf, session):
        for fact in fold.fold(item.record, item.log.epoch):
            facts[fact_key(fact)] = fact
    return fold.to_bytes(), facts


def assert_same(*machines: Machine) -> None:
    """A log of edits may lack at one machine what its writer added when that machine had gone: its seal."""
    first = machines[0].frames()
    assert first
    folds = {session: fold(machines[0].shelf, session) for session in machines[0].shelf.sessions()}
    for other in machines[1:]:
        found = other.frames()
        assert found.keys() == first.keys()
        for log, data in first.items():
            is_edits = is_edit_log(other.shelf.reader(log).folder)
            assert found[log] == data or (is_edits and found[log].startswith(data)), f"{log} at {other.name}"
        assert set(other.shelf.sessions()) == set(machines[0].shelf.sessions())
        for session in other.shelf.sessions():
            assert fold(other.shelf, session) == folds[session]
            assert all(verify_log(reader).is_whole for reader in other.shelf.readers(session))
            assert not any(is_held(reader.folder) for reader in other.shelf.readers(session))


def words_of(origin: Machine) -> dict[SessionId, list[str]]:
    """What its disk gives, session by session, as an engineer's process tells it."""
    return {s: [_text(_words(fact)) for fact in _facts(origin.shelf, s)] for s in origin.shelf.sessions()}


def assert_told(engineer: Machine, origin: Machine, known: dict[SessionId, list[str]] | None = None) -> None:
    """What the engineer's process folded and told is what the origin's disk gives, and nothing is told twice.

    A telling has a number; who was killed may tell the last ones again, under the same numbers.
    """
    assert not engineer.told("retracted"), "one recorder, nothing came late"
    tellings: dict[tuple[str, int], str] = {}
    for line in list(engineer.lines):
        if line["event"] in _KEYS:
            text = _text({key: line[key] for key in line if key not in ("session", "told", "_at_s")})
            assert tellings.setdefault((line["session"], line["told"]), text) == text
    for session, words in (known or words_of(origin)).items():
        told = [text for (of, _), text in sorted(tellings.items()) if of == session]
        assert set(told) <= set(words)
        assert len(told) <= len(words)
        assert _last(told) == _last(words)


_KEYS = {str(kind.__struct_config__.tag): keys for kind, keys in FACT_KEYS.items()}


def _facts(shelf: Shelf, session: SessionId) -> Iterator[Fact]:
    fold = RaceFold()
    for item in _proved(shelf, session):
        yield from fold.fold(item.record, item.log.epoch)


def _proved(shelf: Shelf, session: SessionId) -> Iterator[Merged]:
    """All records up to each log's last mark: what a recorder that was killed wrote behind it is nobody's."""
    readers = shelf.readers(session)
    ends = {reader.log: proved_end(reader) for reader in readers}
    yield from (item for item in merged(readers) if item.seq < ends[item.log])


def _words(fact: Fact) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(named(fact), enc_hook=str))
    return {"event": str(type(fact).__struct_config__.tag), **found}


def _text(words: dict[str, Any]) -> str:
    return json.dumps(words, sort_keys=True)


def _last(texts: list[str]) -> dict[tuple[Any, ...], str]:
    """The last word on each matter."""
    found = {}
    for text in texts:
        words = json.loads(text)
        found[words["event"], *(words[name] for name in _KEYS[words["event"]])] = text
    return found
