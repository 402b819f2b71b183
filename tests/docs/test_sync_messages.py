"""Another client can be written from the page: every message of every lane stands there, with its fields."""

import re

import msgspec
import pytest
from document import ROOT, text_of

from pitbox.sync.message import LIVE_MESSAGES, LOG_MESSAGES

PAGE = text_of(ROOT / "docs" / "sync-protocol.md")


@pytest.mark.parametrize("kind", [*LOG_MESSAGES, *LIVE_MESSAGES], ids=lambda kind: kind.__name__)
def test_every_message_stands_on_the_page(kind: type[msgspec.Struct]) -> None:
    rows = re.findall(rf"^\| {kind.__name__.upper()} \| (\d+) \| ([^|]*) \|", PAGE, re.MULTILINE)
    assert [(int(number), fields.split(", ")) for number, fields in rows] == [
        (kind.__struct_config__.tag, list(kind.__struct_fields__))
    ]


def test_no_number_means_two_messages() -> None:
    numbers = [kind.__struct_config__.tag for kind in (*LOG_MESSAGES, *LIVE_MESSAGES)]
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) >= 16
