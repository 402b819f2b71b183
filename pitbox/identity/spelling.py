"""How people read, say and type a device id: four groups of six base32 letters and a check letter each.

The groups hold the id's first 120 bits. The check letter is a polynomial over GF(32), seeded with the
group's place: it finds any one wrong letter, any two letters of a group that changed places, and groups
that did.
"""

from base64 import b32decode, b32encode

from pitbox.identity.errors import MistypedDeviceError
from pitbox.model.ids import DeviceId

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOOKALIKES = str.maketrans("018", "OIB")
_GROUPS = 4
_LETTERS = 6
_TYPED = _LETTERS + 1
_HEX_DIGITS = _GROUPS * _LETTERS * 5 // 4


def show(device: DeviceId) -> str:
    """`XXXXXXX-XXXXXXX-XXXXXXX-XXXXXXX`."""
    letters = b32encode(bytes.fromhex(device[:_HEX_DIGITS])).decode("ascii")
    groups = [letters[at : at + _LETTERS] for at in range(0, len(letters), _LETTERS)]
    return "-".join(group + _check(place, group) for place, group in enumerate(groups))


def parse(text: str) -> str:
    """The first 30 hex digits of the id that was shown so; raises MistypedDeviceError and says where."""
    typed = "".join(text.upper().replace("-", "").split()).translate(_LOOKALIKES)
    strange = next((letter for letter in typed if letter not in _ALPHABET), None)
    if strange is not None:
        raise MistypedDeviceError(f"A device id has no {strange!r}: it is made of A to Z and 2 to 7.")
    if len(typed) != _GROUPS * _TYPED:
        raise MistypedDeviceError(
            f"A device id has {_GROUPS} groups of {_TYPED} letters; this one has {len(typed)} letters in all."
        )
    letters = ""
    for place in range(_GROUPS):
        group = typed[place * _TYPED : (place + 1) * _TYPED]
        if group[-1] != _check(place, group[:-1]):
            raise MistypedDeviceError(f"Group {place + 1} of the device id, {group}, has a slip in it.")
        letters += group[:-1]
    return b32decode(letters).hex()


def _check(place: int, group: str) -> str:
    value = place + 1
    for letter in group:
        value = _times_x(value) ^ _ALPHABET.index(letter)
    return _ALPHABET[_times_x(value)]


def _times_x(value: int) -> int:
    """In GF(32) with x^5 + x^2 + 1, where x has order 31."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value
