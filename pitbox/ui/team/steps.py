"""How far a person is, as one control: each step stands there, and those that can follow can be pressed."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pitbox.model.participation import Participation, Step
from pitbox.ui.shell.words import Words
from pitbox.ui.team.field import Chip
from pitbox.ui.team.words import STEP_TITLES

_ON = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_FORWARD = (Step.INTERESTED, Step.SIGNED_UP, Step.IN_TEAM, Step.CONFIRMED)


def reachable(said: Participation | None, step: Step) -> str:
    """Why not, in a sentence; empty where one press brings somebody there."""
    now = None if said is None else said.step
    if now is None:
        return "" if step in (Step.INTERESTED, Step.SIGNED_UP) else "Sign up first."
    if step is Step.IN_TEAM and now is Step.SIGNED_UP:
        return "Choose a team below: that puts the person into it."
    back = {Step.IN_TEAM: Step.SIGNED_UP, Step.CONFIRMED: Step.SIGNED_UP, Step.WITHDRAWN: Step.INTERESTED}
    on = dict(pairwise(_FORWARD))
    if step in (now, Step.WITHDRAWN, back.get(now), on.get(now)):
        return ""
    if now is Step.WITHDRAWN:
        return "Who has withdrawn is interested again first."
    return "Not from here." if _FORWARD.index(step) < _FORWARD.index(now) else "One step after the other."


class StepRow(QWidget):
    def __init__(self, wish: Callable[[Step], None]) -> None:
        super().__init__()
        self.chips: dict[Step, Chip] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        forward, out = QHBoxLayout(), QHBoxLayout()
        for row in (forward, out):
            row.setSpacing(0)
            rows.addLayout(row)
        for step in Step:
            chip = self.chips[step] = Chip(STEP_TITLES[step], is_ticked=True)
            chip.clicked.connect(lambda _=False, step=step: wish(step))
            row = out if step is Step.WITHDRAWN else forward
            if step in _FORWARD[1:]:
                row.addWidget(Words(_ON, tone="faint"))
            row.addWidget(chip)
        forward.addStretch(1)
        out.addStretch(1)

    def show_step(self, said: Participation | None) -> None:
        now = None if said is None else said.step
        for step, chip in self.chips.items():
            why = reachable(said, step)
            chip.setChecked(step is now)
            chip.setEnabled(not why)
            chip.setToolTip(why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        chips = [chip for chip in self.chips.values() if chip.isEnabled()]
        at = next((at for at, chip in enumerate(chips) if chip.hasFocus()), None)
        if by is None or at is None:
            super().keyPressEvent(event)
            return
        chips[min(max(0, at + by), len(chips) - 1)].setFocus()
