"""Arithmetic on P-256, as little of it as SPAKE2 needs. Not constant-time: for secrets that are used once.

`cryptography` has this curve but not the addition of two points, without which there is no SPAKE2.
"""

from typing import Final

P: Final = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

Point = tuple[int, int]
"""Affine; the point at infinity is no value here, because no step of SPAKE2 may reach it."""

_Jacobian = tuple[int, int, int]
_INFINITY: Final[_Jacobian] = (1, 1, 0)

GENERATOR: Final[Point] = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def is_on_curve(point: Point) -> bool:
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x - 3 * x + _B)) % P == 0


def multiply(scalar: int, point: Point) -> Point:
    """`scalar` times the point; raises ValueError for infinity. Every bit costs the same steps."""
    base = (point[0], point[1], 1)
    result, other = _INFINITY, base
    for bit in range(255, -1, -1):
        if scalar >> bit & 1:
            result, other = _add(result, other), _double(other)
        else:
            result, other = _double(result), _add(result, other)
    return _affine(result)


def add(one: Point, other: Point) -> Point:
    """Their sum; raises ValueError for infinity."""
    return _affine(_add((one[0], one[1], 1), (other[0], other[1], 1)))


def negate(point: Point) -> Point:
    return point[0], -point[1] % P


def encode(point: Point) -> bytes:
    """Uncompressed, 65 bytes."""
    return b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)


def decode(data: bytes) -> Point:
    """A point of the curve; raises ValueError for anything else."""
    if len(data) == 65 and data[0] == 4:
        point = int.from_bytes(data[1:33]), int.from_bytes(data[33:])
        if is_on_curve(point):
            return point
    raise ValueError("not a point of P-256")


def decompress(data: bytes) -> Point:
    """A point from its x and the parity of its y."""
    x = int.from_bytes(data[1:])
    y = pow(x * x * x - 3 * x + _B, (P + 1) // 4, P)
    if y & 1 != data[0] & 1:
        y = P - y
    if not is_on_curve((x, y)):
        raise ValueError("not a point of P-256")
    return x, y


def _affine(point: _Jacobian) -> Point:
    x, y, z = point
    if z == 0:
        raise ValueError("the point at infinity")
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0 or y == 0:
        return _INFINITY
    y2 = y * y % P
    z2 = z * z % P
    s = 4 * x * y2 % P
    m = 3 * (x - z2) * (x + z2) % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * y2 * y2) % P, 2 * y * z % P


def _add(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    if one[2] == 0:
        return other
    if other[2] == 0:
        return one
    x1, y1, z1 = one
    x2, y2, z2 = other
    z1_2, z2_2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2_2 % P, x2 * z1_2 % P
    s1, s2 = y1 * z2_2 * z2 % P, y2 * z1_2 * z1 % P
    h, r = (u2 - u1) % P, (s2 - s1) % P
    if h == 0:
        return _double(one) if r == 0 else _INFINITY
    h2 = h * h % P
    h3, v = h2 * h % P, u1 * h2 % P
    x3 = (r * r - h3 - 2 * v) % P
    return x3, (r * (v - x3) - s1 * h3) % P, h * z1 * z2 % P
