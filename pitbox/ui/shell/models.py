"""Learned models on the health page: which version speaks, how good each was, and what to do about it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.model.errors import PitBoxError
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import Card, measure_of
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.trainer import Progress, Trainer

_MOST = 12
_LOOK_MS = 500
_NONE = "No model is trained yet: the plain formulas speak."


class ModelsPart(QWidget):
    """Reads the registry when it is made; a deed reads it again."""

    def __init__(self, look: Look, registry: Registry, trainer: Trainer) -> None:
        super().__init__()
        self._look, self._registry, self._trainer = look, registry, trainer
        self._progress_version = 0
        self.words = Words("", tone="dim")
        self.train = QPushButton("Train now")
        self.train.clicked.connect(self._train_or_cancel)
        self.buttons: dict[tuple[str, str], QPushButton] = {}
        self._is_running = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.px(PADDING))
        self._column.addWidget(Words("Models", size=Type.STRONG, weight=Weight.FIRST))
        row = QHBoxLayout()
        row.addWidget(self.train)
        row.addWidget(self.words, 1)
        self._column.addLayout(row)
        self._table = QWidget()
        self._column.addWidget(self._table)
        self._fill()
        self._show_progress()
        watch = QTimer(self)
        watch.timeout.connect(self._show_progress)
        watch.start(_LOOK_MS)

    def _fill(self) -> None:
        old, self._table, self.buttons = self._table, QWidget(), {}
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self._look.px(2 * PADDING))
        grid.setVerticalSpacing(self._look.px(GRID))
        grid.setColumnStretch(4, 1)
        cards = self._registry.cards()[:_MOST]
        for row, card in enumerate(cards):
            self._add(grid, row, card)
        if not cards:
            grid.addWidget(Words(_NONE, tone="dim"), 0, 0)
        self._column.replaceWidget(old, self._table)
        old.deleteLater()

    def _add(self, grid: QGridLayout, row: int, card: Card) -> None:
        reign = self._registry.reign(card.model, card.world)
        is_promoted = reign.current is not None and reign.current.version == card.version
        is_speaking = is_promoted and self._is_whole(card)
        grid.addWidget(Words(f"{card.model} · {card.world}", tone="dim"), row, 0)
        grid.addWidget(Words(card.version, weight=Weight.STRONG if is_speaking else Weight.PLAIN), row, 1)
        since = "" if reign.current is None else _clock(reign.current.at_s, self._look.taste.zone)
        state = f"speaks since {since}" if is_speaking else "damaged: the one before speaks"
        grid.addWidget(Words(state if is_promoted else "", tone="dim" if is_speaking else "warn"), row, 2)
        title, run = ("Take back", self._take_back) if is_promoted else ("Promote", self._promote)
        button = self.buttons[card.version, title] = QPushButton(title)
        button.clicked.connect(self._deed(run, card))
        grid.addWidget(button, row, 3)
        grid.addWidget(Words(score_words(card), tone="dim"), row, 4)

    def _is_whole(self, card: Card) -> bool:
        try:
            self._registry.data(card)
        except PitBoxError:
            return False
        return True

    def _deed(self, run: Callable[[Card], object], card: Card) -> Callable[[], None]:
        def do() -> None:
            try:
                run(card)
            except (PitBoxError, OSError) as error:
                self.words.tell(f"It was not done: {error}")
            self._fill()

        return do

    def _promote(self, card: Card) -> None:
        self._registry.promote(card.version, time.time(), "by hand")

    def _take_back(self, card: Card) -> None:
        self._registry.roll_back(card.model, card.world, time.time())

    def _train_or_cancel(self) -> None:
        if self._is_running:
            self._trainer.cancel()
        else:
            self._trainer.wish()

    def _show_progress(self) -> None:
        self._progress_version, progress = self._trainer.progress.take(self._progress_version)
        if progress is None:
            return
        was_running, self._is_running = self._is_running, progress.is_running
        self.train.setText("Cancel" if progress.is_running else "Train now")
        self.words.tell(_progress_words(progress))
        if was_running and not progress.is_running:
            self._fill()


def score_words(card: Card) -> str:
    laps, measure = sum(score.laps for score in card.scores), measure_of(card.model)
    if not laps:
        return f"{card.step}, too few laps to be judged"
    error, plain = (
        sum(getattr(score, name) * score.laps for score in card.scores) / laps for name in ("error", "plain")
    )
    digits = max(1, measure.digits - 1)
    return f"{card.step}: {error:.{digits}f} {measure.unit}, plain {plain:.{digits}f}"


def _progress_words(progress: Progress) -> str:
    return f"{100 * progress.share:.0f} %: {progress.words}" if progress.is_running else progress.words


def _clock(at_s: float, zone: str) -> str:
    moment = time.gmtime(at_s) if zone == "utc" else time.localtime(at_s)
    return time.strftime("%Y-%m-%d %H:%M", moment)
