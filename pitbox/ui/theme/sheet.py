"""The theme for what Qt draws itself: palette, menus, buttons, tips."""

from PySide6.QtGui import QColor, QPalette

from pitbox.ui.theme.resource import chevron_file
from pitbox.ui.theme.token import BAR, GRID, PADDING, RADIUS, RAIL, SCROLL, Theme, Type, Weight


def qt_palette(theme: Theme) -> QPalette:
    tokens, palette, role = theme.palette, QPalette(), QPalette.ColorRole
    for key, colour in (
        (role.Window, tokens.panel),
        (role.Base, tokens.panel),
        (role.AlternateBase, tokens.raised),
        (role.Button, tokens.raised),
        (role.WindowText, tokens.text),
        (role.Text, tokens.text),
        (role.ButtonText, tokens.text),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.ground),
        (role.PlaceholderText, tokens.dim),
    ):
        palette.setColor(key, QColor(colour))
    return palette


def style_sheet(theme: Theme) -> str:
    return _small_parts(theme) + _words(theme) + _controls(theme) + _boxes_and_bars(theme) + _frames(theme)


def _small_parts(theme: Theme) -> str:
    tokens, px = theme.palette, theme.px
    return f"""
QMenu {{
    background: {tokens.raised}; color: {tokens.text}; border: 1px solid {tokens.line};
    padding: {px(GRID)}px 0; font-size: {px(Type.BODY)}px;
}}
QMenu::item {{ padding: {px(GRID)}px {px(16)}px {px(GRID)}px {px(PADDING)}px; }}
QMenu::item:selected {{ background: {tokens.line}; }}
QMenu::item:disabled {{ color: {tokens.faint}; }}
QMenu::separator {{ height: 1px; background: {tokens.line}; margin: {px(GRID)}px 0; }}
QToolTip {{
    background: {tokens.raised}; color: {tokens.text}; border: 1px solid {tokens.line};
    padding: {px(GRID)}px; font-size: {px(Type.NOTE)}px;
}}
QToolButton {{
    background: transparent; border: 1px solid transparent; border-radius: {px(RADIUS)}px; padding: 0;
}}
QToolButton:hover {{ background: {tokens.raised}; }}
QToolButton:focus {{ border-color: {tokens.accent}; }}
QToolButton#confirm {{ background: {tokens.accent}; color: {tokens.ground}; }}
QToolButton#confirm:focus {{ border-color: {tokens.text}; }}
QToolButton::menu-indicator {{ image: none; }}
"""


def _words(theme: Theme) -> str:
    """Labels that name their tone, size and weight."""
    tokens = theme.palette
    tones = ("text", "dim", "faint", "accent", "good", "warn", "bad", "best")
    rules = [f'QLabel[tone="{tone}"] {{ color: {getattr(tokens, tone)}; }}' for tone in tones]
    rules += [
        f'QLabel[type_size="{size.name.lower()}"] {{ font-size: {theme.px(size)}px; }}' for size in Type
    ]
    rules += [f'QLabel[type_weight="{w.name.lower()}"] {{ font-weight: {int(w)}; }}' for w in Weight]
    return "\n".join(rules)


