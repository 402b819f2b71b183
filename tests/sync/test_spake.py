"""SPAKE2 as RFC 9382 has it: its test vectors, and what must not give a key."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.sync.curve import GENERATOR, ORDER, P, add, decode, decompress, encode, multiply, negate
from pitbox.sync.errors import PairingError
from pitbox.sync.spake import _M, Spake2, scalar_of

VECTOR = {
    "w": 0x2EE57912099D31560B3A44B1184B9B4866E904C49D12AC5042C97DCA461B1A5F,
    "x": 0x43DD0FD7215BDCB482879FCA3220C6A968E66D70B1356CAC18BB26C84A78D729,
    "y": 0xDCB60106F276B02606D8EF0A328C02E4B629F84F89786AF5BEFB0BC75B6E66BE,
    "pA": "04a56fa807caaa53a4d28dbb9853b9815c61a411118a6fe516a8798434751470f9"
    "010153ac33d0d5f2047ffdb1a3e42c9b4e6be662766e1eeb4116988ede5f912c",
    "pB": "0406557e482bd03097ad0cbaa5df82115460d951e3451962f1eaf4367a420676d0"
    "9857ccbc522686c83d1852abfa8ed6e4a1155cf8f1543ceca528afb591a1e0b7",
    "Ke": "0e0672dc86f8e45565d338b0540abe69",
    "cA": "58ad4aa88e0b60d5061eb6b5dd93e80d9c4f00d127c65b3b35b1b5281fee38f0",
    "cB": "d3e2e547f1ae04f2dbdbf0fc4b79f8ecff2dff314b5d32fe9fcef2fb26dc459b",
}


NAMES = b"server", b"client"


def test_the_vector_of_the_rfc() -> None:
    first = Spake2(VECTOR["w"], is_first=True, scalar=VECTOR["x"])
    second = Spake2(VECTOR["w"], is_first=False, scalar=VECTOR["y"])
    assert first.share.hex() == VECTOR["pA"]
    assert second.share.hex() == VECTOR["pB"]
    near, far = first.finish(second.share, *NAMES), second.finish(first.share, *NAMES)
    assert near.shared.hex() == far.shared.hex() == VECTOR["Ke"]
    assert near.own_proof.hex() == far.far_proof.hex() == VECTOR["cA"]
    assert far.own_proof.hex() == near.far_proof.hex() == VECTOR["cB"]


def test_another_code_another_name_or_another_context_gives_another_proof() -> None:
    first, second = Spake2(5, is_first=True), Spake2(5, is_first=False)
    right = second.finish(first.share, *NAMES, b"context").far_proof
    assert first.finish(second.share, *NAMES, b"context").own_proof == right
    assert first.finish(second.share, *NAMES, b"other").own_proof != right
    assert first.finish(second.share, b"mallory", b"client", b"context").own_proof != right
    wrong = Spake2(6, is_first=True)
    asked = second.finish(wrong.share, *NAMES, b"context").far_proof
    assert wrong.finish(second.share, *NAMES, b"context").own_proof != asked


@pytest.mark.parametrize(
    "share",
    [
        b"",
        b"\x04" + bytes(64),
        bytes(65),
        b"\x04" + (P - 1).to_bytes(32) + bytes(32),
        b"\x02" + GENERATOR[0].to_bytes(32),
        encode(GENERATOR) + b"\x00",
        b"\x04" + P.to_bytes(32) + decompress(b"\x02" + bytes(32))[1].to_bytes(32),
    ],
    ids=["empty", "off the curve", "zeros", "y of zero", "compressed", "too long", "x not reduced"],
)
def test_what_is_no_point_gives_no_key(share: bytes) -> None:
    with pytest.raises(PairingError):
        Spake2(5, is_first=True).finish(share, *NAMES)


def test_a_share_that_leads_to_infinity_gives_no_key() -> None:
    """It would make the key one that everybody can compute."""
    with pytest.raises(PairingError):
        Spake2(5, is_first=False).finish(encode(multiply(5, _M)), *NAMES)


@settings(max_examples=15)
@given(st.integers(1, ORDER - 1))
def test_multiples_are_those_that_cryptography_finds(scalar: int) -> None:
    numbers = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    assert multiply(scalar, GENERATOR) == (numbers.x, numbers.y)


@settings(max_examples=15)
@given(st.integers(1, ORDER - 1), st.integers(1, ORDER - 1))
def test_multiples_add_up(one: int, other: int) -> None:
    points = multiply(one, GENERATOR), multiply(other, GENERATOR)
    if (one + other) % ORDER:
        assert add(*points) == multiply((one + other) % ORDER, GENERATOR)
    assert decode(encode(points[0])) == points[0]
    with pytest.raises(ValueError, match="infinity"):
        add(points[0], negate(points[0]))


def test_a_code_is_stretched_and_salted() -> None:
    assert scalar_of("123456", b"salt") == scalar_of("123456", b"salt")
    assert scalar_of("123456", b"salt") != scalar_of("123457", b"salt")
    assert scalar_of("123456", b"salt") != scalar_of("123456", b"other")
