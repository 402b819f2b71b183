"""Who hears what is said: a viewer is told that nobody does, and who is in another session hears it there."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from office_rig import SESSION, Machine, Team

from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId, LogId, SessionId
from pitbox.model.message import EVERYBODY
from pitbox.model.role import Role
from pitbox.wall.audience import Mate, doubt, has_it, refusal
from pitbox.wall.outbox import Outbox, Wish, hand_over
from pitbox.wall.radio import PeerView
from pitbox.wall.radio import Team as Connected

KAI, LEA = DeviceId("a" * 64), DeviceId("b" * 64)
OTHER = SessionId("sub-8")


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    built = Team(tmp_path)
    yield built
    built.close()


def mate(device: DeviceId, name: str, grants: Role | None, session: SessionId | None = None) -> Mate:
    return Mate(device, name, grants, session)


def test_nobody_hears_a_viewer_and_the_viewer_is_told() -> None:
    viewer = [mate(KAI, "Kai", Role.VIEWER), mate(LEA, "Lea", Role.VIEWER)]
    assert refusal(viewer) == (
        "This machine is a viewer to Kai and Lea, and what a viewer says is not heard there."
    )
    assert refusal([]) == "", "who is not connected has not said no"
    for other in (Role.ENGINEER, Role.DRIVER, None):
        assert refusal([viewer[0], mate(LEA, "Lea", other)]) == ""
        words = doubt([viewer[0], mate(LEA, "Lea", other)], EVERYBODY, SESSION)
        assert words == "Not heard by Kai: this machine is a viewer there."
        assert doubt([viewer[0], mate(LEA, "Lea", other)], LEA, SESSION) == ""


def test_what_is_not_known_is_said_too() -> None:
    assert doubt([], EVERYBODY, SESSION) == "Nobody is connected now: it goes out when that changes."
    words = doubt([mate(KAI, "Kai", Role.DRIVER)], LEA, SESSION)
    assert words == "The machine that it is for is not connected now: it goes out when that changes."
    words = doubt([mate(KAI, "Kai", Role.ENGINEER, OTHER)], EVERYBODY, SESSION)
    assert words == "Kai records another session, and it is said there."
    assert doubt([mate(KAI, "Kai", Role.ENGINEER, SESSION)], EVERYBODY, SESSION) == ""
    assert (has_it([]), has_it(["Kai"]), has_it(["Lea", "Kai"])) == (
        "",
        "Kai has it.",
        "Kai and Lea have it.",
    )


def test_a_viewers_message_is_refused_where_it_is_said(team: Team) -> None:
    kai = team.join("Kai", Role.DRIVER)
    eve = team.join("Eve", Role.VIEWER, mates=lambda: (mate(kai.device, "Kai", Role.VIEWER),))
    with pytest.raises(EditError, match="a viewer to Kai"):
        eve.office.messenger.say("Box now")
    with pytest.raises(EditError, match="a viewer to Kai"):
        eve.office.messenger.say("Box now", "kai")
    team.meet()
    assert not eve.office.messenger.said()
    assert not kai.office.messenger.said()
    assert not list(eve.shelf.root.rglob("*.seg")), "nothing was written"


def test_who_records_another_session_hears_it_there(team: Team) -> None:
    lea = team.join("Lea", Role.ENGINEER, mates=lambda: tuple(mates))
    kai, mia = team.join("Kai", Role.DRIVER), team.join("Mia", Role.DRIVER)
    mates = [mate(kai.device, "Kai", Role.ENGINEER, OTHER), mate(mia.device, "Mia", Role.ENGINEER, SESSION)]
    kai.session = OTHER
    for machine in (kai, mia):
        machine.step()
    for text, to in (("Box", ""), ("You alone", "Kai")):
        lea.office.messenger.say(text, to)
    lea.step()
    team.meet()
    carry(lea, kai)
    kai.step()
    assert [message.text for message in kai.office.messenger.said()] == ["Box", "You alone"]
    assert kai.office.messenger.shown().who == "Lea"
    assert kai.office.messenger.shown().is_new
    assert [message.text for message in mia.office.messenger.said()] == ["Box"]
    assert [message.text for message in lea.office.messenger.said()] == ["Box"], "of the session that is open"


def test_a_command_hears_who_has_the_message(team: Team) -> None:
    mates: list[Mate] = []
    lea, kai = team.join("Lea", Role.ENGINEER, mates=lambda: tuple(mates)), team.join("Kai", Role.DRIVER)
    kai.office.messenger.say("here")
    team.meet()
    key = lea.office.messenger.say("Box")
    assert lea.office.messenger.fate(key).startswith("Nobody is connected")
    mates.append(mate(kai.device, "Kai", Role.ENGINEER, SESSION))
    assert lea.office.messenger.fate(key) == "", "it is asked again"
    team.meet()
    team.meet()
    assert lea.office.messenger.fate(key) == "Kai has it."
    assert lea.office._grant(Wish("fate", key)) == "Kai has it."


def test_a_refused_message_ends_the_command(team: Team, tmp_path: Path) -> None:
    """What `pitbox say` is told by the PitBox that runs."""
    eve = team.join("Eve", Role.VIEWER, mates=lambda: (mate(KAI, "Kai", Role.VIEWER),))
    path = tmp_path / "wishes"
    served: list[bool] = []

    def serve() -> None:
        box = Outbox(path)
        while not served:
            box.serve(eve.office._grant)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        reply = hand_over(path, Wish("say", "Box"), 30.0)
    finally:
        served.append(True)
        thread.join(30)
    assert reply is not None
    assert not reply.is_done
    assert "a viewer to Kai" in reply.words


def test_a_team_tells_what_each_machine_lets_us_do_and_records() -> None:
    peer = PeerView(KAI, "Kai", Role.DRIVER, 0, True, None, Role.VIEWER)
    log = LogId(OTHER, KAI, 1)
    team = Connected(peers=(peer,), open_logs=frozenset({log, LogId(SESSION, LEA, 1)}))
    assert team.mates == (Mate(KAI, "Kai", Role.VIEWER, OTHER),)


def carry(one: Machine, other: Machine) -> None:
    """What one wrote into the session that only the other has open."""
    source = one.shelf.root / OTHER / one.device
    target = other.shelf.root / OTHER / one.device
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.lock"))
