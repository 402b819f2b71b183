"""A reader written from docs/log-format.md alone: no code of PitBox reads anything here."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgpack
import numpy as np
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate
from river import FIELD, OWN, SLOW, ticks, write_log

from pitbox.identity.device import Identity
from pitbox.wire.block import quantise
from pitbox.wire.record import RECORD_TYPES

DOMAIN = b"pitbox log 1\0"
CHECKOUT = Path(__file__).parents[2]


def records(folder: Path) -> Iterator[tuple[int, bytes, list, list]]:
    """(seq, the record's bytes, its payload decoded, the head of its file)."""
    heads = []
    for path in sorted(folder.glob("*.seg")):
        data = path.read_bytes()
        assert data[:8] == b"PBSEG1\r\n"
        size, crc = struct.unpack_from("<II", data, 8)
        assert zlib.crc32(data[16 : 16 + size]) == crc
        heads.append((data, 16 + size, msgpack.unpackb(data[16 : 16 + size])))
    for number, (data, start, head) in enumerate(heads):
        offset = start
        end = heads[number + 1][2][3] if number + 1 < len(heads) else None
        expected = head[3]
        while offset < len(data):
            seq, size, crc = struct.unpack_from("<QII", data, offset)
            payload = data[offset + 16 : offset + 16 + size]
            assert zlib.crc32(data[offset : offset + 12] + payload) == crc
            assert seq == expected
            if end is None or seq < end:
                yield seq, data[offset : offset + 16 + size], msgpack.unpackb(payload), head
            offset, expected = offset + 16 + size, seq + 1


def read_block(channels: list[list], row_count: int, data: bytes) -> dict[str, np.ndarray]:
    sizes = [int(kind[1]) * count for _, kind, count, *_ in channels]
    plain_size = sum(s for s, channel in zip(sizes, channels, strict=True) if not channel[5])
    flat = np.frombuffer(zstandard.ZstdDecompressor().decompress(data), np.uint8)
    plain = flat[: plain_size * row_count].reshape(plain_size, row_count).T.copy()
    for row in range(1, row_count):
        plain[row] ^= plain[row - 1]
    stepped = flat[plain_size * row_count :].reshape(-1, row_count).T.copy()
    columns, at, step_at = {}, 0, 0
    for (name, kind, count, _, _, step), size in zip(channels, sizes, strict=True):
        if step:
            columns[name] = read_steps(stepped[:, step_at : step_at + size], count) * step
            step_at += size
        else:
            columns[name] = plain[:, at : at + size].copy().view("<" + kind if kind[1] != "1" else kind)
            at += size
    return columns


def read_steps(raw: np.ndarray, count: int) -> np.ndarray:
    zigzag = raw.copy().view("<u4").astype(np.int64).reshape(-1, count)
    value = (zigzag >> 1) ^ -(zigzag & 1)
    for row in range(2, len(value)):
        value[row] += value[row - 1]
    for row in range(1, len(value)):
        value[row] += value[row - 1]
    return (value + 2**31) % 2**32 - 2**31


def test_rows_read_by_the_document_are_the_rows_written(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    layouts: dict[int, list] = {}
    columns: dict[str, dict[str, list[np.ndarray]]] = {"own": {}, "field": {}, "slow": {}}
    for _, _, payload, _ in records(writer.folder):
        if payload[1] == 3:
            layouts[payload[3]] = payload[4]
        elif payload[1] == 5:
            stream, channels = layouts[payload[5]]
            for name, values in read_block(channels, payload[6], payload[7]).items():
                columns[stream].setdefault(name, []).append(values)
    whole = ticks(0, 240)
    for stream, layout in (("own", OWN), ("field", FIELD)):
        wanted = quantise(layout, getattr(whole, stream))
        for name in layout.names():
            got = np.concatenate(columns[stream][name])
            np.testing.assert_array_equal(got.reshape(wanted[name].shape), wanted[name], err_msg=name)
    slow = np.concatenate(columns["slow"]["CarIdxLastLapTime"])
    assert sorted(set(slow[:, 0])) == [100, 101, 102, 103, 104, 105]
    assert set(columns["slow"]) == set(SLOW.names())


def test_the_chain_and_every_signature_hold_as_described(tmp_path: Path, identity: Identity) -> None:
    writer, done = write_log(tmp_path, identity)
    session, device, epoch = writer.log.session, writer.log.device, writer.log.epoch
    name = msgpack.packb([session, device, epoch])
    chain = hashlib.sha256(DOMAIN + name).digest()
    since, marks, seals, last_seal, covered = b"", 0, 0, b"", 0
    walked, trails = [], 0
    for seq, record, payload, head in records(writer.folder):
        assert head[1] == [session, device, epoch]
        if payload[1] not in (1, 2):
            since += record
            if payload[1] == 12:
                assert payload[3:] == [len(walked), hashlib.sha256(b"".join(walked)).digest()]
                walked, trails = [], trails + 1
            continue
        walked.append(record)
        chain = hashlib.sha256(chain + since).digest()
        *bare, signature = payload
        assert bare[-2:] == [seq, chain]
        message = DOMAIN + name + struct.pack("<Q", seq) + msgpack.packb([*bare, b""])
        key = load_der_x509_certificate(head[6]).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        assert not is_good(key, signature, message + b"x")
        assert hashlib.sha256(head[6]).hexdigest() == device
        if payload[1] == 2:
            assert payload[3:6] == [seals, covered, last_seal]
            seals, covered, last_seal = seals + 1, seq + 1, chain
        since, marks = b"", marks + 1
    assert marks == len(done)
    assert trails == 3
    assert seals >= 3


def is_good(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def test_every_kind_and_field_stands_in_the_document() -> None:
    text = (CHECKOUT / "docs" / "log-format.md").read_text()
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    for kind in RECORD_TYPES:
        row = rows[str(kind.KIND)]
        assert kind.__name__.removesuffix("Record").lower() in row
        for field in kind.__struct_fields__[3:]:
            words = {"layout": "channel", "info": "session info"}.get(field, field)
            assert words in row, f"{field} of kind {kind.KIND}"
