"""Which classes of a race a panel shows: a chip for each of them, and their keys."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pitbox.ui.scene.row import ClassHead
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID

_KEYS = 6


class ClassChips(QWidget):
    """In order of pace; none is down while all classes are shown. A race of one class has no chips."""

    chosen_changed = Signal(object)
    """The ids of the only classes that are to be shown; none at all for all of them."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.chosen: frozenset[int] = frozenset()
        self.chips: list[Chip] = []
        self._class_ids: tuple[int, ...] = ()
        self._has_room = True
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(stage.look.px(GRID))

    def add(self, chip: Chip) -> None:
        """One of the panel's own, after those of the classes."""
        self._row.addWidget(chip)

    def show_classes(self, heads: Sequence[ClassHead]) -> None:
        class_ids = tuple(head.class_id for head in heads)
        if class_ids == self._class_ids:
            return
        self._class_ids = class_ids
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for at, head in enumerate(heads if len(heads) > 1 else ()):
            chip = Chip(head.name, self._toggler(at), f"Only {head.name}; key {at + 1}")
            self._row.insertWidget(at, chip)
            chip.setVisible(self._has_room)
            self.chips.append(chip)
        self.choose(self.chosen & set(class_ids))

    def toggle(self, class_id: int) -> None:
        chosen = self.chosen ^ {class_id}
        self.choose(frozenset() if len(chosen) == len(self._class_ids) else chosen)

    def choose(self, chosen: frozenset[int] = frozenset()) -> None:
        is_news, self.chosen = chosen != self.chosen, chosen
        for class_id, chip in zip(self._class_ids, self.chips, strict=False):
            chip.setChecked(class_id in chosen)
        if is_news:
            self.chosen_changed.emit(chosen)

    def give_room(self, *, has_room: bool) -> None:
        """Without it classes are chosen by their keys."""
        self._has_room = has_room
        for chip in self.chips:
            chip.setVisible(has_room)

    def commands(self, scope: str, group: str, title: str, card: str) -> list[Command]:
        """A key for each; `title` names the class by its place in `{}`, `card` all of them."""
        return [
            Command(
                f"{scope}.class_{at + 1}",
                title.format(at + 1),
                group,
                self._toggler(at),
                str(at + 1),
                scope=scope,
                card=card,
            )
            for at in range(_KEYS)
        ]

    def _toggler(self, at: int) -> Callable[[], None]:
        return lambda: self.toggle(self._class_ids[at]) if at < len(self._class_ids) else None
