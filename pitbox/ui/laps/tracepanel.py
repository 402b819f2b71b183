"""The traces, and beside them every channel that could be one."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout

from pitbox.ui.laps.board import LapBoard
from pitbox.ui.laps.channels import ChannelDrawer
from pitbox.ui.laps.traces import TracePlot
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage

_DRAWER, _WIDE = "laps.channels", 720


class TracePanel(Panel):
    """The channels stand there where there is room for both, or somebody wants them."""

    def __init__(self, stage: Stage, board: LapBoard) -> None:
        super().__init__(stage)
        self.plot = TracePlot(stage, board)
        self.drawer = ChannelDrawer(stage, board, self.plot.hover, self.plot.drop)
        self.chip = Chip("Channels", self.turn_drawer, "All channels, to be dragged among the traces (A)")
        self.bar_parts = [self.chip]
        self._is_wanted = stage.memory.recall(_DRAWER, bool)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        # So that the page's columns stand still when the channels come and go.
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(self.plot.minimumSize())
        row.addWidget(self.drawer)
        row.addWidget(self.plot, 1)
        self.drawer.hide()
        self.setFocusProxy(self.plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_wanted is None:
            self._show_drawer(is_shown=self.width() >= self.stage.look.px(_WIDE))

    def turn_drawer(self) -> None:
        self._want(is_shown=self.drawer.isHidden())

    def open_drawer(self) -> None:
        """With the keys in its line."""
        self._want(is_shown=True)
        self.drawer.line.setFocus()
        self.drawer.line.selectAll()

    def _want(self, *, is_shown: bool) -> None:
        self._is_wanted = is_shown
        self.stage.memory.keep(_DRAWER, is_shown)
        self._show_drawer(is_shown=is_shown)

    def _show_drawer(self, *, is_shown: bool) -> None:
        self.drawer.setVisible(is_shown)
        self.chip.setChecked(is_shown)
