"""A process with a demo team, to be killed: says who its driver is and where it lives, and waits."""

import sys
import threading
import time
from pathlib import Path

from pitbox.wall.demo_team import DemoPlan, DemoTeam
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings, Storage

team = DemoTeam(
    find_profile("default", {"PITBOX_HOME": str(Path(sys.argv[1]))}),
    Settings(storage=Storage(reserve_bytes=1 << 20)),
    DemoPlan("duel", minutes=10, speed=1),
)
team.start()
while team.hub.standings.take()[1] is None:
    time.sleep(0.05)
assert team.child is not None
sys.stdout.write(f"{team.child.pid} {team.home}\n")
sys.stdout.flush()
threading.Event().wait()
