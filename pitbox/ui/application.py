"""The Qt application: one for each process, with PitBox's name, typeface and theme."""

from PySide6.QtWidgets import QApplication

from pitbox.ui.theme.face import face, load_faces
from pitbox.ui.theme.icon import mark
from pitbox.ui.theme.sheet import qt_palette, style_sheet
from pitbox.ui.theme.token import Theme, Type


def make_application() -> QApplication:
    """The one that runs, or a new one. Closing a window does not end it."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["pitbox"])
    app.setApplicationName("PitBox")
    app.setDesktopFileName("pitbox")
    app.setQuitOnLastWindowClosed(False)
    app.setStyle("Fusion")  # the same everywhere; the system's own styles ignore half of a palette
    app.setWindowIcon(mark())
    load_faces()
    return app


def dress(app: QApplication, theme: Theme) -> None:
    app.setPalette(qt_palette(theme))
    app.setFont(face(theme, Type.BODY))
    app.setStyleSheet(style_sheet(theme))
