"""Whether there is a screen; asked before Qt is, which would abort the process. Loads no Qt."""

import os
import sys
from collections.abc import Mapping

from pitbox.ui.errors import NoScreenError

_NAMES = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")


_WITHOUT = "`pitbox driver --headless` records without one."


def check_screen(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform, without: str = _WITHOUT
) -> None:
    """Raises NoScreenError where no window can open; `without` says what works all the same."""
    if platform == "linux" and not any(environment.get(name) for name in _NAMES):
        raise NoScreenError(f"There is no screen here, so no window can open. {without}")
