"""The map on a real wall: a race is driven and recorded, its track learnt, and cars stand where they are."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.analysis.outline import POINTS, Source
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.track.panel import TRACK
from pitbox.wall.demo import DemoRace
from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings, Storage

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))
_PATIENCE_MS = 90_000


@pytest.mark.slow
@pytest.mark.usefixtures("duel_is_quick")
def test_a_track_is_learnt_while_it_is_raced_on(qapp: QApplication, profile: Profile, qtbot: QtBot) -> None:
    race = DemoRace(profile, SETTINGS, "duel", minutes=1, speed=200)
    desk = EngineerDesk(race, profile, SETTINGS, panels=(TRACK,))
    panel = desk.window.deck.docks["track"].panel
    desk.open()
    race.start()
    try:
        qtbot.waitUntil(lambda: panel.view.scenery.road.outline.is_learnt, timeout=_PATIENCE_MS)
        qtbot.waitUntil(lambda: race.has_ended, timeout=_PATIENCE_MS)
        assert race.stop()
        desk.bridge.pull()
        outline, circuit = panel.view.scenery.road.outline, race.source._event.world.circuit
        assert outline.source is Source.MOTION
        x_m, y_m = circuit.outline()
        even, at = np.arange(POINTS) / POINTS, np.linspace(0.0, 1.0, len(x_m))
        truth = np.interp(even, at, x_m) + 1j * np.interp(even, at, y_m)
        shape = outline.x_m + 1j * outline.y_m
        truth, shape = truth - truth.mean(), shape - shape.mean()
        turn = np.vdot(truth, shape)
        assert np.sqrt((abs(shape - truth * turn / abs(turn)) ** 2).mean()) < 0.005 * circuit.length_m
        assert panel.hint.isHidden()
        qtbot.waitUntil(lambda: _are_at_rest(panel, desk), timeout=_PATIENCE_MS)
    finally:
        race.stop()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _are_at_rest(panel, desk: EngineerDesk) -> bool:
    """Nothing comes any more: everybody stands where the last picture saw them."""
    desk.bridge.pull()
    rows = [row for row in desk.bridge.scene.rows if not row.age_s]
    assert rows
    cars = np.array([row.car_idx for row in rows])
    shown = panel.view.picture.motion.places(panel._now_s, cars)
    miss = shown - np.array([row.lap_pct for row in rows])
    return bool((np.abs(miss - np.rint(miss)) < 1e-6).all())
