"""What the two lanes carry: one table of messages, each a MessagePack array that begins with its number.

The log lane moves records of logs; the live lane moves what is only worth having fresh. Structs grow only
at the end, and what is added has a default: so older and newer minor versions read each other.
"""

from typing import Annotated, Union

import msgspec
from msgspec import Meta

from pitbox.model.ids import DeviceId, LogId, SessionId

_Session = Annotated[str, Meta(pattern=r"^(?!(con|prn|aux|nul|com[0-9]|lpt[0-9])$)[a-z0-9][a-z0-9-]{0,63}\Z")]
"""A folder's name on any system: Windows keeps some for devices."""
_Device = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
_U64 = Annotated[int, Meta(ge=0)]
_Seq = Annotated[int, Meta(ge=0, le=1 << 62)]
_Bytes = Annotated[int, Meta(ge=0, le=1 << 30)]
_Certificate = Annotated[bytes, Meta(max_length=4096)]

MOST_OFFERS = 512
"""In one HAVE; more go into the next."""
MOST_MEMBERS = 64
"""For whom one device vouches: as many as it can be paired with."""
MOST_CHANNELS = 256
MOST_CHANNEL_VALUES = 4096


_Names = Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=MOST_CHANNELS)]


class LogName(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A log's name; what it spells can be a folder's name on any system."""

    session: _Session
    device: _Device
    epoch: _U64

    @classmethod
    def of(cls, log: LogId) -> "LogName":
        return cls(log.session, log.device, log.epoch)

    @property
    def log(self) -> LogId:
        return LogId(SessionId(self.session), DeviceId(self.device), self.epoch)


class Offer(msgspec.Struct, frozen=True, array_like=True):
    log: LogName
    next_seq: _Seq
    """One past the last record that can be had."""
    is_open: bool = False
    """It is being written now."""


class Have(msgspec.Struct, frozen=True, array_like=True, tag=16):
    """Log lane, both ways: what can be had from here; all of it first, then what changed."""

    offers: Annotated[tuple[Offer, ...], Meta(max_length=MOST_OFFERS)]
    is_all: bool = False
    """The first list is complete with this one."""


class Want(msgspec.Struct, frozen=True, array_like=True, tag=17):
    """Log lane: send this log from there on, and what will be added; stop at `until_seq` unless it is 0.

    No more than `credit` bytes of records may be under way before an ACK gives more.
    """

    log: LogName
    from_seq: _Seq
    credit: _Bytes
    until_seq: _Seq = 0


class Begin(msgspec.Struct, frozen=True, array_like=True, tag=18):
    """Log lane, the answer to WANT, before its first RECORDS: who wrote the log."""

    log: LogName
    certificate: _Certificate
    """DER; its SHA-256 is the log's device."""


class Records(msgspec.Struct, frozen=True, array_like=True, tag=19):
    """Log lane: consecutive records as they lie on disk, the oldest first, never one that is not durable."""

    log: LogName
    first_seq: _Seq
    data: bytes


class Ack(msgspec.Struct, frozen=True, array_like=True, tag=20):
    """Log lane: all before `durable_seq` is synced here; `credit` more bytes may come."""

    log: LogName
    durable_seq: _Seq
    credit: _Bytes = 0


class Lack(msgspec.Struct, frozen=True, array_like=True, tag=21):
    """Log lane: these records are damaged or gone here; the WANT ends with it."""

    log: LogName
    first_seq: _Seq
    end_seq: _Seq


class Cease(msgspec.Struct, frozen=True, array_like=True, tag=22):
    """Log lane: a WANT is taken back."""

    log: LogName


class Member(msgspec.Struct, frozen=True, array_like=True):
    device: _Device
    role: Annotated[str, Meta(max_length=16)]


class Vouch(msgspec.Struct, frozen=True, array_like=True, tag=23):
    """Log lane, from an engineer: who else is paired with this device and may do what here; all of them."""

    members: Annotated[tuple[Member, ...], Meta(max_length=MOST_MEMBERS)]


class Subscribe(msgspec.Struct, frozen=True, array_like=True, tag=32):
    """Live lane: send values, so many times a second at most; 0 of both ends it."""

    own_hz: Annotated[float, Meta(ge=0, le=120)] = 60.0
    field_hz: Annotated[float, Meta(ge=0, le=60)] = 4.0
    own_channels: _Names = ()
    """Empty: those that the sender thinks best."""
    field_channels: _Names = ()


class LiveChannel(msgspec.Struct, frozen=True, array_like=True):
    name: Annotated[str, Meta(max_length=64)]
    kind: Annotated[str, Meta(pattern=r"^(b1|i1|i2|i4|u4|f4|f8)$")]
    count: Annotated[int, Meta(ge=1, le=MOST_CHANNEL_VALUES)] = 1


class Channels(msgspec.Struct, frozen=True, array_like=True, tag=33):
    """Live lane: how the values of one stream are packed from here on."""

    session: _Session
    device: _Device
    """Whose collector measures them."""
    stream: Annotated[str, Meta(pattern=r"^(own|field)$")]
    channels: Annotated[tuple[LiveChannel, ...], Meta(max_length=MOST_CHANNELS)]


class Live(msgspec.Struct, frozen=True, array_like=True, tag=34):
    """Live lane: the newest row of one stream, little-endian and packed; older ones are not sent late."""

    stream: Annotated[str, Meta(pattern=r"^(own|field)$")]
    seq: _Seq
    """Counts the rows of this stream that could have been sent: a jump shows how many were not."""
    sim_time_s: float
    values: Annotated[bytes, Meta(max_length=64 << 10)]


class Snapshot(msgspec.Struct, frozen=True, array_like=True, tag=35):
    """Live lane: the race as the sender's folds see it; provisional, never stored."""

    session: _Session
    as_of: Annotated[tuple[Offer, ...], Meta(max_length=MOST_OFFERS)]
    """How far each log is in it."""
    state: Annotated[bytes, Meta(max_length=512 << 10)]


LOG_MESSAGES: tuple[type[msgspec.Struct], ...] = (Have, Want, Begin, Records, Ack, Lack, Cease, Vouch)
LIVE_MESSAGES: tuple[type[msgspec.Struct], ...] = (Subscribe, Channels, Live, Snapshot)


def tags(kinds: tuple[type[msgspec.Struct], ...]) -> frozenset[int]:
    """Their numbers: a message of another one comes from a newer version, and is passed over."""
    return frozenset(int(kind.__struct_config__.tag or 0) for kind in kinds)


LogMessage = Union[Have, Want, Begin, Records, Ack, Lack, Cease]  # noqa: UP007 - read at run time
LiveMessage = Union[Subscribe, Channels, Live, Snapshot]  # noqa: UP007 - read at run time
LaneMessage = Union[Have, Want, Begin, Records, Ack, Lack, Cease, Vouch]  # noqa: UP007 - read at run time
"""What comes over the log lane: what moves logs, and a word about people."""
log_messages: msgspec.msgpack.Decoder[LaneMessage] = msgspec.msgpack.Decoder(LaneMessage)
live_messages: msgspec.msgpack.Decoder[LiveMessage] = msgspec.msgpack.Decoder(LiveMessage)
