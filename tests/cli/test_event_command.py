"""Planning from a shell, alone and beside a PitBox that runs; a mistake is one clear sentence."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pitbox.cli.app import main
from pitbox.cli.desk import open_desk
from pitbox.identity.device import Identity
from pitbox.model.event import events
from pitbox.wall.hub import Hub
from pitbox.wall.instance import Instance
from pitbox.wall.office import Office
from pitbox.wall.outbox import OUTBOX

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path))

    def run(*words: str, code: int = 0) -> str:
        assert main(["event", *words]) == code, capsys.readouterr()
        said = capsys.readouterr()
        return said.out if code == 0 else said.err

    return run


def plan_a_race(run: Run) -> None:
    run("add", "Spa", "length_s=6:00:00", "zone=Europe/Berlin", "dark=4:00:00-5:30:00")
    run("start", "spa", "2026-06-27T16:00", "--name", "Saturday")
    run("set", "Spa", "rule.fair_share=0.25")
    for name, zone in (("Ada", "Europe/Berlin"), ("Kai", "America/New_York")):
        run("member", name, f"zone={zone}")
        run("sign-up", "Spa", name, "lap_s=2:18.5", "part.spotter=yes")
    run("team", "Spa", "Red", "number=77")
    run("sign-up", "Spa", "Ada", "--team", "Red")
    run("sign-up", "Spa", "Kai", "--team", "Red")
    run("sign-up", "Spa", "Kai", "--step", "confirmed")
    run("free", "Spa", "Ada", "2026-06-27T15:00", "2026-06-27T23:00")
    run("strategy", "Red", "Dry", "fuel_per_stint_l=100", "fuel_per_lap_l=2.5", "pit_s=60", "--active")
    run("stint", "Red", "1", "driver=Ada", "laps=20")
    run("stint", "Red", "2", "driver=kai", "length_s=1:00:00")
    run("stint", "Red/Dry", "1", "driver=Kai", "laps=10", "--insert")


def test_a_whole_race_is_planned_from_a_shell(run: Run) -> None:
    plan_a_race(run)
    page = run("show", "SPA").splitlines()
    assert page[0] == "Spa · 6:00:00 · 2026-06-27T16:00 Europe/Berlin"
    assert "  rule fair_share: 0.25" in page
    assert "  Kai · confirmed · Red · driver spotter" in page
    assert [line.split() for line in page[-3:]] == [
        ["1", "0:00-23:05", "Kai", "10", "laps"],
        ["2", "24:05-1:10:15", "Ada", "20", "laps"],
        ["3", "1:11:15-2:11:15", "Kai"],
    ]
    run("stint", "Red", "3", "--to", "1")
    run("stint", "Red", "2", "--remove")
    assert [line.split()[2] for line in run("show", "Spa").splitlines()[-2:]] == ["Kai", "Ada"]
    assert run("undo").startswith("Undone: a stint: deleted")
    told = json.loads(run("show", "Spa", "--json"))
    assert told["teams"][0]["plans"][0]["legs"][0]["driver"].startswith("kai-")
    key = json.loads(run("history", "Red", "--json"))[-1]["key"]
    assert key in run("history", "--most", "1000")
    assert run("conflicts") == "Nobody disagrees.\n"
    run("remove", "event", "Spa")
    assert "Nothing is planned yet" in run("list")
    run("undo")
    assert "Spa" in run("list")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "Monza"), "There is no event 'Monza'; there is Spa."),
        (("set", "Spa", "length=5"), "There is no 'length' of an event"),
        (("set", "Spa", "rule.fair_share=9"), "a number from 0 to 1."),
        (("set", "Spa", "length_s=noon"), "write 24:00:00"),
        (("set", "Spa", "no_night.Lea=yes"), "called 'Lea'"),
        (("start", "Spa", "2026-03-29T02:30"), "never shows"),
        (("free", "Spa", "Ada", "2026-06-27T15:00", "2026-06-27T14:00"), "a start and a later end"),
        (("free", "Spa", "Ada", "tomorrow", "2026-06-27T14:00"), "is no time"),
        (("sign-up", "Spa", "Ada", "--step", "interested"), "in one step"),
        (("sign-up", "Spa", "Ada", "step=confirmed"), "--step"),
        (("stint", "Red", "7"), "the plan has 0"),
        (("stint", "Blue", "1"), "There is no strategy"),
        (("undo", "9.abc"), "no deed"),
        (("remove", "lap", "x"), "cannot be removed"),
        (("conflicts", "--settle", "1"), "no such conflict"),
    ],
)
def test_a_mistake_is_one_sentence(run: Run, words: tuple[str, ...], sentence: str) -> None:
    run("add", "Spa", "length_s=6:00:00", "zone=Europe/Berlin")
    run("member", "Ada")
    run("sign-up", "Spa", "Ada")
    run("team", "Spa", "Red")
    run("team", "Spa", "Blue")
    run("strategy", "Red", "Dry")
    said = run(*words, code=1)
    assert sentence in said
    assert said.count("\n") == 1


@pytest.fixture
def office(run: Run) -> Iterator[Office]:
    """The PitBox that runs with this profile."""
    desk = open_desk()
    signer = Identity.load_or_create(desk.profile.identity_folder)
    outbox = desk.folders.data / OUTBOX
    running = Office(
        desk.shelf, signer, desk.settings, Hub(), lambda _: None, outbox=outbox, session=lambda: None
    )
    stop = threading.Event()
    thread = threading.Thread(target=running.main, args=(stop,), name="office")
    with Instance.claim(desk.profile.lock_file, "engineer", 0.0):
        thread.start()
        yield running
        stop.set()
        thread.join(10.0)


def test_beside_a_pitbox_that_runs_it_writes(run: Run, office: Office) -> None:
    run("add", "Spa", "length_s=6:00:00")
    assert [one.name for one in office.planner.ask(events)] == ["Spa"]
    assert "Spa" in run("list")
    assert run("undo").startswith("Undone: event Spa: ")
    assert office.planner.ask(events) == ()
    assert "nothing of yours" in run("undo", code=1)
    run("add", "Monza", "length_s=6:00:00")
    assert "a number from" in run("set", "Monza", "length_s=1", code=1)
