"""The channels that may be drawn, as a list shows them: formulas, common ones, all others. Loads no Qt."""

from collections.abc import Sequence

import msgspec

from pitbox.store.lap_list import ListedChannel
from pitbox.ui.scene.lap_layout import DELTA, LapLayout
from pitbox.ui.scene.lap_unit import friendly, scale_of
from pitbox.ui.scene.words import Units

COMMON = (
    "Speed",
    "Throttle",
    "Brake",
    "Gear",
    "SteeringWheelAngle",
    "RPM",
    "LatAccel",
    "LongAccel",
    "YawRate",
    "FuelLevel",
)


class ChannelRow(msgspec.Struct, frozen=True):
    name: str
    title: str
    unit: str
    words: str
    is_shown: bool


def channel_rows(
    known: Sequence[ListedChannel], layout: LapLayout, units: Units, text: str = ""
) -> tuple[ChannelRow, ...]:
    """All words of the text must stand in its name or its description."""
    wanted = text.casefold().split()
    there = {one.name: one for one in known}
    names = [DELTA, *layout.formulas, *(one for one in COMMON if one in there)]
    names += [one.name for one in known]
    rows = (_row(name, there.get(name), layout, units) for name in dict.fromkeys(names))
    if not known:
        return ()
    return tuple(row for row in rows if all(word in f"{row.title} {row.words}".casefold() for word in wanted))


def _row(name: str, channel: ListedChannel | None, layout: LapLayout, units: Units) -> ChannelRow:
    is_shown = name in layout.strips
    if name == DELTA:
        return ChannelRow(name, name, "s", "Delta: the time against the reference.", is_shown)
    formula = layout.formulas.get(name)
    if formula is not None or channel is None:
        return ChannelRow(name, name, "", f"{name} = {formula}", is_shown)
    words = f"{name}: {channel.words}." if channel.words else f"{name}."
    unit = scale_of(name, channel.unit, units).unit
    return ChannelRow(name, friendly(name), "" if "_" in unit else unit, words, is_shown)
