"""A client written from docs/sync-protocol.md and docs/log-format.md alone: no code of PitBox is in it."""

import hashlib
import hmac
import secrets
import socket
import ssl
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgpack
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

HELLO, WELCOME, REFUSE, PING, PONG, BYE = range(1, 7)
HAVE, WANT, BEGIN, RECORDS, ACK, LACK, CEASE = range(16, 23)
SUBSCRIBE, CHANNELS, LIVE, SNAPSHOT = range(32, 36)
KNOCK, ANSWER, PROOF, SEALED, SORRY = range(1, 6)

DOMAIN = b"pitbox log 1\0"
MARK, SEAL = 1, 2


class Device:
    """A key and the certificate that it signed for itself."""

    def __init__(self, folder: Path) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        common_name = f"pb-{hashlib.sha256(spki).hexdigest()[:16]}"
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
            .sign(self.key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(Encoding.DER)
        self.fingerprint = hashlib.sha256(self.certificate).digest()
        self.file = folder / "other.pem"
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))

    @property
    def device(self) -> str:
        return self.fingerprint.hex()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


class Frames:
    """`u32 len | u32 crc32 | payload` over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        connection.settimeout(10)

    def send(self, *message: Any) -> None:
        payload = msgpack.packb(message)
        size = struct.pack("<I", len(payload))
        self._socket.sendall(size + struct.pack("<I", zlib.crc32(size + payload)) + payload)

    def receive(self) -> list[Any]:
        size, crc = struct.unpack("<II", head := self._exactly(8))
        payload = self._exactly(size)
        assert zlib.crc32(head[:4] + payload) == crc
        message: list[Any] = msgpack.unpackb(payload)
        return message

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            assert piece, "the connection ended"
            data += piece
        return data


# -- pairing: SPAKE2 of RFC 9382 over P-256, by hand

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
Point = tuple[int, int] | None


def lift(is_odd: bool, x: int) -> Point:
    y = pow(x**3 - 3 * x + B, (P + 1) // 4, P)
    return x, y if y % 2 == is_odd else P - y


M = lift(False, 0x886E2F97ACE46E55BA9DD7242579F2993B64E16EF3DCAB95AFD497333D8FA12F)
N = lift(True, 0xD8BBD6C639C62937B04D997F38C3770719C629D7014D49A24B4F98BAA1292B49)
G = lift(True, 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296)


def add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and one[1] != other[1]:
        return None
    if one == other:
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope**2 - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number: int, point: Point) -> Point:
    total: Point = None
    for bit in f"{number % ORDER:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def flat(point: Point) -> bytes:
    assert point is not None
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def hkdf(key: bytes, info: bytes, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, None, info).derive(key)


def pair(place: tuple[str, int], digits: str, me: Device, name: str) -> list[Any]:
    """Type the digits that are shown there, and accept: `[certificate, name, role, port, signature]`."""
    frames = Frames(socket.create_connection(place, 10))
    stretched = hashlib.scrypt(digits.encode(), salt=b"PitBox pairing 1", n=2**14, r=8, p=1, dklen=40)
    w, x = int.from_bytes(stretched, "big") % ORDER, secrets.randbelow(ORDER - 1) + 1
    share = flat(add(times(w, M), times(x, G)))
    frames.send(KNOCK, 1, me.fingerprint, share)
    number, version, theirs, their_share = frames.receive()[:4]
    assert (number, version) == (ANSWER, 1)
    far = int.from_bytes(their_share[1:33], "big"), int.from_bytes(their_share[33:], "big")
    common = times(x, add(far, times(ORDER - w, N)))
    parts = me.fingerprint, theirs, share, their_share, flat(common), w.to_bytes(32, "big")
    transcript = b"".join(struct.pack("<Q", len(part)) + part for part in parts)
    digest = hashlib.sha256(transcript).digest()
    confirm = hkdf(digest[16:], b"ConfirmationKeys", 32)
    frames.send(PROOF, hmac.digest(confirm[:16], transcript, "sha256"))
    number, proof = frames.receive()[:2]
    assert number == PROOF, proof
    assert proof == hmac.digest(confirm[16:], transcript, "sha256")

    outward = ChaCha20Poly1305(hkdf(digest[:16], b"PitBox pairing first", 32))
    inward = ChaCha20Poly1305(hkdf(digest[:16], b"PitBox pairing second", 32))
    seen = hashlib.sha256(b"PitBox pairing" + me.fingerprint + theirs + share + their_share).digest()
    mine = [me.certificate, name, "engineer", 0, me.sign(b"first" + seen)]
    for nonce, words in enumerate((mine, [True])):
        frames.send(SEALED, outward.encrypt(nonce.to_bytes(12, "big"), msgpack.packb(words), None))
    credential, verdict = (
        msgpack.unpackb(inward.decrypt(nonce.to_bytes(12, "big"), frames.receive()[1], None))
        for nonce in range(2)
    )
    assert hashlib.sha256(credential[0]).digest() == theirs
    verify(credential[0], credential[4], b"second" + seen)
    assert verdict == [True]
    frames.close()
    return list(credential)


def verify(certificate: bytes, signature: bytes, data: bytes) -> None:
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, data, ec.ECDSA(hashes.SHA256()))


# -- a link


class Link:
    """One lane to a paired device, from its WELCOME on."""

    def __init__(self, place: tuple[str, int], me: Device, far: bytes, lane: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.load_cert_chain(me.file)
        context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(far))
        connection = context.wrap_socket(socket.create_connection(place, 10))
        assert connection.getpeercert(binary_form=True) == far
        self.frames = Frames(connection)
        hello = [1, 1, lane, secrets.token_hex(8), "Other", "engineer", "another client", {"log": 1}, 0]
        self.frames.send(HELLO, *hello)
        self.welcome = self.frames.receive()
        assert self.welcome[:2] == [WELCOME, 1], self.welcome
        session = connection.session
        self.can_resume = session is not None and session.has_ticket
        """Whether it got a ticket with which to come back without showing its certificate."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.frames.send(BYE, 0, "enough")
        self.frames.close()

    def send(self, *message: Any) -> None:
        self.frames.send(*message)

    def hear(self, *numbers: int) -> list[Any]:
        """The next message of one of these; pings are answered, all others passed over."""
        while True:
            message = self.frames.receive()
            if message[0] == PING:
                self.frames.send(PONG, message[1])
            assert message[0] not in (REFUSE, BYE), message
            if message[0] in numbers:
                return message


