"""The theme for what Qt draws itself: palette, menus, buttons, tips."""

from PySide6.QtGui import QColor, QPalette

from pitbox.ui.theme.token import GRID, PADDING, RADIUS, Theme, Type


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
QToolButton::menu-indicator {{ image: none; }}
"""
