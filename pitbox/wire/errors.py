"""What can be wrong with bytes.

WireError
├── OversizeError      more than a limit allows; nothing was allocated
├── MalformedError     not what it claims to be
└── UnknownLayoutError a block came before the layout it names
"""

from pitbox.model.errors import PitBoxError


class WireError(PitBoxError):
    pass


class OversizeError(WireError):
    pass


class MalformedError(WireError):
    pass


class UnknownLayoutError(WireError):
    pass
