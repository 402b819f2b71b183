"""`pitbox report`: files that stand whole, in words and for programs; what cannot be reported is said."""

import json
from pathlib import Path

from spoken import Pitbox

from pitbox.model.ids import SessionId


def test_a_page_is_written_and_named(pitbox: Pitbox, stored: SessionId, tmp_path: Path) -> None:
    said = pitbox("report", stored, "--out", str(tmp_path / "out"), "--html-only", "--json")
    assert said.code == 0, said.err
    (path,) = json.loads(said.out)["files"]
    page = Path(path).read_text(encoding="utf-8")
    assert "Pit ledger" in page
    assert "Decision audit" in page
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["report.html"]


def test_what_cannot_be_reported_is_said(pitbox: Pitbox, stored: SessionId, tmp_path: Path) -> None:
    for words, why in (
        (("report", "local-none", "--out", str(tmp_path)), "no lap of local-none"),
        (("report", stored, "--out", str(tmp_path), "--car", "no"), "'no'"),
        (("report", stored, "--out", str(tmp_path), "--html-only", "--pdf-only"), "nothing to write"),
    ):
        said = pitbox(*words)
        assert said.code != 0
        assert why in " ".join((said.err + said.out).replace("│", " ").split())


def test_a_colour_that_is_none_is_refused_before_anything_is_written(
    pitbox: Pitbox, stored: SessionId, tmp_path: Path
) -> None:
    assert pitbox("settings", "set", "report.colour", "blue").code == 0
    said = pitbox("report", stored, "--out", str(tmp_path / "out"))
    assert said.code == 1
    assert "is no colour" in said.err
    assert not (tmp_path / "out").exists()
