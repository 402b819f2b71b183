"""The Race page with its scrubber below and, while it looks back, the strip above; and the keys of both."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from pitbox.ui.scrub.bar import STEP_S, ScrubBar
from pitbox.ui.scrub.strip import LookBackStrip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.stage import Stage

_GROUP, _SCOPE = "Looking back", "race"
_WAYS_OUT = ("L", "Esc")


class ScrubPage(QWidget):
    def __init__(self, stage: Stage, content: QWidget) -> None:
        super().__init__()
        self._stage = stage
        self.strip = LookBackStrip(stage)
        self.bar = ScrubBar(stage)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(content, 1)
        column.addWidget(self.bar)
        self.setFocusProxy(content)
        self._commands: list[Command] = []
        self._ways_out: list[QShortcut] = []
        self._torn: list[tuple[QDockWidget, QShortcut]] = []
        self._show_state()
        stage.look_back.changed.connect(self._show_state)
        stage.timeline.grew.connect(self._show_state)

    def take_keys(self, docks: Iterable[QDockWidget]) -> None:
        """Once, when its panels stand: these keys come after theirs, and are theirs on another screen too."""
        self._commands = self._add_commands()
        self._ways_out = [each for each in bind(self._commands, self) if _is_way_out(each)]
        for dock in docks:
            self._torn += [(dock, shortcut) for shortcut in bind(self._commands, dock)]
            dock.topLevelChanged.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        """Keys that lead back to live belong to others while it is live."""
        is_live = self._stage.look_back.is_live
        for shortcut in self._ways_out:
            shortcut.setEnabled(not is_live)
        for dock, shortcut in self._torn:  # on the page itself two of one kind would stop each other
            shortcut.setEnabled(dock.isFloating() and not (is_live and _is_way_out(shortcut)))
        self.bar.setVisible(self._stage.timeline.now_s is not None)

    def _add_commands(self) -> list[Command]:
        bar, look_back = self.bar, self._stage.look_back
        past = lambda: not look_back.is_live  # noqa: E731
        return [
            self._add("live", "Back to live", "L", look_back.go_live, past),
            self._add("leave", "Leave the past", "Escape", look_back.go_live, past),
            self._add("back", "Ten seconds back", "Alt+Left", lambda: bar.step(-STEP_S)),
            self._add("forth", "Ten seconds on", "Alt+Right", lambda: bar.step(STEP_S)),
            self._add("lap_back", "A lap of ours back", "Alt+Shift+Left", lambda: bar.step_laps(-1)),
            self._add("lap_forth", "A lap of ours on", "Alt+Shift+Right", lambda: bar.step_laps(1)),
            self._add("incident_back", "To the incident before", "Alt+PgUp", lambda: bar.go_to_incident(-1)),
            self._add("incident_forth", "To the incident after", "Alt+PgDown", lambda: bar.go_to_incident(1)),
        ]

    def _add(
        self,
        name: str,
        title: str,
        keys: str,
        run: Callable[[], None],
        is_shown: Callable[[], bool] = lambda: True,
    ) -> Command:
        command = Command(f"look.{name}", title, _GROUP, run, keys, is_shown, "past replay scrub", _SCOPE)
        return self._stage.commands.add(command)


def _is_way_out(shortcut: QShortcut) -> bool:
    return shortcut.key().toString() in _WAYS_OUT
