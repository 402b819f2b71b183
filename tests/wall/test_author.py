"""What the account is called may be anything; what team-mates' machines are told is a short word."""

import getpass

import pytest

from pitbox.model.role import Role
from pitbox.sync.frame import pack, unpack
from pitbox.sync.handshake import Hello, link_messages
from pitbox.wall.author import author_name
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import General, Settings
from pitbox.wall.share import radio_plan


def test_a_team_mate_can_read_the_hello_of_an_account_with_a_long_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setenv("LOGNAME", "\u202eÄ\n" + "x" * 10_000)
    profile = find_profile(environment={"PITBOX_HOME": str(tmp_path)})
    plan = radio_plan(profile, Settings(), Role.DRIVER, port=0)
    hello = unpack(pack(Hello(1, 1, "log", "i", plan.name)), link_messages)
    assert isinstance(hello, Hello)
    assert hello.name == "Ä" + "x" * 39


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_an_account_without_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path, error: type[Exception]) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert author_name(Settings()) == ""
    assert author_name(Settings(general=General(name="Kai"))) == "Kai"
    profile = find_profile(environment={"PITBOX_HOME": str(tmp_path)})
    assert radio_plan(profile, Settings(), Role.DRIVER, port=0).name == "PitBox"
