"""Formulas of channels: what is worked out is right, and nothing else can be asked for."""

import ast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.analysis.formula import FUNCTIONS, MOST_PARTS, MOST_SIGNS, FormulaError, formula

T_S = np.linspace(0.0, 10.0, 601)
CHANNELS = {"Speed": 20.0 + 3.0 * T_S, "Brake": (T_S > 5).astype(float), "Gear": np.full(601, 3.0)}


def value(text):
    return formula(text).value(CHANNELS, T_S)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Speed * 3.6", CHANNELS["Speed"] * 3.6),
        ("-Speed ** 2 / (Gear + 1)", -(CHANNELS["Speed"] ** 2) / 4),
        ("where(Brake > 0.5, Speed, 0)", np.where(T_S > 5, CHANNELS["Speed"], 0)),
        ("clip(Speed, 22, 30)", np.clip(CHANNELS["Speed"], 22, 30)),
        ("max(Gear, 4) + min(1, 2)", np.full(601, 5.0)),
        ("7", np.full(601, 7.0)),
    ],
)
def test_arithmetic_is_what_it_says(text, wanted) -> None:
    np.testing.assert_allclose(value(text), wanted)


def test_time_is_known_to_those_that_need_it() -> None:
    np.testing.assert_allclose(value("rate(Speed)"), 3.0)
    assert value("summed(Speed)")[-1] == pytest.approx(350.0)
    assert value("smooth(Brake, 2)")[300] == pytest.approx(0.5, abs=0.02)


def test_what_is_no_number_is_a_gap() -> None:
    assert np.isnan(value("sqrt(0 - Speed)")).all()
    assert np.isnan(value("1 / (Gear - 3)")).all()


@pytest.mark.parametrize(
    "text",
    [
        "Speed.real",
        "().__class__",
        "Speed[0]",
        "__import__('os')",
        "open('x')",
        "abs.__call__(Speed)",
        "(lambda: 1)()",
        "[x for x in Speed]",
        "{1: 2}",
        "'text'",
        "f'{Speed}'",
        "Speed if Brake else 1",
        "Speed and Brake",
        "x := 3",
        "2 ** Speed",
        "2 ** 99",
        "9 ** 9 ** 9",
        "1e300",
        "True",
        "3j",
        "abs(*Speed)",
        "clip(Speed, low=1, high=2)",
        "abs(Speed, 2)",
        "abs",
        "a < b < c",
        "~Gear",
        "Gear << 3",
        "",
        "Speed +",
        "(" * 120 + "1" + ")" * 119,
        "-" * 100 + "1",
        "1+" * 110 + "1",
        "Speed" * MOST_SIGNS,
        "\0",
    ],
)
def test_nothing_else_can_be_said(text) -> None:
    with pytest.raises(FormulaError) as refused:
        value(text)
    assert str(refused.value).endswith(".")


def test_a_missing_channel_is_named() -> None:
    assert formula("Speed + Nothing").names == ("Speed", "Nothing")
    with pytest.raises(FormulaError, match="Nothing was not recorded"):
        value("Speed + Nothing")


SIGNS = st.text(st.sampled_from(list("SpeedGar_.,()[]{}+-*/%<>=!'\"0123456789 :@~^&|\\\n#")), max_size=80)
_LEAVES = st.sampled_from(["Speed", "Gear", "Brake", "1", "0", "2.5", "1e9"])
_CALLS = sorted(FUNCTIONS)


def _larger(inner):
    call = st.sampled_from(_CALLS).flatmap(
        lambda name: st.tuples(*[inner] * FUNCTIONS[name][0]).map(lambda some: f"{name}({', '.join(some)})")
    )
    pair = st.tuples(inner, st.sampled_from("+-*/%<>"), inner).map(lambda some: f"({' '.join(some)})")
    return st.one_of(call, pair, inner.map("-{}".format))


@given(st.one_of(SIGNS, st.recursive(_LEAVES, _larger, max_leaves=12)))
def test_any_text_is_refused_in_words_or_gives_one_number_a_sample(text) -> None:
    try:
        read = formula(text)
    except FormulaError:
        return
    allowed = (ast.Expression, ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call)
    parts = [node for node in ast.walk(ast.parse(text.strip(), mode="eval")) if isinstance(node, ast.expr)]
    assert all(isinstance(node, allowed) for node in parts)
    assert len(parts) <= 3 * MOST_PARTS
    called = {node.func.id for node in parts if isinstance(node, ast.Call)}
    assert called <= set(FUNCTIONS)
    assert not set(read.names) & set(FUNCTIONS)
    if set(read.names) <= set(CHANNELS):
        found = read.value(CHANNELS, T_S)
        assert found.shape == T_S.shape
        assert not np.isinf(found).any()
