"""What somebody who is not paired, or not sane, sends; no test in it."""

import asyncio
import contextlib
import os
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pitbox.identity.device import Identity
from pitbox.sync.address import Address

FLOOD = """
import contextlib, select, socket, sys
port, count = map(int, sys.argv[1:3])
host = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1"
for _ in range(count // 100):
    batch = [socket.socket() for _ in range(100)]
    for connection in batch:
        connection.setblocking(False)
        connection.connect_ex((host, port))
    for number, connection in enumerate(batch):
        select.select([], [connection], [], 5)
        with contextlib.suppress(OSError):
            connection.send((b"garbage", b"\\x16\\x03\\x01", b"\\x00")[number % 3])
    for connection in batch:
        connection.close()
"""
"""Connect, say a word, go; as fast as one process can."""


async def what_comes(place: Address, context: ssl.SSLContext | None, words: bytes) -> bytes:
    """All bytes that a rogue gets for its words; none when it is thrown out before."""
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection(place.host, place.port, ssl=context)
        try:
            writer.write(words)
            await writer.drain()
            return await asyncio.wait_for(reader.read(1 << 16), 5)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    return b""


def trusting_nobody(key_file: Path | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if key_file is not None:
        context.load_cert_chain(key_file)
    return context


def forge(folder: Path, common_name: str, issuer: Identity | None = None) -> tuple[Path, bytes]:
    """A certificate of this name with a key of its own, signed by itself or by a paired device."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    parent = x509.load_der_x509_certificate(issuer.certificate) if issuer else None
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(parent.subject if parent else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(1990, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=parent is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                parent.public_key() if parent else key.public_key()  # type: ignore[arg-type]
            ),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False)
    )
    certificate = builder.sign(issuer._key if issuer else key, SHA256())
    path = folder / f"{os.urandom(4).hex()}.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return path, certificate.public_bytes(Encoding.DER)
