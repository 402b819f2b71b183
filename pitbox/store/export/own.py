"""Which of the own car's rows and channels leave."""

from functools import cached_property
from typing import Any

import msgspec
import numpy as np

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.ids import LogId
from pitbox.model.source import RowArray
from pitbox.store.errors import ExportError

_TIME = 2
"""Every layout begins with SessionTime and SessionTick; they always leave."""


class OwnRows(msgspec.Struct, frozen=True):
    """Rows of one log, one run and one layout."""

    log: LogId
    session_num: int
    run: int
    layout: Layout
    rows: RowArray


class OwnCut(msgspec.Struct, frozen=True, dict=True):
    """The wish for the own car."""

    channels: tuple[str, ...] | None = None
    laps: tuple[tuple[int, int], ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.channels == ()

    def cut(self, own: OwnRows) -> OwnRows | None:
        """None where nothing of these rows leaves; raises ExportError where laps cannot be told apart."""
        rows = own.rows
        if self.laps:
            if "Lap" not in (rows.dtype.names or ()):
                raise ExportError("The channel Lap was not recorded, so single laps cannot be chosen.")
            rows = rows[self._is_wanted(rows["Lap"])]
        if not len(rows):
            return None
        layout = self.layout(own.layout)
        if layout is not own.layout:
            rows = _narrowed(rows, layout)
        return OwnRows(own.log, own.session_num, own.run, layout, np.ascontiguousarray(rows))

    def layout(self, layout: Layout) -> Layout:
        if self.channels is None:
            return layout
        if layout not in self._known:
            wanted = set(self.channels)
            chosen = [one for one in layout.channels[_TIME:] if one.name in wanted]
            self._known[layout] = Layout(Stream.OWN, (*layout.channels[:_TIME], *chosen))
        return self._known[layout]

    def unknown(self, recorded: set[str]) -> list[str]:
        """Names that were asked for and are not among those recorded."""
        return sorted(set(self.channels or ()) - recorded)

    @cached_property
    def _known(self) -> dict[Layout, Layout]:
        return {}

    def _is_wanted(self, lap: Any) -> Any:
        wanted = np.zeros(len(lap), np.bool_)
        for first, last in self.laps:
            wanted |= (lap >= first) & (lap <= last)
        return wanted


def heading(channel: Channel, at: int | None = None) -> str:
    """`Speed (m/s)`, and `LatAccel_ST[2] (m/s^2)` for one value of several."""
    name = channel.name if at is None else f"{channel.name}[{at}]"
    return f"{name} ({channel.unit})" if channel.unit else name


def _narrowed(rows: RowArray, layout: Layout) -> RowArray:
    out = np.empty(len(rows), layout.dtype)
    for name in layout.names():
        out[name] = rows[name]
    return out
