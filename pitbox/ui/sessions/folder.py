"""A folder that somebody types or picks."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from pitbox.ui.team.field import Chip, Entry


class FolderEntry(Entry):
    """`pick` is the button beside it; the window in which one picks keeps nobody from anything else."""

    def __init__(self, title: str, store: Callable[[str], None]) -> None:
        super().__init__(title, self._check, "a folder on this machine")
        self._keep, self._title = store, title
        self.pick = Chip("Pick", f"{title}: pick it", is_checkable=False)
        self.pick.clicked.connect(self.show_picker)
        self.picker: QFileDialog | None = None

    def show_picker(self) -> None:
        picker = self.picker = QFileDialog(self, self._title, str(Path(self.text()).expanduser()))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.setModal(False)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.fileSelected.connect(self._keep)
        picker.show()

    def _check(self, text: str) -> None:
        """Raises ValueError for what is none."""
        path = Path(text).expanduser()
        if not path.is_dir():
            raise ValueError(f"There is no folder {text}.")
        self._keep(str(path))
