"""What every run of several machines ends with: the logs compared byte for byte, and the folds."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from paired import Machine

from pitbox.cli.telling import named
from pitbox.log.edits import is_edit_log
from pitbox.log.hold import is_held
from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import SessionId
from pitbox.timing.race import RaceFold
from pitbox.wall.ledger import fact_key


def fold(shelf: Shelf, session: SessionId | None = None) -> tuple[bytes, dict]:
    """The race as anybody's machine works it out from what lies on its disk."""
    if session is None:
        (session,) = shelf.sessions()
    fold, facts = RaceFold(), {}
    for item in merged(shelf.readers(session)):
        for fact in fold.fold(item.record, item.log.epoch):
            facts[fact_key(fact)] = fact
    return fold.to_bytes(), facts


def assert_same(*machines: Machine) -> None:
    """A log of edits may lack at one machine what its writer added when that machine had gone: its seal."""
    first = machines[0].frames()
    assert first
    for other in machines[1:]:
        found = other.frames()
        assert found.keys() == first.keys()
        for log, data in first.items():
            is_edits = is_edit_log(other.shelf.reader(log).folder)
            assert found[log] == data or (is_edits and found[log].startswith(data)), f"{log} at {other.name}"
        assert set(other.shelf.sessions()) == set(machines[0].shelf.sessions())
        for session in other.shelf.sessions():
            assert fold(other.shelf, session) == fold(machines[0].shelf, session)
            assert all(verify_log(reader).is_whole for reader in other.shelf.readers(session))
            assert not any(is_held(reader.folder) for reader in other.shelf.readers(session))


def assert_told_once(engineer: Machine, origin: Machine) -> None:
    """What the engineer's process folded and told is what the origin's disk gives: each fact, and once."""
    assert not engineer.told("retracted"), "one recorder, nothing came late"
    facts = Counter(text for session in origin.shelf.sessions() for text in _facts(origin.shelf, session))
    kinds = {json.loads(text)["event"] for text in facts}
    told = Counter(
        json.dumps({key: line[key] for key in line if key not in ("session", "_at_s")}, sort_keys=True)
        for line in list(engineer.lines)
        if line["event"] in kinds
    )
    assert told == facts


def _facts(shelf: Shelf, session: SessionId) -> Iterator[str]:
    fold = RaceFold()
    for item in merged(shelf.readers(session)):
        for fact in fold.fold(item.record, item.log.epoch):
            words: dict[str, Any] = {"event": str(type(fact).__struct_config__.tag), **named(fact)}
            yield json.dumps(json.loads(msgspec.json.encode(words, enc_hook=str)), sort_keys=True)
