"""Settings: one struct, one file, one page of docs, and a bad value that falls back alone."""

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.wall import settings_file
from pitbox.wall.errors import SettingError
from pitbox.wall.setting_value import checked, find_setting, parse_text
from pitbox.wall.settings import (
    GIB,
    MIB,
    Setting,
    Settings,
    every_setting,
    value_of,
    with_value,
)
from pitbox.wall.settings_file import change, read, reset

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
KEYS = [setting.key for setting in every_setting()]


FORMS = {
    "messages.quiet_zones": ["", "0.1-0.2", "0.10-0.15, 0.93-0.02", "0-1"],
    "messages.acknowledge_key": ["", "F1", "F9", "F24"],
    "messages.acknowledge_button": ["", "0:5", "12:127"],
    "planning.reminder_minutes": ["", "30", "30, 15, 5", "120,60,1"],
}


def good_values(setting: Setting) -> st.SearchStrategy[Any]:
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.is_folder:
        return st.sampled_from(["", "/srv/pitbox", "~/pitbox"])
    if setting.form:
        return st.sampled_from(FORMS[setting.key])
    if isinstance(setting.default, str):
        return st.text("aZä9 ;.", max_size=int(setting.high)).map(str.strip)
    if isinstance(setting.default, bool):
        return st.booleans()
    kind = st.integers if isinstance(setting.default, int) else st.floats
    return kind(setting.low, setting.high)


def bad_values(setting: Setting) -> list[Any]:
    """What no bounds can let pass."""
    if setting.choices or setting.is_folder:
        return ["relative/path", 3, True, [], {}]
    if setting.form and not setting.is_folder:
        return ["x", "F0", "F25", "0.1", "0.1-1.5", "a:b", "0:", 3, True, None, [], {}]
    if isinstance(setting.default, str):
        return ["x" * (int(setting.high) + 1), 3, True, None, [], {}]
    if isinstance(setting.default, bool):
        return ["yes", 1, 0, 1.0, None, [], {}]
    return [setting.low - 1, setting.high + 1, float("nan"), float("inf"), "many", True, None, [], {}]


def test_every_setting_has_a_sentence_bounds_and_a_good_default():
    assert len(KEYS) == len(set(KEYS)) > 5
    for setting in every_setting():
        assert setting.description.endswith("."), setting.key
        assert checked(setting, setting.default) == setting.default
        assert value_of(Settings(), setting.key) == setting.default
        is_choice = setting.choices or setting.is_folder or isinstance(setting.default, bool)
        if isinstance(setting.default, str) and not is_choice:
            assert setting.high is not None, f"{setting.key} may be endless"
            continue
        assert is_choice or None not in (setting.low, setting.high), f"{setting.key} has no bounds"


