"""What a radio has to tell, as JSON lines: who is connected, what is where, how far behind."""

import time
from typing import Any

from pitbox.cli.lines import Lines
from pitbox.cli.telling import named
from pitbox.wall.radio import Radio, Team

_STATE_S = 1.0


class TeamWords:
    """Call `look` a few times a second: what is new since the last one is said."""

    def __init__(self, radio: Radio, lines: Lines) -> None:
        self._radio = radio
        self._lines = lines
        self._events: list[Any] = []
        self._port = 0
        self._state_s = 0.0
        self._said: dict[str, Any] = {}
        radio.events.heard = self._events.append

    def look(self) -> Team | None:
        """The state, once a second; None in between."""
        if self._radio.port != self._port:
            self._port = self._radio.port
            self._lines.say("listening", port=self._port)
        while self._events:
            event = self._events.pop(0)
            self._lines.say(_hyphened(type(event).__name__), **named(event))
        team = self._radio.team.take()[1]
        if team is None or time.monotonic() - self._state_s < _STATE_S:
            return None
        self._state_s = time.monotonic()
        self._tell(team)
        return team

    def end(self) -> None:
        team = self._radio.team.take()[1]
        if team is not None:
            self._tell(team)
            self._lines.say("sync-end", **team.counters)

    def _tell(self, team: Team) -> None:
        for log, seq in sorted(team.ends.items()):
            self._say_news("have", f"have {log}", log=str(log), seq=seq, is_open=log in team.open_logs)
        for peer in team.peers:
            self._say_news("lag", f"lag {peer.name}", peer=peer.name, records=peer.lag)
        if team.safe is not None:
            safe = team.safe
            words = {"log": str(safe.log), "machines": safe.machines, "until_s": safe.until_s}
            self._say_news("safe", "safe", **words)

    def _say_news(self, event: str, key: str, **words: Any) -> None:
        if self._said.get(key) != words:
            self._said[key] = words
            self._lines.say(event, **words)


def _hyphened(name: str) -> str:
    """`LinkUp` as `link-up`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
