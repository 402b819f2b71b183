"""The typeface: Inter, bundled, with figures of one width; two more stand behind it for other scripts."""

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from pitbox.ui.theme.resource import cover_files, font_files
from pitbox.ui.theme.token import Theme, Type, Weight

FAMILY = "Inter"
COVER = ("Droid Sans Fallback", "NanumGothicCoding")
"""Asked for what Inter has no sign for, before the system is."""


def load_faces() -> None:
    """Make the bundled typeface known to the application; again is no fault."""
    if FAMILY in QFontDatabase.families() and QFontDatabase.styles(FAMILY):
        return
    for path in (*font_files(), *cover_files()):
        QFontDatabase.addApplicationFont(str(path))


@lru_cache(maxsize=64)
def face(theme: Theme, size: Type, weight: Weight = Weight.PLAIN) -> QFont:
    """One for all who ask: making it costs more than the word that it draws. Copied by whoever changes it."""
    font = QFont()
    font.setFamilies([FAMILY, *COVER])
    font.setPixelSize(theme.px(size))
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    # The same picture at every scale and on every system.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
