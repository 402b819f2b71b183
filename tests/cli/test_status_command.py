"""`pitbox status` on a recording: the page, the object, and words for what is no time, lap or rule."""

import json

from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource


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


def test_a_race_that_is_being_recorded_is_told_as_far_as_it_got(pitbox, home, shelf):
    """The writer holds its log and goes on; each look sees what was acknowledged by then."""
    name = SessionId("local-live")
    identity = Identity.load_or_create(home / "default" / "config" / "identity")
    scribe = Scribe(shelf.root, identity, limits=ScribeLimits(reserve_bytes=0))
    source = SyntheticSource(SCENARIOS["duel"], session=name)
    looks = []
    for polls in (500, 300):
        for _ in range(polls):
            scribe.take(source.poll(0.0))
        scribe.commit()
        said = pitbox("status", name, "--json")
        assert said.code == 0, said.err
        looks.append(json.loads(said.out))
    scribe.close("done")
    assert all(look["status"] == "running" for look in looks)
    assert looks[1]["moment_s"] > looks[0]["moment_s"] + 30.0
    assert looks[1]["laps"] >= looks[0]["laps"] > 0
