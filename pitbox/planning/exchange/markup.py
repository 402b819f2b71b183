"""Text and numbers as HTML and SVG want them. All that people wrote goes through `text`."""

import re
from html import escape

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def text(value: str) -> str:
    """For content and for quoted attributes; what no document may hold becomes a mark."""
    return escape(_CONTROL.sub("\ufffd", value), quote=True)


def name(value: str) -> str:
    """A name within a sentence, in whatever direction it is written."""
    return f"<bdi>{text(value)}</bdi>"


def percent(share: float) -> str:
    return f"{100 * share:.3f}%"


def length_words(length_s: float) -> str:
    """`0:59 h`."""
    minutes = round(length_s / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h"
