"""In the title bar of the plan: which team, which of its strategies, and the plan as a file."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from pitbox.model.variant import Variant
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard

_MOST = 6
FILES = {
    "csv": "Table (CSV)",
    "json": "JSON",
    "ics": "Calendar (iCalendar)",
    "html": "Page to share (HTML)",
}


class Chips(QWidget):
    def __init__(self, stage: Stage, board: StintBoard) -> None:
        super().__init__()
        self._stage, self._board = stage, board
        self._shown: tuple[object, ...] = ()
        self.chips: dict[str, Chip] = {}
        self.team = Chip("", self._offer_teams, "Another team or event", is_checkable=False)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.team)
        board.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        scene = self._board.base
        shown = () if scene is None else (scene.variants, scene.variant, len(scene.choices), scene.team.name)
        if shown == self._shown:
            return
        self._shown = shown
        for chip in self.chips.values():
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        self.team.setVisible(scene is not None and len(scene.choices) > 1)
        if scene is None:
            return
        self.team.setText(f"{scene.team.name} \u25be")
        for one in scene.variants[:_MOST]:
            chip = Chip(one.name, self._chooser(one.key), _tip(one))
            if one.is_active and len(scene.variants) > 1:
                chip.setText(f"{one.name} \u2713")
            chip.setChecked(one.key == scene.variant)
            self.chips[one.key] = chip
            self._row.addWidget(chip)
        self.updateGeometry()

    def _chooser(self, key: str) -> Callable[[], None]:
        def choose() -> None:
            scene = self._board.base
            if scene is not None:
                self._board.show(scene.team.key, key)
                for other, chip in self.chips.items():
                    chip.setChecked(other == key)

        return choose

    def _offer_teams(self) -> None:
        scene = self._board.base
        if scene is None:
            return
        menu = QMenu(self)
        for one in scene.choices:
            action = menu.addAction(one.words)
            action.setCheckable(True)
            action.setChecked(one.key == scene.team.key)
            action.triggered.connect(lambda _=False, key=one.key: self._board.show(key))
        menu.popup(self.team.mapToGlobal(self.team.rect().bottomLeft()))


class ExportChip(Chip):
    """The plan that is shown, as a file."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        """`ask`: where to, beside the page."""
        super().__init__("Export \u25be", self._offer, "The plan as a file to leave with", is_checkable=False)
        self._ask = ask

    def _offer(self) -> None:
        menu = QMenu(self)
        for kind, words in FILES.items():
            menu.addAction(words).triggered.connect(lambda _=False, kind=kind: self._ask(kind))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


def _tip(variant: Variant) -> str:
    return f"{variant.name}, which the race follows" if variant.is_active else f"{variant.name}: look at it"
