"""Pictures held against those that were looked at and found good."""

import os
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

SHOTS = Path(__file__).parent / "shot"
SMALL_SHARE = 0.01
LARGE_STEP = 48


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return raw[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def is_alike(one: QImage, other: QImage) -> bool:
    if one.size() != other.size():
        return False
    ours, theirs = pixels(one), pixels(other)
    if np.array_equal(ours, theirs):
        return True
    step = np.maximum(ours, theirs) - np.minimum(ours, theirs)  # bytes have no sign
    return bool((step > LARGE_STEP).any(axis=2).mean() <= SMALL_SHARE)


def compare(shot: QImage, name: str) -> None:
    """PITBOX_UPDATE_GOLDEN=1 draws them anew; then look at them before they are committed."""
    golden = SHOTS / f"{name}.png"
    if os.environ.get("PITBOX_UPDATE_GOLDEN"):
        assert shot.save(str(golden))
    assert is_alike(shot, QImage(str(golden))), f"{golden.name} looks different now"
