"""Pictures of the Team page and of what the Race page shows of a plan; nothing is cut that should be read."""

from collections.abc import Iterator

import pytest
import stint_room
from picture import compare
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication
from team_room import TeamRoom, crowd, table

from pitbox.model.team import team
from pitbox.planning.live.course import Course, Spell
from pitbox.planning.live.follow import follow
from pitbox.planning.live.held import held
from pitbox.ui.race.calls.panel import CALLS
from pitbox.ui.race.car.panel import CAR
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(),
    "light": Window(theme="light"),
    "light-160": Window(theme="light", scale_percent=160),
}


@pytest.fixture
def rooms(opened, tmp_path) -> Iterator[object]:
    made: list[TeamRoom] = []

    def enter(planned, look: str = "dark", size: tuple[int, int] = (1600, 1000)) -> TeamRoom:
        window = LOOKS[look]
        room = TeamRoom(opened, tmp_path / "staff", planned, window=window, panels=(CALLS, CAR))
        made.append(room)
        room.room.window.setMinimumSize(1, 1)
        room.room.window.resize(*(side * window.scale_percent // 100 for side in size))
        room.settle()
        room.page.arrange_anew()
        room.settle()
        return room

    yield enter
    for room in made:
        room.close()


def shot(room: TeamRoom, name: str) -> None:
    room.show("event")  # the clocks of the history run: it is no part of the picture
    room.page.docks["history"].hide()
    QApplication.processEvents()
    room.settle()
    compare(room.page.grab().toImage(), f"team-{name}")


@pytest.mark.parametrize("look", LOOKS)
def test_an_event_with_its_people(rooms, look: str) -> None:
    room = rooms(stint_room.drafts(), look)
    room.board.choose("sam")
    room.settle()
    shot(room, f"event-{look}")


def test_in_a_small_window_nothing_that_is_filled_in_is_cut(rooms) -> None:
    room = rooms(stint_room.drafts(stint_room.CREW + stint_room.MORE), "dark", (1280, 800))
    room.board.choose("max")
    room.settle()
    for name in ("person", "event"):
        panel = room.page.docks[name].panel
        assert panel.area.widget().minimumSizeHint().width() <= panel.area.viewport().width()
    shot(room, "event-dark-small")


def test_before_there_is_an_event(rooms) -> None:
    shot(rooms(None, "light"), "empty-light")


def test_teams_with_somebody_in_the_air(rooms) -> None:
    room = rooms(crowd(24))
    room.page.form_teams()
    room.page.forming.form(is_quick=True)
    room.settle(lambda: not room.page.forming.is_running)
    view = room.page.formation.teams
    one, other = room.page.forming.formed.lineups[:2]
    view.lift(one.members[0])
    view.carry(other.key)
    shot(room, "move-dark")


def test_a_list_with_faults(rooms, tmp_path) -> None:
    room = rooms(crowd(4), "light")
    lines = table(12, 3).decode().splitlines()
    lines[4] = "," + lines[4].partition(",")[2]
    lines[6] = lines[6].replace("Europe/", "Mars/").replace("America/", "Mars/").replace("Asia/", "Mars/")
    file = tmp_path / "sign-ups.csv"
    file.write_text("\n".join(lines))
    room.page.bring_in()
    room.page.imported.open(str(file))
    room.settle(lambda: room.page.imported.found is not None)
    room.page.formation.demand.setFocus()
    shot(room, "import-light")


def test_two_hundred_people_cost_little_to_draw(rooms) -> None:
    room = rooms(crowd(200))
    times_s: list[float] = []
    room.room.desk.bridge.time_pulls(times_s)
    for one in room.board.scene.people[:30]:
        room.board.choose(one.key)
        room.settle()
    assert sorted(times_s)[len(times_s) // 2] < 0.008
    assert len(room.page.people.list.lines) == 200


@pytest.mark.parametrize("look", LOOKS)
def test_the_stint_and_the_next_driver_over_our_car(rooms, look: str) -> None:
    room = rooms(stint_room.drafts(), look)
    strip = room.room.window.deck.docks["car"].panel.turn
    assert not strip.isVisibleTo(strip.parentWidget())
    planned = room.ask(lambda ledger: held(ledger, team(ledger, "night"))).plan
    ends = [leg.span for leg in planned.legs[:3]]
    spells = [Spell(at + 1, 100 + (at > 1), span.start_s, span.end_s, 23) for at, span in enumerate(ends[:2])]
    spells.append(Spell(3, 101, ends[2].start_s, None, 16))
    now_s = ends[2].start_s + 2000.0
    room.live.now.put(follow(planned, Course(now_s, tuple(spells)), green_utc_s=stint_room.GREEN_S))
    room.room.window.go_to("race")
    room.settle(lambda: strip.turn is not None)
    assert strip.turn.driver == "Kai Nakamura"
    assert strip.turn.next_driver == "Léa Fournier"
    assert room.room.window.top.next_driver.text().startswith("next Léa Fournier in ")
    strip.setFixedWidth(round(360 * room.room.desk.look.theme.scale))
    strip.renew()
    strip.grab()
    inside = QRectF(strip.rect())
    assert all(inside.contains(ink.box) and not ink.is_cut for ink in strip.pen.inks)
    assert any("Ada Lovelace: 1:34 h driven" in spot.tip for spot in strip.spots)
    compare(strip.grab().toImage(), f"team-turn-{look}")
