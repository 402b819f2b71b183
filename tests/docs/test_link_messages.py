"""The messages of links and of pairing stand on the protocol's page, with their numbers and fields."""

import re

import msgspec
import pytest
from document import ROOT, text_of

from pitbox.sync.errors import Closing, Refusal
from pitbox.sync.handshake import FIRST_LANE_TAG, LINK_MESSAGES
from pitbox.sync.pairing_message import PAIRING_MESSAGES

PAGE = text_of(ROOT / "docs" / "sync-protocol.md")


def row_of(name: str) -> list[str]:
    (row,) = re.findall(rf"^\| {name} \|.*$", PAGE, re.MULTILINE)
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.mark.parametrize("kind", [*LINK_MESSAGES, *PAIRING_MESSAGES], ids=lambda kind: kind.__name__)
def test_every_message_of_links_and_pairing_stands_on_the_page(kind: type[msgspec.Struct]) -> None:
    _, number, fields, _ = row_of(kind.__name__.upper())
    assert int(number) == kind.__struct_config__.tag
    assert fields.split(", ") == list(kind.__struct_fields__)


def test_every_code_stands_on_the_page() -> None:
    for name, codes in (("REFUSE", Refusal), ("BYE", Closing)):
        listed = [int(number) for number in re.findall(r"(?:^|: |, )(\d) ", row_of(name)[3])]
        assert listed == [int(code) for code in codes]


def test_link_messages_keep_clear_of_the_lanes() -> None:
    assert all(kind.__struct_config__.tag < FIRST_LANE_TAG for kind in LINK_MESSAGES)
