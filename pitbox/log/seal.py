"""What a mark or a seal vouches for: the chain over all records, signed by the device.

`chain(0)` is the hash of the log's id; each mark or seal hashes the chain before it and the framed
bytes of the records since. So a commit can be checked knowing only the mark before it.
"""

import hashlib

import msgspec

from pitbox.identity.errors import IdentityError
from pitbox.identity.verify import verify
from pitbox.model.ids import LogId
from pitbox.wire.record import MarkRecord, SealRecord, encode

_DOMAIN = b"pitbox log 1\0"


def first_chain(log: LogId) -> bytes:
    return hashlib.sha256(_DOMAIN + msgspec.msgpack.encode(log)).digest()


def next_chain(before: bytes, records: bytes) -> bytes:
    """The chain that a mark behind these framed records holds."""
    chain = Chain(before)
    chain.feed(records)
    return chain.value()


class Chain:
    """The same, one record at a time, fed with framed records; marks and seals are not hashed."""

    def __init__(self, before: bytes) -> None:
        self.before = before
        self._digest = hashlib.sha256(before)

    def feed(self, data: bytes | memoryview) -> None:
        self._digest.update(data)

    def value(self) -> bytes:
        return self._digest.digest()


class Trail:
    """What a trail record holds: a hash over the marks and seals since the trail before, framed."""

    def __init__(self) -> None:
        self.marks = 0
        self._digest = hashlib.sha256()

    def feed(self, mark: bytes | memoryview) -> None:
        self.marks += 1
        self._digest.update(mark)

    def value(self) -> bytes:
        return self._digest.digest()


def signed_message(log: LogId, seq: int, record: MarkRecord | SealRecord) -> bytes:
    """The bytes under a signature: the log, the place in it, and the record without its signature."""
    bare = msgspec.structs.replace(record, signature=b"")
    return _DOMAIN + msgspec.msgpack.encode(log) + seq.to_bytes(8, "little") + encode(bare)


def is_signed(certificate: bytes, log: LogId, seq: int, record: MarkRecord | SealRecord) -> bool:
    """True when the log's own device signed this mark or seal."""
    if hashlib.sha256(certificate).hexdigest() != log.device:
        return False
    try:
        return verify(certificate, signed_message(log, seq, record), record.signature)
    except IdentityError:  # a stranger's certificate that is none, under its own hash
        return False
