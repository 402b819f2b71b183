"""Profiles: apart from one another, and never outside their root."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.wall.errors import ProfileError
from pitbox.wall.profile import DEFAULT_PROFILE, find_profile


def test_a_home_overrides_the_systems_places(tmp_path: Path):
    profile = find_profile("night-race", {"PITBOX_HOME": str(tmp_path / "home")})
    assert profile.config == tmp_path / "home" / "night-race" / "config"
    assert profile.data == tmp_path / "home" / "night-race" / "data"
    assert profile.settings_file.parent == profile.lock_file.parent == profile.config
    assert profile.identity_folder.is_relative_to(profile.config)
    assert not (tmp_path / "home").exists()


def test_without_a_home_the_system_says_where():
    profile = find_profile(environment={})
    assert profile.name == DEFAULT_PROFILE
    assert profile.config.is_absolute()
    assert profile.data.is_absolute()
    assert profile.config != profile.data
    assert {"PitBox", DEFAULT_PROFILE} <= set(profile.data.parts)


def test_two_profiles_share_nothing(tmp_path: Path):
    one, two = (find_profile(name, {"PITBOX_HOME": str(tmp_path)}) for name in ("one", "two"))
    folders = [one.config, one.data, two.config, two.data]
    assert not any(a.is_relative_to(b) for a in folders for b in folders if a is not b)


def test_a_relative_home_is_refused():
    with pytest.raises(ProfileError, match="absolute path"):
        find_profile(environment={"PITBOX_HOME": "here"})


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "-x", "_x", "A", "ä", "a b", "a.b", "x" * 33, "a\n", "con", "lpt1"]
)
def test_a_name_that_is_no_folder_everywhere_is_refused(name: str):
    with pytest.raises(ProfileError, match="cannot be a profile's name"):
        find_profile(name, {"PITBOX_HOME": "/srv"})


@given(st.text(max_size=40))
def test_no_name_leaves_the_home(name: str):
    try:
        profile = find_profile(name, {"PITBOX_HOME": "/srv"})
    except ProfileError:
        return
    assert profile.data.parent.parent == Path("/srv")
