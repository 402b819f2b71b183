"""Line icons in the colours of the theme."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from pitbox.ui.theme.resource import icon_text, mark_file

_STROKE = 'stroke-width="2"'
_TRAY_SIZES = (16, 22, 24, 32, 48, 64)


def icon_pixmap(name: str, colour: str, size: int, ratio: float = 1.0, *, is_filled: bool = False) -> QPixmap:
    """`size` in logical pixels, drawn for a screen with so many device pixels in each; kept."""
    key = f"pitbox {name} {colour} {size} {ratio} {is_filled}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = _drawn(name, colour, size, ratio, is_filled=is_filled)
        QPixmapCache.insert(key, pixmap)
    return pixmap


def icon(name: str, colour: str, *, is_filled: bool = False) -> QIcon:
    """For the tray and for buttons: sharp at each usual size."""
    drawn = QIcon()
    for size in _TRAY_SIZES:
        drawn.addPixmap(icon_pixmap(name, colour, size, is_filled=is_filled))
    return drawn


def mark() -> QIcon:
    """PitBox's own."""
    return QIcon(str(mark_file()))


def _drawn(name: str, colour: str, size: int, ratio: float, *, is_filled: bool) -> QPixmap:
    # 24 units of the drawing are `size` pixels: 1.5 of those shall be the line.
    text = icon_text(name).replace("currentColor", colour).replace(_STROKE, f'stroke-width="{24 * 1.5 / 16}"')
    if is_filled:
        text = text.replace('fill="none"', f'fill="{colour}"')
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
