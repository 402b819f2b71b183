"""The keys of the race timeline, in the book before anybody has opened the page."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pitbox.ui.shell.command import Command, CommandBook

if TYPE_CHECKING:  # it loads what only this page needs
    from pitbox.ui.strategy.timeline import TimelinePanel
    from pitbox.ui.strategy.trial import Trial

SCOPE, _GROUP = "timeline", "Race timeline"
_LAPS, _LITRES = 5, 10.0


class Tryout(Protocol):
    """Where something is tried: the Strategy page."""

    @property
    def trial(self) -> "Trial": ...

    @property
    def timeline(self) -> "TimelinePanel": ...


def _move_all(page: Tryout, by: int) -> None:
    page.trial.move(by, with_later=True)


def add_keys(book: CommandBook, page: Callable[[], Tryout]) -> None:
    """`page` makes it where nobody has been there yet."""

    def on(run: Callable[[Tryout], object]) -> Callable[[], None]:
        def act() -> None:
            run(page())

        return act

    for name, title, keys, run in (
        ("earlier", "Stop a lap earlier", "Left", lambda p: p.trial.move(-1)),
        ("later", "Stop a lap later", "Right", lambda p: p.trial.move(1)),
        ("much_earlier", "Stop five laps earlier", "Shift+Left", lambda p: p.trial.move(-_LAPS)),
        ("much_later", "Stop five laps later", "Shift+Right", lambda p: p.trial.move(_LAPS)),
        ("all_earlier", "It and all later stops earlier", "Ctrl+Left", lambda p: _move_all(p, -1)),
        ("all_later", "It and all later stops later", "Ctrl+Right", lambda p: _move_all(p, 1)),
        ("before", "The stop before", "Up", lambda p: p.trial.pick(p.trial.at - 1)),
        ("after", "The stop after", "Down", lambda p: p.trial.pick(p.trial.at + 1)),
        ("more", "A litre more", "+", lambda p: p.trial.add_fuel(1.0)),
        ("less", "A litre less", "-", lambda p: p.trial.add_fuel(-1.0)),
        ("much_more", "Ten litres more", "PgUp", lambda p: p.trial.add_fuel(_LITRES)),
        ("much_less", "Ten litres less", "PgDown", lambda p: p.trial.add_fuel(-_LITRES)),
        ("tyres", "Tyres, or none", "T", lambda p: p.trial.turn_tyres()),
        ("driver", "Another driver", "D", lambda p: p.trial.turn_driver()),
        ("remove", "Take the stop out", "Del", lambda p: p.trial.remove()),
        ("insert", "One stop more", "Ins", lambda p: p.trial.insert()),
        ("reset", "Back to the choice", "Backspace", lambda p: p.trial.reset()),
        ("fit", "All laps to the flag", "F", lambda p: p.timeline.fit()),
        ("closer", "Fewer laps", "Ctrl+Up", lambda p: p.timeline.zoom(0.8)),
        ("farther", "More laps", "Ctrl+Down", lambda p: p.timeline.zoom(1.25)),
    ):
        words = "strategy what if try plan"
        book.add(Command(f"{SCOPE}.{name}", title, _GROUP, on(run), keys, words=words, scope=SCOPE))
