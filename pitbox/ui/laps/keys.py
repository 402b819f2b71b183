"""The keys of the Laps page, in the book before anybody has opened it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pitbox.ui.laps import SCOPE, TABLE_SCOPE
from pitbox.ui.shell.command import Command, CommandBook

if TYPE_CHECKING:  # it loads what only this page needs
    from pitbox.ui.laps.page import LapsPage

_GROUP, _TABLE = "Traces of laps", "List of laps"
_WORDS = "laps traces telemetry overlay compare"
_STEP_M, _FAR_M = 5.0, 50.0
Run = Callable[["LapsPage"], object]

_TRACES: tuple[tuple[str, str, str, Run], ...] = (
    ("back", "The cursor back", "Left", lambda p: p.plot.step_cursor(-_STEP_M)),
    ("on", "The cursor on", "Right", lambda p: p.plot.step_cursor(_STEP_M)),
    ("far_back", "The cursor far back", "Shift+Left", lambda p: p.plot.step_cursor(-_FAR_M)),
    ("far_on", "The cursor far on", "Shift+Right", lambda p: p.plot.step_cursor(_FAR_M)),
    ("earlier", "An earlier stretch of the lap", "Ctrl+Left", lambda p: p.board.move(-0.25)),
    ("later", "A later stretch of the lap", "Ctrl+Right", lambda p: p.board.move(0.25)),
    ("closer", "Closer", "Ctrl+Up", lambda p: p.board.zoom(0.8)),
    ("farther", "Farther", "Ctrl+Down", lambda p: p.board.zoom(1.25)),
    ("fit", "The whole lap", "F", lambda p: p.board.fit()),
    ("corner", "To the next corner", "N", lambda p: p.board.step_corner(1)),
    ("corner_before", "To the corner before", "Shift+N", lambda p: p.board.step_corner(-1)),
    ("above", "The trace above", "Up", lambda p: p.plot.choose(-1)),
    ("below", "The trace below", "Down", lambda p: p.plot.choose(1)),
    ("up", "Move the trace up", "Shift+Up", lambda p: p.move_strip(-1)),
    ("down", "Move the trace down", "Shift+Down", lambda p: p.move_strip(1)),
    ("remove", "Take the trace out", "Del", lambda p: p.remove_strip()),
    ("add", "Add a trace", "A", lambda p: p.offer_channels()),
    ("formula", "Add a trace by a formula", "M", lambda p: p.ask_formula()),
    ("time", "Over time, or over distance", "T", lambda p: p.turn_axis()),
    ("reference", "The next lap as reference", "R", lambda p: p.board.turn_reference()),
    ("focus", "Words about the next lap", "W", lambda p: p.turn_focus()),
    ("heat", "Heat map of mistakes, or not", "H", lambda p: p.map.turn_heat()),
    ("apart", "Lines further apart than they are, from near", "X", lambda p: p.map.turn_apart()),
    ("figure", "The next kind of figure", "G", lambda p: p.figure.turn()),
    ("best", "The quickest two clean laps", "B", lambda p: p.board.pick_best()),
    ("clear", "Choose no lap", "Backspace", lambda p: p.board.clear()),
)
_LIST: tuple[tuple[str, str, str, Run], ...] = (
    ("above", "The lap above", "Up", lambda p: p.table.step(-1)),
    ("below", "The lap below", "Down", lambda p: p.table.step(1)),
    ("page_up", "A page up", "PgUp", lambda p: p.table.step(-p.table.rows)),
    ("page_down", "A page down", "PgDown", lambda p: p.table.step(p.table.rows)),
    ("first", "The first lap", "Home", lambda p: p.table.step(-(10**6))),
    ("last", "The last lap", "End", lambda p: p.table.step(10**6)),
    ("pick", "Draw the lap, or not", "Space", lambda p: p.pick()),
    ("enter", "Draw the lap, or not, by Enter", "Return", lambda p: p.pick()),
    ("reference", "Hold all others against it", "R", lambda p: p.refer()),
    ("valid", "Only valid laps, or all", "V", lambda p: p.chips.turn("is_valid")),
    ("clean", "Only clean laps, or all", "C", lambda p: p.chips.turn("is_clean")),
    ("own", "Only laps that can be drawn, or all", "D", lambda p: p.chips.turn("is_own")),
    ("type", "Type what is looked for", "/", lambda p: p.type_filter()),
    ("session", "Laps of another session", "L", lambda p: p.offer_sessions()),
    ("best", "The quickest two clean laps", "B", lambda p: p.board.pick_best()),
    ("clear", "Choose no lap", "Backspace", lambda p: p.board.clear()),
)
_DEEDS: tuple[tuple[str, str, Run], ...] = (
    ("layout_save", "Traces: save what is shown under a name", lambda p: p.ask_layout()),
    ("layout_open", "Traces: open what was saved", lambda p: p.offer_layouts()),
    ("layout_reset", "Traces: as at first", lambda p: p.reset_traces()),
    ("across", "Figure: another channel across", lambda p: p.figure.ask_channel("across")),
    ("up_axis", "Figure: another channel upwards", lambda p: p.figure.ask_channel("up")),
)


def add_keys(book: CommandBook, page: Callable[[], "LapsPage"]) -> None:
    """`page` makes it where nobody has been there yet."""

    def on(run: Run) -> Callable[[], None]:
        def act() -> None:
            run(page())

        return act

    for scope, group, commands in ((SCOPE, _GROUP, _TRACES), (TABLE_SCOPE, _TABLE, _LIST)):
        for name, title, keys, run in commands:
            book.add(Command(f"{scope}.{name}", title, group, on(run), keys, words=_WORDS, scope=scope))
    for name, title, run in _DEEDS:
        book.add(Command(f"{SCOPE}.{name}", title, _GROUP, on(run), words=_WORDS))
