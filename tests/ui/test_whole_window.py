"""The whole window as it opens: every panel in its place, and readable there without a scroll or a drag."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import foresight
import msgspec
import pytest
import scenes
from engineer_room import Opener, profile_in
from picture import compare
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot
from whole_race import PLAIN, WholeRace, window_of

from pitbox.ui.race.car.sheet import CarSheet
from pitbox.ui.race.timing.column import LEAST_NAMES
from pitbox.ui.shell.panel import PanelBar
from pitbox.ui.shell.words import Clipped, Words

SMALL = (1280, 800)


class Stock(NamedTuple):
    """A race in a window; in which theme and size it is looked at is another matter."""

    percent: int = 100
    is_long: bool = False
    has_chart: bool = True


LOOKS = {
    "names-light": (Stock(is_long=True), "light", PLAIN),
    "names-dark-small": (Stock(is_long=True), "dark", SMALL),
    "packed-light-small": (Stock(), "light", SMALL),
    "packed-dark-small-80": (Stock(80, has_chart=False), "dark", SMALL),
    "packed-light-80": (Stock(80), "light", PLAIN),
    "packed-dark-small-160": (Stock(160), "dark", (2048, 1280)),
    "names-light-160": (Stock(160, is_long=True), "light", (2560, 1600)),
}
plain = pytest.mark.parametrize("whole", [Stock()], indirect=True, ids=["packed"])
FIRST = ("timing", "track", "relative", "car", "calls", "messages", "stint_bars")


@pytest.fixture(scope="module")
def whole(
    request: pytest.FixtureRequest, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WholeRace]:
    """Made once for all tests that look at this stock of it."""
    stock, folder = request.param, tmp_path_factory.mktemp("whole")
    opener = Opener(qapp, profile_in(folder))
    room = opener(window=window_of("dark", stock.percent), is_filled=False)
    room.window.setMinimumSize(1, 1)
    room.window.resize(*PLAIN)
    qapp.processEvents()
    made = WholeRace(room, folder / "staff", is_long=stock.is_long, has_chart=stock.has_chart)
    yield made
    made.close()
    opener.close()


def shot(whole: WholeRace, name: str) -> None:
    whole.settle()
    compare(whole.room.window.grab().toImage(), f"whole-{name}")


@plain
def test_the_page_stands_as_it_was_drawn(whole: WholeRace) -> None:
    """Table over stints at the left; map, relative and our car, calls and messages at the right."""
    whole.stand()
    box = {name: _box(whole, whole.panel(name)) for name in FIRST}
    assert box["timing"].right() < box["track"].left()
    assert box["timing"].bottom() < box["stint_bars"].top()
    assert box["track"].bottom() < box["relative"].top() < box["calls"].top()
    assert box["relative"].right() < box["car"].left()
    assert box["calls"].right() < box["messages"].left()
    assert box["relative"].left() == box["calls"].left() == box["track"].left()
    assert box["timing"].width() > box["track"].width()
    for one, other in combinations(box.values(), 2):
        assert not one.intersects(other)
    assert_readable(whole)
    shot(whole, "packed-dark")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("whole", "name"), [(stock, name) for name, (stock, *_) in LOOKS.items()], indirect=["whole"], ids=LOOKS
)
def test_it_is_readable_in_every_size_and_look(whole: WholeRace, name: str) -> None:
    _, look, size = LOOKS[name]
    whole.stand(look, size)
    assert_readable(whole)
    shot(whole, name)


@pytest.mark.slow
@plain
@pytest.mark.parametrize("look", ["dark", "light"])
def test_when_nothing_comes_any_more_it_is_seen_everywhere(whole: WholeRace, look: str) -> None:
    whole.stand(look)
    whole.grow_old()
    assert whole.room.window.top.trouble.isVisible()
    assert_readable(whole)
    shot(whole, f"stale-{look}")


@pytest.mark.parametrize("whole", [Stock(160)], indirect=True, ids=["packed"])
def test_on_the_smallest_screen_all_controls_of_a_bar_are_reached(whole: WholeRace, qtbot: QtBot) -> None:
    """What has no room in a panel's bar stands in its menu, and does there what it does here."""
    whole.stand("dark", SMALL)
    bar = whole.room.window.deck.docks["messages"].findChild(PanelBar)
    left_out = [b for part in bar.left_out for b in _buttons(part)]
    assert "Pit menu" in [button.text() for button in left_out]
    assert bar.more.isVisible()
    qtbot.mouseClick(bar.more, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    action = next(a for a in menu.actions() if a.text() == "Pit menu")
    menu.close()
    action.trigger()
    assert whole.panel("messages").wish.isVisible()


@plain
def test_our_line_is_always_in_sight(whole: WholeRace, qtbot: QtBot) -> None:
    whole.stand("dark", SMALL)
    view, bar = whole.timing.view, whole.timing.view.verticalScrollBar()
    own = whole.timing.model.row_of(scenes.OWN)
    for value, is_above in ((0, False), (bar.maximum(), True)):
        bar.setValue(value)
        QApplication.processEvents()
        assert view.own_line.isVisible()
        assert view.own_line.is_above is is_above
        edge = view.viewport().geometry()
        line = view.own_line.geometry()
        assert line.top() == edge.top() if is_above else line.bottom() == edge.bottom()
    view.setCurrentIndex(view.model().index(view.model().rowCount() - 1, 0))
    whole.room.window.activateWindow()
    view.setFocus()
    for _ in range(40):  # up through the whole table: what is chosen never lies under our line
        qtbot.keyClick(view, Qt.Key.Key_Up)
        box = view.visualRect(view.currentIndex()).translated(view.viewport().pos())
        over = view.own_line
        assert over.isHidden() or not over.geometry().intersects(box), view.currentIndex().row()
    bar.setValue(bar.maximum())
    qtbot.mouseClick(view.own_line, Qt.MouseButton.LeftButton)
    assert whole.room.desk.stage.selection.car_idx == scenes.OWN
    assert view.own_line.isHidden()
    assert view.viewport().rect().contains(view.visualRect(view.model().index(own, 0)))


@plain
def test_columns_give_way_to_names_and_come_back(whole: WholeRace) -> None:
    whole.stand("dark", SMALL)
    view, window = whole.timing.view, whole.room.window
    few = {at for at in range(view.model().columnCount()) if not view.isColumnHidden(at)}
    window.resize(*PLAIN)
    QApplication.processEvents()
    many = {at for at in range(view.model().columnCount()) if not view.isColumnHidden(at)}
    assert few < many
    whole.room.run("timing.column.best")  # somebody chose: now nothing comes or goes by itself
    chosen = many - {at for at in many if view.isColumnHidden(at)}
    window.resize(*SMALL)
    QApplication.processEvents()
    assert {at for at in chosen if view.isColumnHidden(at)} == set()
    whole.room.run("window.undo")
    assert {at for at in range(view.model().columnCount()) if not view.isColumnHidden(at)} == few


def assert_readable(whole: WholeRace) -> None:
    window, look = whole.room.window, whole.room.desk.look
    view = whole.timing.view
    assert view.horizontalScrollBar().maximum() == 0
    assert view.header().sectionSize(3) >= look.px(LEAST_NAMES)
    for dock in window.deck.docks.values():
        bar = dock.findChild(PanelBar)
        if dock.panel.visibleRegion().isEmpty():
            continue
        assert bar.title.isVisible() or window.deck.tabifiedDockWidgets(dock)
        for part in [*bar.findChildren(Words), *bar.findChildren(QAbstractButton)]:
            if part.isVisible() and not isinstance(part, Clipped):
                assert part.width() >= part.sizeHint().width(), (dock.plan.name, part)
                assert bar.rect().contains(QRect(part.mapTo(bar, QPoint(0, 0)), part.size()))
    _assert_car_comes_first(whole)
    for name in ("relative", "messages"):  # incidents lie behind the calls
        shown = whole.panel(name).list
        slots = [slot for slot in shown.slots() if slot.width()]
        assert slots[-1].right() <= shown.viewport().width()
        for one, other in combinations(slots, 2):
            assert not one.intersects(other)


def _assert_car_comes_first(whole: WholeRace) -> None:
    """Fuel, window and what to type are seen without a scroll."""
    sheet = whole.panel("car").findChild(CarSheet)
    port = QRectF(sheet.visibleRegion().boundingRect())
    spots = [spot for spot in sheet.layout_now.spots if spot.is_head]
    assert len(spots) == 3
    first = foresight.PLAN.calls[0]
    spots += [s for s in sheet.layout_now.spots if s.figure.value == f"{first.to_add_l:.0f}" and s.is_right][
        :1
    ]
    for spot in spots:
        assert port.contains(spot.box), spot.figure.name
    assert sheet.width() <= sheet.parentWidget().width()


def _buttons(part) -> list[QAbstractButton]:
    return [part] if isinstance(part, QAbstractButton) else part.findChildren(QAbstractButton)


def _box(whole: WholeRace, panel) -> QRect:
    return QRect(panel.mapTo(whole.room.window, QPoint(0, 0)), panel.size())


@plain
def test_the_scrubber_says_live_only_of_what_is(whole: WholeRace) -> None:
    """A race that stopped coming is not live; a recording has an end, and never was."""
    whole.stand()
    bar = whole.room.window.race_page.bar

    def green() -> int:
        good = whole.room.desk.look.palette.good
        picture = bar.grab(bar.live_box).toImage()
        return sum(
            picture.pixelColor(x, y).name() == good
            for x in range(picture.width())
            for y in range(picture.height())
        )

    assert green() > 0
    whole.grow_old()
    assert green() == 0
    assert msgspec.structs.replace(whole.room.desk.bridge.pulse, has_ended=True).is_stale is False
