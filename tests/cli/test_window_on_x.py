"""The engineer's window on a real X server, where windows belong to a display and not to us."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ON_X = """
import time
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.engineer.meter import open_once
from pitbox.wall.feed import StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings

desk = EngineerDesk(StillFeed(HealthRegistry(time.time)), find_profile("x"), Settings())
open_once(desk)
window = desk.window
window.race.setCurrentWidget(window.deck)

def wait(is_so):
    deadline_s = time.monotonic() + 20
    while not is_so() and time.monotonic() < deadline_s:
        QApplication.processEvents()
        time.sleep(0.01)
    return is_so()

print("platform", QGuiApplication.platformName())
print("shown", wait(window.windowHandle().isExposed), window.width(), window.height())
dock = window.deck.docks["track"]
dock.float_away()
print("torn", wait(lambda: dock.isWindow() and dock.windowHandle().isExposed()))
dock.setFloating(False)
print("back", wait(lambda: not dock.isWindow() and window.isAncestorOf(dock)))
desk.stage.commands["window.find"].run()
print("palette", wait(window.finder.isVisible))
seen = window.screen().grabWindow(0).toImage()
ground = seen.pixelColor(seen.width() // 2, 20).name()
print("painted", ground == desk.look.palette.panel)
desk.close()
"""


@pytest.mark.slow
def test_the_window_stands_on_a_real_display_and_a_panel_leaves_it_and_comes_back(tmp_path: Path) -> None:
    server = shutil.which("xvfb-run")
    if server is None:
        pytest.skip("xvfb-run is not installed: no X server to open the window on")
    done = subprocess.run(
        [server, "-a", "-s", "-screen 0 1600x1000x24", sys.executable, "-c", _ON_X],
        env={**os.environ, "PITBOX_HOME": str(tmp_path), "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "platform xcb",
        "shown True 1600 1000",
        "torn True",
        "back True",
        "palette True",
        "painted True",
    ], done.stderr
