"""What can be wrong between two devices.

SyncError
├── FrameError            what came is not what a link carries; the link ends
│   ├── CorruptFrameError    its checksum does not fit, or it is no message
│   ├── OversizeFrameError   it claims more than a frame may hold; nothing was allocated
│   └── NestedFrameError     it is nested deeper than any message
├── LinkClosedError       the link has ended; `closing` says why
├── RefusedError          the other side said no, in words
├── ForeignError          a peer broke the rules of a lane, or sent what nobody wrote
├── TrustError            the file of paired devices, or what was asked of it
├── AddressError          not `host:port`
├── InviteError           not an invite, or a mistyped one
└── PairingError          two devices did not become a pair
    ├── WrongCodeError       the six digits were not those shown
    ├── PairingClosedError   no code is open: it ran out, was burnt, or pairing pauses
    └── PairingEndedError    the other side ended the connection without a word
"""

from enum import IntEnum

from pitbox.model.errors import PitBoxError


class SyncError(PitBoxError):
    pass


class FrameError(SyncError):
    pass


class CorruptFrameError(FrameError):
    pass


class OversizeFrameError(FrameError):
    pass


class NestedFrameError(FrameError):
    pass


class Closing(IntEnum):
    """Why a link ended; goes over the wire in BYE."""

    LEFT = 0
    """On purpose: the program ends, or the one that used it is done."""
    REPLACED = 1
    """Another connection of the same pair took its place."""
    REVOKED = 2
    """The devices are no longer paired."""
    DAMAGED = 3
    """What came was no frame."""
    SILENT = 4
    """Nothing was heard for too long."""
    STALLED = 5
    """A frame was begun and not finished in time."""
    BROKEN = 6
    """The connection ended without a word."""


class LinkClosedError(SyncError):
    def __init__(self, closing: Closing, words: str) -> None:
        super().__init__(words)
        self.closing = closing


class Refusal(IntEnum):
    """Why a HELLO was not welcome; goes over the wire in REFUSE."""

    PROTOCOL = 1
    """No version of the protocol is known to both."""
    UNPAIRED = 2
    DUPLICATE = 3
    """This pair has its link already, or is just making it from the other side."""
    MALFORMED = 4
    BUSY = 5


class RefusedError(SyncError):
    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class ForeignError(SyncError):
    pass


class TrustError(SyncError):
    pass


class AddressError(SyncError):
    pass


class InviteError(SyncError):
    pass


class PairingError(SyncError):
    pass


class WrongCodeError(PairingError):
    pass


class PairingClosedError(PairingError):
    pass


class PairingEndedError(PairingError):
    def __init__(self) -> None:
        super().__init__("The other device ended the pairing.")
