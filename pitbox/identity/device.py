"""The identity of this device: a P-256 key and a self-signed certificate that never run out.

Loading is in the start-up path of the collector: the modules that parse certificates and keys of any
kind would cost 35 ms there, and a key of one known form needs neither.
"""

from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from pitbox.identity import keyfile
from pitbox.identity.errors import DamagedIdentityError
from pitbox.model.ids import DeviceId

_ECDSA = ec.ECDSA(SHA256())
# PKCS #8 of a P-256 key as OpenSSL writes it: only the secret number and the public point vary.
_BEFORE_SECRET = bytes.fromhex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420")
_BEFORE_POINT = bytes.fromhex("a14403420004")


class Identity:
    """Signs as this device; a `model.sign.Signer`. Any thread may sign."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: bytes, key_file: Path) -> None:
        self._key = key
        self._certificate = certificate
        self._key_file = key_file
        self._device = device_of(certificate)

    @classmethod
    def load_or_create(cls, folder: Path) -> Self:
        """The identity that lies in `folder`; the first caller of all processes makes it."""
        text = keyfile.read(folder)
        if text is None:
            from pitbox.identity.birth import new_key_and_certificate  # noqa: PLC0415 - x509 takes 25 ms

            text = keyfile.create(folder, *new_key_and_certificate())
        return cls._from_text(text, keyfile.path(folder))

    @classmethod
    def replace(cls, folder: Path) -> Self:
        """A new identity, on purpose: the old file is kept aside and every pairing is void."""
        keyfile.set_aside(folder)
        return cls.load_or_create(folder)

    @property
    def device(self) -> DeviceId:
        return self._device

    @property
    def certificate(self) -> bytes:
        return self._certificate

    @property
    def key_file(self) -> Path:
        """The PEM file of key and certificate: TLS reads no other form."""
        return self._key_file

    def sign(self, message: bytes) -> bytes:
        """ECDSA P-256 over SHA-256, in DER."""
        return self._key.sign(message, _ECDSA)

    @classmethod
    def _from_text(cls, text: bytes, source: Path) -> Self:
        key_der, certificate = keyfile.parse(text, source)
        key = _read_key(key_der)
        if key is None:
            raise DamagedIdentityError(keyfile.damage(source, "its key is not a P-256 key"))
        if key_der[-64:] not in certificate:
            raise DamagedIdentityError(keyfile.damage(source, "its key and its certificate are not a pair"))
        return cls(key, certificate, source)


def device_of(certificate: bytes) -> DeviceId:
    """The id of the device that holds this certificate (DER)."""
    return DeviceId(sha256(certificate).hexdigest())


def _read_key(der: bytes) -> ec.EllipticCurvePrivateKey | None:
    """The key, None when this is no P-256 key that fits the public point beside it."""
    head, secret, middle, point = der[:36], der[36:68], der[68:74], der[74:]
    if (head, middle) != (_BEFORE_SECRET, _BEFORE_POINT):
        return None
    try:
        key = ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1())
    except ValueError:
        return None
    public = key.public_key().public_numbers()
    return key if point == public.x.to_bytes(32) + public.y.to_bytes(32) else None