def all_offers(link: Link) -> list[Any]:
    """All that can be had over this link: `[[log, next_seq, is_open], ...]`."""
    offers: list[Any] = []
    while True:
        _, some, is_all = link.hear(HAVE)[:3]
        offers += some
        if is_all:
            return offers


def fetch(link: Link, log: list[Any], end_seq: int, credit: int) -> tuple[bytes, bytes]:
    """(certificate, records) of a log up to `end_seq`; more credit only for what was taken."""
    link.send(WANT, log, 0, credit, 0)
    _, named, certificate = link.hear(BEGIN)[:3]
    assert named == log
    data, next_seq = b"", 0
    while next_seq < end_seq:
        _, named, first_seq, some = link.hear(RECORDS)[:4]
        assert (named, first_seq) == (log, next_seq)
        next_seq += sum(1 for _ in records(some))
        data += some
        link.send(ACK, log, next_seq, len(some))
    link.send(CEASE, log)
    return certificate, data


# -- the log


def records(data: bytes) -> Iterator[tuple[int, bytes, list[Any]]]:
    """(seq, the record as it lies there, what it says)."""
    at = 0
    while at < len(data):
        seq, size, crc = struct.unpack_from("<QII", data, at)
        payload = data[at + 16 : at + 16 + size]
        assert zlib.crc32(data[at : at + 12] + payload) == crc
        yield seq, data[at : at + 16 + size], msgpack.unpackb(payload)
        at += 16 + size


def check(log: list[Any], certificate: bytes, data: bytes) -> int:
    """Marks in it whose chain and signature hold; fails at the first that does not."""
    assert hashlib.sha256(certificate).hexdigest() == log[1]
    name = msgpack.packb(log)
    chain, since, marks = hashlib.sha256(DOMAIN + name).digest(), b"", 0
    for seq, frame, payload in records(data):
        if payload[1] not in (MARK, SEAL):
            since += frame
            continue
        chain, since, marks = hashlib.sha256(chain + since).digest(), b"", marks + 1
        *bare, signature = payload
        assert bare[-2:] == [seq, chain]
        verify(certificate, signature, DOMAIN + name + struct.pack("<Q", seq) + msgpack.packb([*bare, b""]))
    return marks


def write(me: Device, log: list[Any], payloads: list[list[Any]]) -> bytes:
    """These records and a mark behind them."""
    name = msgpack.packb(log)
    body = b"".join(_record(seq, msgpack.packb(payload)) for seq, payload in enumerate(payloads))
    chain = hashlib.sha256(hashlib.sha256(DOMAIN + name).digest() + body).digest()
    bare = [1, MARK, 0.0, len(payloads), chain]
    bound = DOMAIN + name + struct.pack("<Q", len(payloads)) + msgpack.packb([*bare, b""])
    return body + _record(len(payloads), msgpack.packb([*bare, me.sign(bound)]))


def _record(seq: int, payload: bytes) -> bytes:
    head = struct.pack("<QI", seq, len(payload))
    return head + struct.pack("<I", zlib.crc32(head + payload)) + payload