def _controls(theme: Theme) -> str:
    tokens, px = theme.palette, theme.px
    field = f"""
    background: {tokens.ground}; color: {tokens.text}; border: 1px solid {tokens.line};
    border-radius: {px(RADIUS)}px; padding: 0 {px(PADDING)}px; min-height: {px(26)}px;
    font-size: {px(Type.BODY)}px; selection-background-color: {tokens.accent};
    selection-color: {tokens.ground};
    """
    return f"""
QPushButton {{
    background: {tokens.raised}; color: {tokens.text}; border: 1px solid {tokens.line};
    border-radius: {px(RADIUS)}px; padding: 0 {px(12)}px; min-height: {px(26)}px;
    font-size: {px(Type.BODY)}px;
}}
QPushButton:hover {{ border-color: {tokens.dim}; }}
QPushButton:focus {{ border-color: {tokens.accent}; }}
QPushButton[is_first="true"] {{ background: {tokens.accent}; color: {tokens.ground}; font-weight: 500; }}
QPushButton:disabled {{ color: {tokens.faint}; }}
QPushButton[is_chip="true"] {{
    background: transparent; border-color: transparent; color: {tokens.dim};
    padding: 0 {px(PADDING)}px; min-height: {px(20)}px; font-size: {px(Type.NOTE)}px;
}}
QPushButton[is_chip="true"]:hover, QPushButton[is_chip="true"]:checked {{
    background: {tokens.raised}; color: {tokens.text};
}}
QPushButton[is_chip="true"]:focus {{ border-color: {tokens.accent}; }}
QLineEdit, QComboBox {{ {field} }}
QLineEdit:focus, QComboBox:focus {{ border-color: {tokens.accent}; }}
QComboBox[is_unset="true"] {{ color: {tokens.dim}; }}
QComboBox::drop-down {{ border: none; width: {px(24)}px; }}
QComboBox::down-arrow {{ image: url("{chevron_file().as_posix()}"); width: {px(12)}px; height: {px(12)}px; }}
QComboBox QAbstractItemView {{
    background: {tokens.raised}; color: {tokens.text}; border: 1px solid {tokens.line};
    selection-background-color: {tokens.line}; selection-color: {tokens.text}; outline: none;
}}
"""


def _boxes_and_bars(theme: Theme) -> str:
    tokens, px = theme.palette, theme.px
    return f"""
QCheckBox {{ color: {tokens.text}; font-size: {px(Type.BODY)}px; spacing: {px(PADDING)}px; }}
QCheckBox::indicator {{
    width: {px(14)}px; height: {px(14)}px; border: 1px solid {tokens.faint};
    border-radius: {px(RADIUS)}px; background: {tokens.ground};
}}
QCheckBox::indicator:checked {{ background: {tokens.accent}; border-color: {tokens.accent}; }}
QCheckBox:focus {{ color: {tokens.accent}; }}
QScrollBar:vertical {{ background: transparent; width: {px(SCROLL)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(SCROLL)}px; margin: 0; }}
QScrollBar::handle {{ background: {tokens.line}; border-radius: {px(3)}px; margin: {px(2)}px; }}
QScrollBar::handle:hover {{ background: {tokens.faint}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::handle:vertical {{ min-height: {px(32)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(32)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _frames(theme: Theme) -> str:
    tokens, px = theme.palette, theme.px
    return f"""
QMainWindow#engineer, QMainWindow#deck, QWidget#page {{ background: {tokens.ground}; }}
QMainWindow::separator {{ background: {tokens.line}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {tokens.accent}; }}
QFrame#rule {{ background: {tokens.line}; border: none; }}
QWidget#topbar {{ background: {tokens.panel}; min-height: {px(BAR)}px; max-height: {px(BAR)}px; }}
QWidget#rail {{ background: {tokens.panel}; min-width: {px(RAIL)}px; max-width: {px(RAIL)}px; }}
QWidget#panel, QWidget#panelbar {{ background: {tokens.panel}; }}
QFrame#notice, QFrame#overlay {{
    background: {tokens.raised}; border: 1px solid {tokens.line}; border-radius: {px(RADIUS)}px;
}}
QFrame#overlay QLineEdit {{
    background: transparent; border: none; font-size: {px(Type.HEAD)}px; min-height: {px(40)}px;
}}
QListView {{ background: transparent; border: none; outline: none; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QTabBar {{ background: {tokens.panel}; qproperty-drawBase: 0; }}
QTabBar::tab {{
    background: {tokens.panel}; color: {tokens.dim}; padding: 0 {px(12)}px; min-height: {px(28)}px;
    border: none; font-size: {px(Type.BODY)}px;
}}
QTabBar::tab:selected {{ color: {tokens.text}; border-top: 2px solid {tokens.accent}; }}
QTabBar::tab:hover {{ color: {tokens.text}; }}
QTreeView {{ background: {tokens.panel}; border: none; outline: none; }}
QHeaderView {{ background: {tokens.panel}; border: none; }}
QHeaderView::section {{
    background: {tokens.panel}; color: {tokens.dim}; border: none; border-bottom: 1px solid {tokens.line};
    padding: 0 {px(GRID)}px; font-size: {px(Type.NOTE)}px;
}}
"""
