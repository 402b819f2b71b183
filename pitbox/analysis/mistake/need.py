"""Which channels each kind of mistake is told by, the surest way first, and what is missing of them."""

from collections.abc import Iterable

from pitbox.analysis.driven import MistakeKind

WHEELS = ("LFspeed", "RFspeed", "LRspeed", "RRspeed")
"""On disk only: a live sim keeps the speeds of its wheels to itself."""
PLACE = ("Lat", "Lon")
MOTION = ("VelocityX", "VelocityY", "Yaw")
DRIVE_LINE = ("RPM", "Gear")

_WAYS: dict[MistakeKind, tuple[tuple[str, ...], ...]] = {
    MistakeKind.LOCK_UP: (
        ("Speed", "Brake", *WHEELS),
        ("Speed", "Brake", *DRIVE_LINE),
        ("Speed", "Brake", "LongAccel"),
    ),
    MistakeKind.WHEELSPIN: (("Speed", "Throttle", *WHEELS), ("Speed", "Throttle", *DRIVE_LINE)),
    MistakeKind.OFF: (("PlayerTrackSurface",),),
    MistakeKind.SPIN: (("Speed", "VelocityX", "VelocityY"), ("Speed", "Yaw")),
    MistakeKind.MISSED_APEX: (PLACE, MOTION),
    MistakeKind.EARLY_LIFT: (("Throttle",),),
}
"""Any one of the ways is enough."""

CHANNELS = tuple(
    sorted(
        {name for ways in _WAYS.values() for way in ways for name in way}
        | {"BrakeABSactive", "Clutch", "OnPitRoad", "YawRate"}
    )
)
"""All that are worth having."""


def ways(kind: MistakeKind, channels: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Those that these channels allow, the surest first."""
    known = frozenset(channels)
    return tuple(way for way in _WAYS[kind] if known.issuperset(way))


def what_is_missing(channels: Iterable[str]) -> dict[MistakeKind, str]:
    """The kinds that cannot be told, each with the channels that would tell it most easily."""
    known = frozenset(channels)
    missing = {}
    for kind, each in _WAYS.items():
        if not any(known.issuperset(way) for way in each):
            fewest = min(([name for name in way if name not in known] for way in each), key=len)
            missing[kind] = f"no {', '.join(fewest)}"
    return missing
