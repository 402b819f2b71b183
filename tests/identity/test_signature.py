"""Signatures: true ones pass, everything else does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from pitbox.identity.device import Identity
from pitbox.identity.errors import IdentityError
from pitbox.identity.verify import verify


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return Identity.load_or_create(tmp_path_factory.mktemp("identity"))


@given(st.binary(max_size=300))
def test_what_was_signed_is_true(identity: Identity, message: bytes):
    assert verify(identity.certificate, message, identity.sign(message))


@given(st.binary(min_size=1, max_size=100), st.data())
def test_another_message_is_not(identity: Identity, message: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(message) * 8 - 1))
    other = bytearray(message)
    other[at // 8] ^= 1 << at % 8
    assert not verify(identity.certificate, bytes(other), identity.sign(message))


def test_no_flipped_bit_of_a_signature_is_true(identity: Identity):
    signature = identity.sign(b"mark")
    for at in range(len(signature) * 8):
        bad = bytearray(signature)
        bad[at // 8] ^= 1 << at % 8
        assert not verify(identity.certificate, b"mark", bytes(bad))


@given(st.binary(max_size=200))
def test_noise_is_no_signature(identity: Identity, noise: bytes):
    assert not verify(identity.certificate, b"mark", noise)


def test_another_device_did_not_sign(identity: Identity, tmp_path: Path):
    other = Identity.load_or_create(tmp_path)
    assert not verify(other.certificate, b"mark", identity.sign(b"mark"))


@given(st.binary(max_size=600))
def test_noise_is_no_certificate(identity: Identity, noise: bytes):
    with pytest.raises(IdentityError, match="cannot be read"):
        verify(noise, b"mark", identity.sign(b"mark"))


@pytest.mark.parametrize("kind", ["rsa", "p384"])
def test_a_key_of_another_kind_is_refused(kind: str):
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pb-other")])
    start = datetime(2000, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=1))
        .sign(key, SHA256())
        .public_bytes(Encoding.DER)
    )  # fmt: skip
    with pytest.raises(IdentityError, match="not P-256"):
        verify(certificate, b"mark", b"signature")
