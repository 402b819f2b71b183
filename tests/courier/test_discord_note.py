"""Notes within Discord's limits, whatever people write, and what its answers mean."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.courier.answer import Answer
from pitbox.courier.discord import ALL, CONTENT, Field, body, clipped, here, plain
from pitbox.courier.verdict import Fate, pause_s, verdict

WORDS = st.text(max_size=400)
LONG = st.builds(lambda text, times: text * times, WORDS, st.integers(0, 60))


def length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(LONG, LONG, LONG, st.lists(st.builds(Field, LONG, LONG), max_size=30), LONG)
def test_every_note_keeps_the_limits(
    content: str, title: str, text: str, fields: list[Field], footer: str
) -> None:
    said = json.loads(body(content, title=title, text=text, fields=fields, footer=footer))
    assert length(said["content"]) <= CONTENT
    assert said["allowed_mentions"] == {"parse": []}
    for embed in said.get("embeds", []):
        listed = embed.get("fields", [])
        parts = [
            embed.get("title", ""),
            embed.get("description", ""),
            embed.get("footer", {}).get("text", ""),
        ]
        parts += [part for field in listed for part in (field["name"], field["value"])]
        assert sum(map(length, parts)) <= ALL
        assert length(parts[0]) <= 256
        assert length(parts[1]) <= 4096
        assert len(listed) <= 25
        assert all(0 < length(f["name"]) <= 256 and 0 < length(f["value"]) <= 1024 for f in listed)


def test_nobody_is_called_and_nothing_is_marked_up() -> None:
    assert plain("@everyone <@1> **a** [b](c) _d_ :e: #f") == (
        r"\@everyone \<\@1\> \*\*a\*\* \[b\]\(c\) \_d\_ \:e\: \#f"
    )
    assert plain("a\x00b\r\nc\ud800") == "a b \nc "
    assert here(1790000000.4) == "<t:1790000000:t>"


def test_what_is_cut_says_so() -> None:
    assert clipped("short", 5) == "short"
    assert clipped("longer", 5) == "long…"
    assert clipped("a\U0001f3ce\U0001f3ce", 4) == "a\U0001f3ce…"


@given(
    st.integers(100, 999),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-reset-after", "x-ratelimit-remaining", "location"]),
        st.text(max_size=20) | st.floats().map(str),
    ),
    st.binary(max_size=60) | st.floats().map(lambda value: json.dumps({"retry_after": value}).encode()),
    st.integers(1, 10_000),
    st.floats(0, 1),
)
def test_any_answer_has_a_fate_and_a_wait_that_ends(
    status: int, headers: dict[str, str], said: bytes, tries: int, jitter: float
) -> None:
    fate = verdict(Answer(status, headers, said), tries, jitter)
    assert math.isfinite(fate.wait_s)
    assert 0 <= fate.wait_s <= 3601
    assert (fate.fate is Fate.DELIVERED) == (200 <= status < 300)
    if fate.fate is Fate.AGAIN:
        assert fate.wait_s > 0 or status == 429


def test_the_longest_wait_that_is_asked_for_counts() -> None:
    answer = Answer(429, {"retry-after": "3", "x-ratelimit-reset-after": "2.5"}, b'{"retry_after": 4.5}')
    assert verdict(answer, 1, 0.0).wait_s == pytest.approx(4.5)


def test_pauses_grow_spread_and_stop_growing() -> None:
    assert [pause_s(tries, 1.0) for tries in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert pause_s(1, 0.0) == 1.0
    assert pause_s(99, 1.0) == pause_s(9, 1.0) == 300
