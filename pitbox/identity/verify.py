"""Whether a device's signature is true."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from pitbox.identity.errors import IdentityError

_ECDSA = ec.ECDSA(SHA256())


def verify(certificate: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of `certificate` (DER) signed `message`; IdentityError when it is no certificate."""
    try:
        _public_key(certificate).verify(signature, message, _ECDSA)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _public_key(certificate: bytes) -> ec.EllipticCurvePublicKey:
    """Kept, because a log has thousands of marks by one device."""
    from cryptography import x509  # noqa: PLC0415 - 25 ms, and a collector that only writes never needs it

    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise IdentityError("The certificate of a device cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise IdentityError("The certificate of a device holds a key that is not P-256.")
    return key
