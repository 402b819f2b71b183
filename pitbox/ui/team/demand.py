"""What is asked of the teams, and the buttons that form them."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from pitbox.planning.formation.noun import Formation
from pitbox.ui.shell.words import Words
from pitbox.ui.team.field import Chip, Entry
from pitbox.ui.team.forming import Forming
from pitbox.ui.team.words import percent
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING

_SMALL, _BAR = 52, 4
_MOST_DRIVERS = 60


class DemandBar(QWidget):
    def __init__(self, look: Look, forming: Forming) -> None:
        super().__init__()
        self._look, self.forming = look, forming
        self.least = self._small("Drivers in a team, at least", "least")
        self.most = self._small("Drivers in a team, at most", "most")
        self.teams = self._small("Teams, at most", "teams", "any")
        self.spotters = self._small("Spotters in each", "spotters")
        self.cars = Entry("Cars", self._set_cars, "any that people named")
        self.is_kept = self._box(
            "Keep teams", "Whoever is in a team stays in it; others fill it up", "is_kept"
        )
        self.must_cover = self._box(
            "Cover the race", "No team in which nobody is free at some moment of the race", "must_cover"
        )
        self.form = QPushButton("Form teams")
        self.form.setProperty("is_first", True)
        self.form.clicked.connect(lambda _=False: self._form())
        self.quick = QPushButton("Quick draft")
        self.quick.setToolTip("By turns, forth and back: at once, and never the best there is")
        self.quick.clicked.connect(lambda _=False: forming.form(is_quick=True))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.progress.setAccessibleName("Progress")
        self.result = Words(tone="dim")
        self.result.setWordWrap(True)
        self._lay_out()
        forming.changed.connect(self.refresh)
        forming.progressed.connect(self._show_progress)
        self.refresh()

    def refresh(self) -> None:
        wishes, forming = self.forming.wishes, self.forming
        self.least.tell(str(wishes.least))
        self.most.tell(str(wishes.most))
        self.teams.tell("" if wishes.teams is None else str(wishes.teams))
        self.spotters.tell(str(wishes.spotters))
        self.cars.tell(", ".join(wishes.cars))
        self.is_kept.setChecked(wishes.is_kept)
        self.must_cover.setChecked(wishes.must_cover)
        self.form.setText("Cancel" if forming.is_running else "Form teams")
        self.form.setEnabled(forming.is_running or not forming.why_not)
        self.quick.setEnabled(not forming.is_running and not forming.why_not)
        self.result.tell(forming.wrong or result_words(forming.formed, is_running=forming.is_running))
        self.result.set_tone("bad" if forming.wrong else "dim")
        self.result.setVisible(bool(self.result.text()))
        self._show_progress()

    def _show_progress(self) -> None:
        self.progress.setValue(round(100 * self.forming.share) if self.forming.is_running else 0)

    def _form(self) -> None:
        if self.forming.is_running:
            self.forming.cancel()
        else:
            self.forming.form(is_quick=False)

    def _lay_out(self) -> None:
        px = self._look.px
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(px(GRID))
        for part in (Words("Drivers", tone="dim"), self.least, Words("to", tone="dim"), self.most):
            first.addWidget(part)
        first.addSpacing(px(PADDING))
        for part in (Words("Teams", tone="dim"), self.teams):
            first.addWidget(part)
        first.addSpacing(px(PADDING))
        for part in (Words("Spotters", tone="dim"), self.spotters):
            first.addWidget(part)
        first.addSpacing(px(PADDING))
        first.addWidget(Words("Cars", tone="dim"))
        first.addWidget(self.cars, 1)
        second.addWidget(self.is_kept)
        second.addSpacing(px(PADDING))
        second.addWidget(self.must_cover)
        second.addStretch(1)
        second.addWidget(self.quick)
        second.addWidget(self.form)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(PADDING), px(GRID), px(PADDING), px(GRID))
        column.setSpacing(px(GRID))
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.progress)
        column.addWidget(self.result)
        self.progress.setFixedHeight(px(_BAR))

    def _small(self, title: str, name: str, hint: str = "") -> Entry:
        entry = Entry(title, self._number_of(name), hint)
        entry.setFixedWidth(self._look.px(_SMALL))
        entry.setToolTip(title)
        return entry

    def _box(self, title: str, tip: str, name: str) -> Chip:
        box = Chip(title, tip, is_ticked=True)
        box.clicked.connect(lambda is_on: self.forming.wish(**{name: is_on}))
        return box

    def _number_of(self, name: str) -> Callable[[str], object]:
        def take(text: str) -> None:
            if not text and name == "teams":
                self.forming.wish(teams=None)
                return
            value = int(text)
            low = 0 if name == "spotters" else 1
            if not low <= value <= _MOST_DRIVERS:
                raise ValueError(f"From {low} to {_MOST_DRIVERS}.")
            self.forming.wish(**{name: value})

        return take

    def _set_cars(self, text: str) -> None:
        self.forming.wish(cars=tuple(filter(None, (part.strip() for part in text.split(",")))))


def result_words(formed: Formation | None, *, is_running: bool) -> str:
    """How good it is, and how good it could be at most."""
    if formed is None:
        return ""
    people = sum(len(one.members) for one in formed.lineups)
    spread = formed.spread
    best = 100 * formed.bound
    known = "nothing better exists" if formed.gap < 0.0005 else _gap_words(formed.gap, best)
    words = [
        f"{len(formed.lineups)} teams, {people} people, {len(formed.unplaced)} in none",
        f"{100 * formed.score.total:.1f} of 100, {known}" + (" so far" if is_running else ""),
        f"strength {spread.least:,.0f} to {spread.most:,.0f}, spread {spread.deviation:,.0f}",
    ]
    faulty = sum(bool(one.faults or one.holes) for one in formed.lineups)
    if faulty:
        words.append(f"{faulty} break a rule")
    return " · ".join(words)


def _gap_words(gap: float, best: float) -> str:
    return f"gap {percent(gap, 1)}, at most {best:.0f}"
