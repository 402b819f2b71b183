"""Files that are drawn with: the typeface and the icons. They lie beside the code, in the wheel too."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "resource"


def font_files() -> list[Path]:
    return sorted((_FOLDER / "inter").glob("*.otf"))


def cover_files() -> list[Path]:
    """For names in scripts that Inter lacks: Chinese and Japanese, and Korean."""
    return [_FOLDER / "droid" / "DroidSansFallbackFull.ttf", _FOLDER / "nanum" / "NanumGothicCoding.ttf"]


@cache
def icon_text(name: str) -> str:
    """The SVG of an icon; raises FileNotFoundError for one that is not bundled."""
    return (_FOLDER / "lucide" / f"{name}.svg").read_text("utf-8")


def chevron_file() -> Path:
    """Points down, in a grey that is seen on both themes: style sheets cannot colour a picture."""
    return _FOLDER / "chevron.svg"


def mark_file() -> Path:
    """PitBox's own sign."""
    return _FOLDER / "pitbox.svg"
