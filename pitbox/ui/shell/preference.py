"""The settings page, made from the settings structs: a setting that is added there is shown here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.errors import SettingError
from pitbox.wall.setting_value import checked, parse_text
from pitbox.wall.settings import Setting, Settings, every_setting, value_of
from pitbox.wall.settings_file import change, read

_WIDTH, _EDITOR = 920, 220


class PreferencePage(QScrollArea):
    """Each change is stored at once; `changed` says so to whoever can obey it at once."""

    changed = Signal(object)
    """`Settings`, all of them."""

    def __init__(self, look: Look, file: Path) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._file = file
        px, sheet = look.px, QWidget()
        sheet.setMaximumWidth(px(_WIDTH))
        self._column = QVBoxLayout(sheet)
        edge = px(3 * PADDING)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(px(PADDING))
        self._column.addWidget(Words("Settings", size=Type.FIGURE, weight=Weight.FIRST))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search settings")
        self.search.textChanged.connect(self._sift)
        self._column.addWidget(self.search)
        self.nothing = Words("No setting has these words.", tone="dim")
        self._column.addWidget(self.nothing)
        self.rows: list[PreferenceRow] = []
        self._heads: dict[str, Words] = {}
        settings = read(file).settings
        for setting in every_setting():
            self._add(look, setting, settings)
        self._column.addStretch(1)
        self.setWidget(sheet)
        self._sift("")

    def refresh(self) -> None:
        """As the file has it now."""
        settings = read(self._file).settings
        for row in self.rows:
            row.show_value(value_of(settings, row.setting.key))

    def _add(self, look: Look, setting: Setting, settings: Settings) -> None:
        if setting.group not in self._heads:
            head = Words(name_words(setting.group), size=Type.HEAD, weight=Weight.FIRST)
            head.setContentsMargins(0, look.px(2 * PADDING), 0, 0)
            self._heads[setting.group] = head
            self._column.addWidget(head)
        row = PreferenceRow(look, setting, value_of(settings, setting.key), self._store)
        self.rows.append(row)
        self._column.addWidget(row)

    def _store(self, key: str, value: Any) -> str:
        """What is wrong with it, or nothing."""
        try:
            change(self._file, {key: value})
        except SettingError as error:
            return str(error)
        self.changed.emit(read(self._file).settings)
        return ""

    def _sift(self, query: str) -> None:
        words = query.casefold().split()
        shown = set()
        for row in self.rows:
            is_fit = all(word in row.hay for word in words)
            row.setVisible(is_fit)
            if is_fit:
                shown.add(row.setting.group)
        for group, head in self._heads.items():
            head.setVisible(group in shown)
        self.nothing.setVisible(not shown)


class PreferenceRow(QWidget):
    """Name and words at the left, the value at the right, what is wrong below."""

    def __init__(self, look: Look, setting: Setting, value: Any, store: Callable[[str, Any], str]) -> None:
        super().__init__()
        self.setting, self._store, self._value = setting, store, value
        title = name_words(setting.name)
        self.hay = f"{setting.key} {title} {setting.description} {' '.join(setting.choices)}".casefold()
        words = Words(setting.description.replace("`", ""), tone="dim")
        words.setWordWrap(True)
        self.wrong = Words(tone="bad")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self.editor = self._make_editor(look)
        self.editor.setAccessibleName(title)
        self.reset = QPushButton("Reset")
        self.reset.setProperty("is_chip", True)
        self.reset.clicked.connect(lambda: self._take(setting.default))
        text = QVBoxLayout()
        text.setSpacing(look.px(GRID) // 2)
        text.addWidget(Words(title, size=Type.STRONG))
        text.addWidget(words)
        text.addWidget(self.wrong)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, look.px(GRID), 0, look.px(GRID))
        row.setSpacing(look.px(2 * PADDING))
        row.addLayout(text, 1)
        row.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignTop)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.show_value(value)

    def show_value(self, value: Any) -> None:
        self._value = value
        self.reset.setVisible(value != self.setting.default)
        editor = self.editor
        editor.blockSignals(True)
        if isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
            editor.setText("On" if value else "Off")  # never told by colour alone
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(self.setting.choices.index(value))
        elif isinstance(editor, QLineEdit):
            editor.setText("" if value == "" else self.setting.words(value))
        editor.blockSignals(False)

    def _make_editor(self, look: Look) -> QWidget:
        setting, editor = self.setting, QWidget()
        if isinstance(setting.default, bool):
            box = QCheckBox()
            box.toggled.connect(self._take)
            editor = box
        elif setting.choices:
            combo = QComboBox()
            combo.addItems([choice or "not chosen" for choice in setting.choices])
            combo.activated.connect(lambda at: self._take(setting.choices[at]))
            editor = combo
        else:
            line = QLineEdit()
            line.setPlaceholderText("the usual place" if setting.is_folder else "")
            line.editingFinished.connect(lambda: self._take_text(line.text()))
            editor = line
        editor.setFixedWidth(look.px(_EDITOR))
        return editor

    def _take_text(self, text: str) -> None:
        try:
            self._take(parse_text(self.setting.key, text))
        except SettingError as error:
            self._say(str(error))

    def _take(self, value: Any) -> None:
        try:
            value = checked(self.setting, value)
        except SettingError as error:
            self._say(str(error))
            return
        if value == self._value:
            self._say("")
            return
        wrong = self._store(self.setting.key, value)
        self._say(wrong)
        if not wrong:
            self.show_value(value)

    def _say(self, wrong: str) -> None:
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))


def name_words(name: str) -> str:
    """`warn_free_bytes` as people say it: Warn free."""
    parts = [part for part in name.split("_") if part not in ("is", "bytes", "ms", "s", "percent")]
    return " ".join(parts).capitalize()
