"""The keys of the Sessions page, in the book before anybody has opened it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pitbox.ui.sessions.scope import SCOPE
from pitbox.ui.shell.command import Command, CommandBook

if TYPE_CHECKING:  # it loads what only this page needs
    from pitbox.ui.sessions.page import SessionsPage

Act = Callable[["SessionsPage"], object]
_GROUP = "Sessions"


def add_keys(
    book: CommandBook,
    page: Callable[[], "SessionsPage"],
    go: Callable[[], None],
    leave: Callable[[], None],
    is_open: Callable[[], bool],
    *,
    has_demo: bool = False,
) -> None:
    """`page` makes it where nobody has been there yet; `go` shows it. `leave`s the open recording.

    `has_demo`: races of a demo are kept apart, and can be listed.
    """

    def on(run: Act, *, is_shown_first: bool = False) -> Callable[[], None]:
        def act() -> None:
            if is_shown_first:
                go()
            run(page())

        return act

    for name, title, run in _PAGE_DEEDS:
        act = on(run, is_shown_first=True)
        book.add(Command(f"sessions.{name}", title, _GROUP, act, words="recording recorded replay history"))
    for name, title, keys, run in _LIST_DEEDS:
        book.add(Command(f"sessions.{name}", title, _GROUP, on(run), keys, words="recording", scope=SCOPE))
    if has_demo:
        turn = on(lambda page: page.board.show_demo(is_demo=not page.board.is_demo), is_shown_first=True)
        book.add(
            Command("sessions.demo", "Show the demo's races, or the team's", _GROUP, turn, words="example")
        )
    title = "Leave the recording, back to the race"
    book.add(Command("sessions.leave", title, _GROUP, leave, is_shown=is_open, words="live close"))


def _sort_on(page: "SessionsPage") -> None:
    """By the next column."""
    from pitbox.ui.sessions.columns import TITLES  # noqa: PLC0415 - it loads what only this page needs

    names = [key for key, title in TITLES if title]
    at = names.index(page.board.order.column)
    page.board.sort(names[(at + 1) % len(names)])


_PAGE_DEEDS: tuple[tuple[str, str, Act], ...] = (
    ("search", "Find a session", lambda page: page.table.go_search()),
    ("storage", "What recordings take of the disk", lambda page: page.show_panel("storage").setFocus()),
    ("deleted", "Show deleted sessions", lambda page: page.table.chips["deleted"].setChecked(True)),
)
_LIST_DEEDS: tuple[tuple[str, str, str, Act], ...] = (
    ("find", "Search", "F", lambda page: page.table.go_search()),
    ("mark", "Mark for comparing, or not", "Space", lambda page: page.board.mark(page.board.key)),
    ("compare", "Compare what is marked", "C", lambda page: page.show_panel("compare")),
    ("trend", "Trend of this car and track", "G", lambda page: page.show_panel("trend")),
    ("tags", "Set its tags", "T", lambda page: page.show_panel("session").setFocus()),
    (
        "note",
        "Write a note on it",
        "N",
        lambda page: (page.show_panel("session"), page.detail.note.setFocus()),
    ),
    ("laps", "Open on the Laps page", "L", lambda page: page.deeds.open_laps(page.detail.moment.axis)),
    ("report", "Write its report", "P", lambda page: page.write_report()),
    ("moment", "Choose the moment to open", "M", lambda page: page.detail.moment.slider.setFocus()),
    ("export", "Export it", "E", lambda page: page.show_panel("export").setFocus()),
    ("archive", "Archive or restore it", "A", lambda page: page.deeds.archive_or_restore()),
    ("delete", "Delete it, until PitBox ends it can be had back", "Del", lambda page: page.deeds.delete()),
    ("back", "Bring back a deleted one", "B", lambda page: page.deeds.undelete()),
    ("sort", "Sort by the next column", "S", _sort_on),
    ("turn", "Sort the other way round", "Shift+S", lambda page: page.board.sort(page.board.order.column)),
    ("again", "Read the shelf anew", "R", lambda page: page.board.refresh()),
)
