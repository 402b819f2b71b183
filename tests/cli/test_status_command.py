"""`pitbox status` on a recording: the page, the object, and words for what is no time, lap or rule."""

import json


def test_a_recording_is_told_as_a_page_and_as_one_object(pitbox, session):
    said = pitbox("status", session)
    assert said.code == 0, said.err
    assert "on board" in said.out
    assert "track dry" in said.out
    found = json.loads(pitbox("status", session, "--json", "--tyres", "20", "--stint", "0:30:00").out)
    assert found["track"]["words"] == "dry"
    assert found["on_board_l"] > 0
    assert found["status"] == "running"


ODD = (
    (("--at", "noon"), "is no time"),
    (("--at", "1:2:3:4"), "is no time"),
    (("--at", "lap many"), "names no lap"),
    (("--at", "lap 900"), "has not done lap 900"),
    (("--stint", "long"), "is no time"),
    (("--service", "fast"), "rules of service"),
    (("--car", "999"), "has the number"),
)


def test_what_cannot_be_meant_is_answered_in_a_sentence(pitbox, session):
    for words, told in ODD:
        said = pitbox("status", session, *words)
        assert said.code != 0, words
        assert told in " ".join(said.err.replace("│", " ").split())
        assert "Traceback" not in said.err
