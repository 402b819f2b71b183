"""The Qt that is locked does not abort the Python that runs it."""

import subprocess
import sys

_EMITS = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Bell(QObject):
    rang = Signal(object)

app = QCoreApplication([])
bell = Bell()
heard = []
bell.rang.connect(heard.append)
for turn in range(2000):
    bell.rang.emit((None, True, False, turn)[turn % 4])
app.processEvents()
print(len(heard))
"""


def test_signal_survives_2000_emits() -> None:
    """PySide6 6.12.0 on Python 3.11 dies here: each emit drops a reference of None, True or False."""
    run = subprocess.run(
        [sys.executable, "-c", _EMITS], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stdout.strip()) == (0, "2000"), run.stderr
