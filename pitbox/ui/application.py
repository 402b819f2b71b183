"""The Qt application: one for each process, with PitBox's name, typeface and theme."""

from PySide6.QtWidgets import QApplication

from pitbox.ui.theme.face import face, load_faces
from pitbox.ui.theme.icon import mark
from pitbox.ui.theme.sheet import qt_palette, style_sheet
from pitbox.ui.theme.token import Theme, Type

_STYLED = "pitbox_styled"


def make_application() -> QApplication:
    """The one that runs, or a new one. Closing a window does not end it."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["pitbox"])
    app.setApplicationName("PitBox")
    app.setDesktopFileName("pitbox")
    app.setQuitOnLastWindowClosed(False)
    if app.property(_STYLED) is None:  # each call would polish every widget again
        app.setStyle("Fusion")  # the same everywhere; the system's own styles ignore half of a palette
        app.setProperty(_STYLED, True)
    app.setWindowIcon(mark())
    load_faces()
    return app


def dress(app: QApplication, theme: Theme) -> None:
    """In this theme; again in the same one costs nothing."""
    sheet = style_sheet(theme)
    if app.styleSheet() != sheet:
        app.setPalette(qt_palette(theme))
        app.setFont(face(theme, Type.BODY))
        app.setStyleSheet(sheet)
