"""The address of a webhook: what may be one, and who may read it."""

import stat
import sys
from pathlib import Path

import pytest

from pitbox.courier.errors import AddressError
from pitbox.courier.webhook import NAME, Webhook, forget, load

GOOD = "https://discord.com/api/webhooks/1234567890/abcDEF-token"


@pytest.mark.parametrize(
    "address",
    [
        GOOD,
        "https://ptb.discord.com/api/v10/webhooks/12/x",
        "https://discord.com/api/webhooks/12/x?thread_id=3",
        "https://chat.example.org/hooks/abc",
        "http://127.0.0.1:8080/hook",
    ],
)
def test_addresses_that_may_be_used(address: str, tmp_path: Path) -> None:
    Webhook(f"  {address}\n").store(tmp_path / "config")
    found = load(tmp_path / "config")
    assert found is not None
    assert found.key == Webhook(address).key
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "config" / NAME).stat().st_mode) == 0o600
    assert forget(tmp_path / "config")
    assert not forget(tmp_path / "config")
    assert load(tmp_path / "config") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "discord.com/api/webhooks/1/x",
        "http://discord.com/api/webhooks/1/x",
        "https://discord.com/channels/1/2",
        "https://user:word@discord.com/api/webhooks/1/x",
        "https://discord.com:99999/api/webhooks/1/x",
        "https://discord.com/api/webhooks/1/x\r\nHost: evil",
        "https://exämple.org/x",
        "https://[broken/x",
        "ftp://example.org/x",
        "https://example.org/" + "x" * 500,
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(AddressError) as refused:
        Webhook(address)
    assert not address or address not in str(refused.value)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are not Windows' way")
def test_a_file_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    Webhook(GOOD).store(tmp_path)
    (tmp_path / NAME).chmod(0o644)
    load(tmp_path)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"hello"])
def test_a_file_that_holds_something_else_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(AddressError, match="set it again"):
        load(tmp_path)