def test_the_docs_list_each_setting_and_no_other():
    rows = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{setting.key}` | {setting.words(setting.default)} | {setting.bounds_words()} "
        f"| {setting.description} |"
        for setting in every_setting()
    ]


def test_without_a_file_the_defaults_stand(tmp_path: Path):
    assert read(tmp_path / "none" / "settings.toml") == settings_file.Reading(Settings())
    assert not (tmp_path / "none").exists()


@given(st.data())
def test_what_is_changed_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    path = tmp_path_factory.mktemp("settings") / "new" / "settings.toml"
    keys = data.draw(st.lists(st.sampled_from(KEYS), unique=True))
    values = {key: data.draw(good_values(find_setting(key))) for key in keys}
    change(path, values)
    expected = Settings()
    for key, value in values.items():
        expected = with_value(expected, key, value)
    assert read(path) == settings_file.Reading(expected)
    written = tomllib.loads(path.read_text("utf-8"))
    assert sum(len(group) for group in written.values()) == len(keys)
    assert [file.name for file in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize("setting", every_setting(), ids=lambda setting: setting.key)
def test_a_bad_value_falls_back_alone_and_is_named(setting: Setting, tmp_path: Path):
    other = "log.commit_interval_ms" if setting.key != "log.commit_interval_ms" else "storage.keep_days"
    for bad in bad_values(setting):
        with pytest.raises(SettingError, match=f"{setting.key} cannot be "):
            checked(setting, bad)
        if bad is None:
            continue  # TOML has no such value
        path = tmp_path / "settings.toml"
        document: dict[str, dict[str, Any]] = {setting.group: {setting.name: bad}}
        document.setdefault(other.partition(".")[0], {})[other.partition(".")[2]] = 77
        path.write_text(settings_file.tomli_w.dumps(document), "utf-8")
        reading = read(path)
        assert reading.settings == with_value(Settings(), other, 77)
        (problem,) = reading.problems
        assert problem.startswith(f"{setting.key} cannot be ")
        assert problem.endswith(f"{setting.words(setting.default)} is used.")


def test_all_problems_are_named(tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text('log = 5\n[store]\nbatch_s = "x"\n[storage]\nkeep_days = -1\n', "utf-8")
    reading = read(path)
    assert reading.settings == Settings()
    assert [problem.split()[0] for problem in reading.problems] == [
        "storage.keep_days",
        "store.batch_s",
        "log",
    ]


STRANGE = """
theme = "later"
[log]
commit_interval_ms = 500
colour = "a key of a newer PitBox"
[radio]
nested = { deep = [1, 2.5, 2026-01-01] }
"""


def test_unknown_keys_stay(tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text(STRANGE, "utf-8")
    assert read(path).problems == ()
    change(path, {"log.commit_interval_ms": 100, "store.batch_s": 5.0})
    expected = tomllib.loads(STRANGE)
    expected["log"]["commit_interval_ms"] = 100
    expected["store"] = {"batch_s": 5.0}
    assert tomllib.loads(path.read_text("utf-8")) == expected


def test_a_change_mends_a_bad_value_and_leaves_another_bad_one(tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text('log = "no table"\n[store]\nbatch_s = "x"\n', "utf-8")
    change(path, {"log.commit_interval_ms": 250})
    reading = read(path)
    assert reading.settings.log.commit_interval_ms == 250
    assert len(reading.problems) == 1
    assert "'x'" in path.read_text("utf-8").replace('"', "'")


def test_a_change_is_all_or_none(tmp_path: Path):
    path = tmp_path / "settings.toml"
    with pytest.raises(SettingError, match="keep_days"):
        change(path, {"store.batch_s": 5.0, "storage.keep_days": -3})
    with pytest.raises(SettingError, match="no setting"):
        change(path, {"store.batch_s": 5.0, "storage.nonsense": 1})
    assert not path.exists()


@pytest.mark.parametrize("content", [b"log = ", b"\xff\xfe", b"a = " + b"[" * 5000])
def test_a_file_that_is_not_toml_is_said_and_kept_aside(tmp_path: Path, content: bytes):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    reading = read(path)
    assert reading.settings == Settings()
    assert len(reading.problems) == 1
    assert "is not TOML" in reading.problems[0]
    assert change(path, {"store.batch_s": 5.0}) == tmp_path / "settings.toml.broken-1"
    assert (tmp_path / "settings.toml.broken-1").read_bytes() == content
    assert read(path).settings.store.batch_s == 5.0
    path.write_bytes(content)
    assert reset(path, "store.batch_s") == tmp_path / "settings.toml.broken-2"
    assert read(path).problems == ()
    assert change(path, {"store.batch_s": 5.0}) is None


def test_a_file_that_cannot_be_read_is_said_and_not_written_over(tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.mkdir()
    assert "cannot be read" in read(path).problems[0]
    with pytest.raises(SettingError, match="cannot be read"):
        change(path, {"store.batch_s": 5.0})


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "settings.toml"
    change(path, {"store.batch_s": 5.0})
    before = path.read_bytes()

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SettingError, match="No space left"):
        change(path, {"store.batch_s": 6.0})
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


def test_a_reset_lets_the_default_stand_again(tmp_path: Path):
    path = tmp_path / "settings.toml"
    change(path, {"store.batch_s": 5.0, "log.commit_interval_ms": 100})
    reset(path, "store.batch_s")
    reset(path, "storage.keep_days")
    assert read(path).settings == with_value(Settings(), "log.commit_interval_ms", 100)
    with pytest.raises(SettingError):
        reset(path, "store.nonsense")


@given(st.data())
def test_text_from_the_command_line_is_the_value(data: st.DataObject):
    setting = data.draw(st.sampled_from(every_setting()))
    value = data.draw(good_values(setting))
    assert parse_text(setting.key, f" {value} ") == value
    assert type(parse_text(setting.key, str(value))) is type(setting.default)


@pytest.mark.parametrize(
    ("text", "size"),
    [("4 GiB", 4 * GIB), ("512MiB", 512 * MIB), ("0.5gb", GIB // 2), ("1 TiB", 1 << 40), ("1024 kb", MIB)],
)
def test_sizes_may_have_a_unit(text: str, size: int):
    assert parse_text("storage.warn_free_bytes", text) == size


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("log.commit_interval_ms", "3", "cannot be 3: .* whole number from 50 to 2000"),
        ("log.commit_interval_ms", "99.5", "cannot be '99.5': .* whole number from 50 to 2000"),
        ("log.commit_interval_ms", "fast", "cannot be 'fast'"),
        ("log.commit_interval_ms", "100 MiB", "cannot be '100 MiB'"),
        ("store.batch_s", "nan", "a number from 0.5 to 60"),
        ("storage.warn_free_bytes", "2 TiB", "a size from 0 to 1 TiB"),
        ("storage.data_folder", "here", "empty or an absolute path"),
        ("storage.data_folder", "/a\0b", "empty or an absolute path"),
        ("general.mode", "boss", "empty or driver or engineer"),
        ("log.commit_interval", "3", "Did you mean log.commit_interval_ms?"),
        ("nonsense", "3", "`pitbox settings list` shows"),
    ],
)
def test_text_that_cannot_stand_is_refused_in_words(key: str, text: str, words: str):
    with pytest.raises(SettingError, match=words):
        parse_text(key, text)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("storage.warn_free_bytes", 2 * GIB, "2 GiB"),
        ("storage.warn_free_bytes", 2 * GIB + 1, "2147483649"),
        ("storage.warn_free_bytes", 0, "0"),
        ("store.batch_s", 10.0, "10"),
        ("general.mode", "", "empty"),
        ("log.commit_interval_ms", 250, "250"),
    ],
)
def test_values_are_said_as_people_do(key: str, value: object, words: str):
    assert find_setting(key).words(value) == words


def test_settings_are_frozen():
    with pytest.raises(AttributeError):
        Settings().log.commit_interval_ms = 3
    assert msgspec.structs.asdict(Settings())
