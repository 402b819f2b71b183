"""What a collector without a window says: one JSON object a line, on standard output."""

import os
import sys
from pathlib import Path
from typing import Any, TextIO

import msgspec

from pitbox.crew.mailbox import Mailbox
from pitbox.wall.dashboard import Glance, Phase
from pitbox.wall.driver import Collector
from pitbox.wall.hub import Durable


class Telling:
    """Call `look` a few times a second: what is new since the last one is said."""

    def __init__(self, collector: Collector, out: TextIO = sys.stdout) -> None:
        self._collector = collector
        self._out = out
        self._said: tuple[Phase, str] | None = None
        self._part: tuple[str, str] | None = None
        self._durable = 0
        self._cursor = 0
        self._health_version = 0
        self._message: tuple[str, bool] | None = None
        self._incidents: tuple[int | None, int | None] = (None, None)

    def look(self) -> None:
        glance = self._collector.look()
        if (glance.phase, glance.words) != self._said:
            self._said = (glance.phase, glance.words)
            self._say("state", state=glance.phase, words=glance.words)
        if glance.track and (glance.track, glance.part) != self._part:
            self._part = (glance.track, glance.part)
            self._say("session", session=self._collector.source.session, track=glance.track, part=glance.part)
        self._tell_incidents(glance)
        self._tell_message(glance)
        self._cursor, facts = self._collector.hub.facts_since(self._cursor)
        for fact in facts:
            self._say(str(type(fact).__struct_config__.tag), **named(fact))
        self._tell_durable(self._collector.hub.durable)
        self._tell_health()

    def end(self) -> None:
        """The last word; nothing comes after it."""
        self.look()
        source = self._collector.source
        self._say("end", ticks=source.tick_count, missed=source.missed_count)

    def _tell_durable(self, mailbox: Mailbox[Durable]) -> None:
        self._durable, durable = mailbox.take(self._durable)
        if durable is not None:
            self._say(
                "durable",
                log=str(durable.log),
                seq=durable.end_seq,
                bytes=durable.bytes,
                sim_time_s=durable.sim_time_s,
                sync_ms=round(durable.sync_s * 1000, 3),
            )

    def _tell_incidents(self, glance: Glance) -> None:
        incidents = (glance.incidents, glance.incidents_left)
        if incidents != self._incidents and glance.incidents is not None:
            self._incidents = incidents
            self._say("incidents", points=glance.incidents, left=glance.incidents_left)

    def _tell_message(self, glance: Glance) -> None:
        message = glance.message
        if message is not None and (message.key, message.is_new) != self._message:
            self._message = (message.key, message.is_new)
            self._say("message", **named(message))

    def _tell_health(self) -> None:
        ward = self._collector.health.snapshot()
        fresh, self._health_version = ward.version - self._health_version, ward.version
        for told in ward.history[-fresh:] if fresh else ():
            self._say("health", **{**named(told.health), "level": told.health.level.name.lower()})

    def _say(self, event: str, **words: Any) -> None:
        line = msgspec.json.encode({"event": event, **words}, enc_hook=str).decode()
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:  # nobody listens any more; that is no reason to lose a race
            with Path(os.devnull).open("wb") as nothing:
                os.dup2(nothing.fileno(), self._out.fileno())


def named(value: Any) -> Any:
    """A struct with the names of its fields, whatever form it has in the log."""
    if isinstance(value, msgspec.Struct):
        return {name: named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple | list):
        return [named(item) for item in value]
    return value
