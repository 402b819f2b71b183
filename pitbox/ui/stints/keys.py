"""The keys of the Stints page, in the book before anybody has opened it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pitbox.ui.shell.command import Command, CommandBook
from pitbox.ui.stints import SCOPE

if TYPE_CHECKING:  # it loads what only this page needs
    from pitbox.ui.stints.page import StintsPage

_GROUP = "Stint plan"
_WORDS = "stints plan driver gantt"


Run = Callable[["StintsPage"], object]

_EDITS: tuple[tuple[str, str, str, Run], ...] = (
    ("before", "The stint before", "Left", lambda p: p.step(-1)),
    ("after", "The stint after", "Right", lambda p: p.step(1)),
    ("above", "A stint of the driver above", "Up", lambda p: p.step_lane(-1)),
    ("below", "A stint of the driver below", "Down", lambda p: p.step_lane(1)),
    ("give_above", "Give the stint to the driver above", "Shift+Up", lambda p: p.give(-1)),
    ("give_below", "Give the stint to the driver below", "Shift+Down", lambda p: p.give(1)),
    ("shorter", "End it a lap earlier", "Shift+Left", lambda p: p.lengthen(-1)),
    ("longer", "End it a lap later", "Shift+Right", lambda p: p.lengthen(1)),
    ("sooner", "Drive it one place sooner", "Ctrl+Left", lambda p: p.place(-1)),
    ("later", "Drive it one place later", "Ctrl+Right", lambda p: p.place(1)),
    ("driver", "The next driver for it", "D", lambda p: p.give(1, is_round=True)),
    ("tyres", "New tyres for it, or none", "T", lambda p: p.turn_tyres()),
    ("edit", "Edit it in the table", "Return", lambda p: p.edit_row()),
    ("split", "Split it by a stop", "Ins", lambda p: p.split()),
    ("merge", "Drive it and the next one without the stop", "M", lambda p: p.merge()),
    ("remove", "Take the stint out", "Del", lambda p: p.remove()),
    ("add", "One stint more at the end", "N", lambda p: p.add()),
)
_VIEWS: tuple[tuple[str, str, str, Run], ...] = (
    ("solve", "Solve the plan, or give up solving", "S", lambda p: p.solving.turn()),
    ("accept", "Accept the new plan", "A", lambda p: p.solving.accept()),
    ("refuse", "Refuse the new plan", "Backspace", lambda p: p.solving.refuse()),
    ("fault", "To the next fault", "V", lambda p: p.next_fault(1)),
    ("fault_before", "To the fault before", "Shift+V", lambda p: p.next_fault(-1)),
    ("wish_longer", "In the race: a lap longer", "+", lambda p: p.wish_laps(1)),
    ("wish_shorter", "In the race: a lap shorter", "-", lambda p: p.wish_laps(-1)),
    ("pit", "In the race: pit now", "P", lambda p: p.wish_pit()),
    ("takes_over", "In the race: the stint's driver takes over now", "O", lambda p: p.wish_swap()),
    ("missing", "In the race: the stint's driver is missing", "Shift+D", lambda p: p.wish_missing()),
    ("rain", "In the race: rain for an hour", "R", lambda p: p.wish_rain()),
    ("fit", "All of the race", "F", lambda p: p.gantt.fit()),
    ("closer", "Closer", "Ctrl+Up", lambda p: p.gantt.zoom(0.8)),
    ("farther", "Farther", "Ctrl+Down", lambda p: p.gantt.zoom(1.25)),
)
_DEEDS: tuple[tuple[str, str, Run], ...] = (
    ("new_variant", "Stint plan: new strategy", lambda p: p.plans.ask_variant()),
    ("copy_variant", "Stint plan: copy this strategy", lambda p: p.plans.ask_variant(is_copy=True)),
    ("activate", "Stint plan: the race follows this strategy", lambda p: p.plans.activate()),
    ("drop_variant", "Stint plan: delete this strategy", lambda p: p.plans.remove()),
    ("from_race", "Stint plan: new event from this race", lambda p: p.plans.begin_from_race()),
    ("ours", "Stint plan: this race is this team's", lambda p: p.plans.be_ours()),
    ("export_csv", "Stint plan: export as CSV", lambda p: p.plans.ask_file("csv")),
    ("export_json", "Stint plan: export as JSON", lambda p: p.plans.ask_file("json")),
    ("export_ics", "Stint plan: export as calendar", lambda p: p.plans.ask_file("ics")),
    ("export_html", "Stint plan: export as a page to share", lambda p: p.plans.ask_file("html")),
)


def add_keys(book: CommandBook, page: Callable[[], "StintsPage"]) -> None:
    """`page` makes it where nobody has been there yet."""

    def on(run: Run) -> Callable[[], None]:
        def act() -> None:
            run(page())

        return act

    for name, title, keys, run in (*_EDITS, *_VIEWS):
        book.add(Command(f"{SCOPE}.{name}", title, _GROUP, on(run), keys, words=_WORDS, scope=SCOPE))
    for name, title, run in _DEEDS:
        book.add(Command(f"{SCOPE}.{name}", title, _GROUP, on(run), words=_WORDS))
