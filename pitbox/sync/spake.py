"""SPAKE2 (RFC 9382) with P-256, SHA-256, HKDF and HMAC: two who know the same short code get a strong key.

Whoever listens learns nothing; whoever takes part with a wrong code learns that it was wrong, once. Our own
and not a package: the one for Python speaks another group, has no key confirmation and no test vectors that
others share, while here the RFC's vectors are a test. Not constant-time, which a code that is used once
forgives. Pure.
"""

import hashlib
import hmac
import secrets
import struct

import msgspec

from pitbox.sync.curve import GENERATOR, ORDER, Point, add, decode, decompress, encode, multiply, negate
from pitbox.sync.errors import PairingError

_M = decompress(bytes.fromhex("02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f"))
_N = decompress(bytes.fromhex("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"))
"""The RFC's constants: nobody knows their logarithms."""


class Keys(msgspec.Struct, frozen=True):
    """What both sides have in the end, if they knew the same code."""

    shared: bytes
    own_proof: bytes
    far_proof: bytes
    """What the far side's proof has to be; compare it with `hmac.compare_digest`."""


def scalar_of(code: str, salt: bytes) -> int:
    """The code as a number; slow and memory-hard on purpose (50 ms, 16 MiB)."""
    stretched = hashlib.scrypt(code.encode(), salt=salt, n=1 << 14, r=8, p=1, dklen=40)
    return int.from_bytes(stretched) % ORDER


class Spake2:
    """One side of one run. The first is the one that sends first."""

    def __init__(self, code: int, *, is_first: bool, scalar: int | None = None) -> None:
        self._code = code % ORDER
        self._is_first = is_first
        self._scalar = secrets.randbelow(ORDER - 1) + 1 if scalar is None else scalar
        own = multiply(self._scalar, GENERATOR)
        self.share = encode(add(multiply(self._code, _M if is_first else _N), own))
        """What goes to the other side."""

    def finish(self, far_share: bytes, first: bytes, second: bytes, bound: bytes = b"") -> Keys:
        """The keys, if both name the two sides alike; raises PairingError for what is no share.

        `bound` is whatever else both must have seen alike.
        """
        try:
            far = decode(far_share)
            mask = multiply(self._code, _N if self._is_first else _M)
            common = multiply(self._scalar, add(far, negate(mask)))
        except ValueError:
            raise PairingError("The other side sent what is no point of the curve.") from None
        transcript = self._transcript((first, second), far_share, common)
        digest = hashlib.sha256(transcript).digest()
        proof_keys = hkdf(digest[16:], b"ConfirmationKeys" + bound, 32)
        proofs = [hmac.digest(key, transcript, "sha256") for key in (proof_keys[:16], proof_keys[16:])]
        own, far_proof = proofs if self._is_first else reversed(proofs)
        return Keys(digest[:16], own, far_proof)

    def _transcript(self, names: tuple[bytes, bytes], far_share: bytes, common: Point) -> bytes:
        shares = (self.share, far_share) if self._is_first else (far_share, self.share)
        parts = (*names, *shares, encode(common), self._code.to_bytes(32))
        return b"".join(struct.pack("<Q", len(part)) + part for part in parts)


def hkdf(key: bytes, info: bytes, size: int) -> bytes:
    """RFC 5869 with SHA-256 and no salt."""
    extracted = hmac.digest(bytes(32), key, "sha256")
    expanded = block = b""
    number = 1
    while len(expanded) < size:
        block = hmac.digest(extracted, block + info + bytes([number]), "sha256")
        expanded += block
        number += 1
    return expanded[:size]
