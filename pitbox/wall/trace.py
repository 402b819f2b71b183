"""When ticks came and when they were acknowledged, by this machine's clock: for `pitbox bench capture`."""

import time
from array import array
from pathlib import Path

import msgspec
import numpy as np

from pitbox.crew.mailbox import Mailbox
from pitbox.model.source import Ticks
from pitbox.wall.hub import Durable, Hub


class Trace:
    """Stands in a hub from `install` on. Pairs of (sim time, monotonic clock), both in seconds."""

    def __init__(self) -> None:
        self._live = _LiveTrace()
        self._durable = _DurableTrace()

    def install(self, hub: Hub) -> None:
        """Before anything is put into the hub."""
        hub.live, hub.durable = self._live, self._durable

    def write(self, path: Path) -> None:
        """As JSON: `live` and `durable`, each a list of pairs."""
        content = {
            name: np.frombuffer(pairs, np.float64).reshape(-1, 2).tolist()
            for name, pairs in (("live", self._live.pairs), ("durable", self._durable.pairs))
        }
        path.write_bytes(msgspec.json.encode(content))


class _LiveTrace(Mailbox[Ticks]):
    def __init__(self) -> None:
        super().__init__()
        self.pairs = array("d")

    def put(self, value: Ticks) -> None:
        super().put(value)
        at_s = time.monotonic()
        for sim_time_s in value.own["SessionTime"].tolist():
            self.pairs.extend((sim_time_s, at_s))


class _DurableTrace(Mailbox[Durable]):
    def __init__(self) -> None:
        super().__init__()
        self.pairs = array("d")

    def put(self, value: Durable) -> None:
        super().put(value)
        self.pairs.extend((value.sim_time_s, value.at_s))
