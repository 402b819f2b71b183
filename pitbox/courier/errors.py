"""What can go wrong on the way out.

CourierError
├── AddressError   what was given is no webhook that letters may go to
├── PouchError     the folder of waiting letters does not take or give them
└── WireError      no answer came: offline, too slow, a broken line, a certificate that is not theirs
"""

from pitbox.model.errors import PitBoxError


class CourierError(PitBoxError):
    pass


class AddressError(CourierError):
    pass


class PouchError(CourierError):
    pass


class WireError(CourierError):
    """`is_sent`: the whole letter had gone out, so it may have arrived."""

    def __init__(self, words: str, *, is_sent: bool = False) -> None:
        super().__init__(words)
        self.is_sent = is_sent
