"""The keys of the Team page, in the book before anybody has opened it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pitbox.planning.presence import Presence
from pitbox.ui.shell.command import Command, CommandBook
from pitbox.ui.team.scope import FREE_SCOPE, PEOPLE_SCOPE

if TYPE_CHECKING:  # it loads what only this page needs
    from pitbox.ui.team.page import TeamPage


_FREE, _PEOPLE, _PAGE = "Free times", "People", "Team"
_FAR = 4


Act = Callable[["TeamPage"], object]


def add_keys(book: CommandBook, page: Callable[[], "TeamPage"], go: Callable[[], None]) -> None:
    """`page` makes it where nobody has been there yet; `go` shows it."""

    def on(run: Act, *, is_shown_first: bool = False) -> Callable[[], None]:
        def act() -> None:
            if is_shown_first:
                go()
            run(page())

        return act

    for name, title, run in _PAGE_DEEDS:
        words = "plan people csv wizard"
        book.add(Command(f"team.{name}", title, _PAGE, on(run, is_shown_first=True), words=words))
    for scope, group, deeds in ((PEOPLE_SCOPE, _PEOPLE, _PEOPLE_DEEDS), (FREE_SCOPE, _FREE, _FREE_DEEDS)):
        for name, title, keys, run in deeds:
            words = "available when step" if scope == FREE_SCOPE else ""
            book.add(Command(f"{scope}.{name}", title, group, on(run), keys, words=words, scope=scope))


def _step(by: int, *, is_longer: bool = False) -> Act:
    return lambda page: page.free.view.step(by, is_longer=is_longer)


def _be(presence: Presence) -> Act:
    return lambda page: page.free.view.set_presence(presence)


def _next_step(page: "TeamPage", *, is_back: bool = False) -> None:
    from pitbox.ui.team.people import next_step  # noqa: PLC0415 - it loads what only this page needs

    next_step(page.board, is_back=is_back)


_PAGE_DEEDS: tuple[tuple[str, str, Act], ...] = (
    ("event", "New event", lambda page: page.event_panel.add_event()),
    ("form", "Form teams of who signed up", lambda page: page.form_teams()),
    ("import", "Bring in a list of sign-ups", lambda page: page.bring_in()),
    ("find", "Find or add somebody", lambda page: page.find_person()),
)
_PEOPLE_DEEDS: tuple[tuple[str, str, str, Act], ...] = (
    ("on", "A step further", "S", _next_step),
    ("back", "A step back, or withdrawn", "Shift+S", lambda page: _next_step(page, is_back=True)),
    ("edit", "Fill in the person", "E", lambda page: page.person.fields["name"].setFocus()),
    ("add", "Find or add somebody", "A", lambda page: page.find_person()),
)
_FREE_DEEDS: tuple[tuple[str, str, str, Act], ...] = (
    ("left", "Earlier", "Left", _step(-1)),
    ("right", "Later", "Right", _step(1)),
    ("far_left", "An hour or so earlier", "Ctrl+Left", _step(-_FAR)),
    ("far_right", "An hour or so later", "Ctrl+Right", _step(_FAR)),
    ("more_left", "Mark more, earlier", "Shift+Left", _step(-1, is_longer=True)),
    ("more_right", "Mark more, later", "Shift+Right", _step(1, is_longer=True)),
    ("much_left", "Mark much more, earlier", "Ctrl+Shift+Left", _step(-_FAR, is_longer=True)),
    ("much_right", "Mark much more, later", "Ctrl+Shift+Right", _step(_FAR, is_longer=True)),
    ("all", "Mark the whole race", "A", lambda page: page.free.view.mark_all()),
    ("before", "The person before", "Up", lambda page: page.free.view.step_row(-1)),
    ("after", "The person after", "Down", lambda page: page.free.view.step_row(1)),
    ("free", "Free then", "F", _be(Presence.FREE)),
    ("maybe", "Maybe free then", "M", _be(Presence.MAYBE)),
    ("not", "Not there then", "Del", _be(Presence.NOT)),
)
