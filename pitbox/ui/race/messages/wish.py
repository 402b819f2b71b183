"""What an engineer wants to stand in the driver's pit menu: four boxes, each may be left as it is."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from pitbox.model.pit_request import CORNERS, MOST_FUEL, PitMenu
from pitbox.ui.scene.talk import Consent
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID

_TYRES = {
    "tyres as they are": None,
    "four tyres": frozenset(CORNERS),
    "no tyres": frozenset[str](),
    "left tyres": frozenset({"LF", "LR"}),
    "right tyres": frozenset({"RF", "RR"}),
    "front tyres": frozenset({"LF", "RF"}),
    "rear tyres": frozenset({"LR", "RR"}),
}
_TEAR_OFF = {"tear-off as it is": None, "tear-off": True, "no tear-off": False}
_CONSENT = {
    Consent.UNKNOWN: "The first answer tells if the driver allows it.",
    Consent.GIVEN: "The driver allows it.",
    Consent.REFUSED: "Refused last time; you may ask again.",
}
_REPAIR = {"fast repair as it is": None, "fast repair": True, "no fast repair": False}


class PitWish(QWidget):
    asked = Signal(object)
    """A `PitMenu`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.fuel = QLineEdit()
        self.fuel.setPlaceholderText("litres")
        self.fuel.setAccessibleName("Fuel in litres, or kWh in an electric car; empty leaves it as it is")
        self.fuel.setValidator(QDoubleValidator(0.0, MOST_FUEL, 1))
        self.tyres, self.tear_off, self.repair = _box(_TYRES), _box(_TEAR_OFF), _box(_REPAIR)
        self.ask = QPushButton("Ask for it")
        self.ask.clicked.connect(self._ask)
        self.fuel.returnPressed.connect(self._ask)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(GRID))
        for at, part in enumerate((self.fuel, self.tyres, self.tear_off, self.repair)):
            grid.addWidget(part, at // 2, at % 2)
        grid.addWidget(self.ask, 2, 1)
        self.words = Words(tone="dim")
        self.show_consent(Consent.UNKNOWN)
        grid.addWidget(self.words, 2, 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def menu(self) -> PitMenu:
        text = self.fuel.text().strip().replace(",", ".")
        return PitMenu(
            fuel=float(text) if text else None,
            tyres=_TYRES[self.tyres.currentText()],
            tear_off=_TEAR_OFF[self.tear_off.currentText()],
            fast_repair=_REPAIR[self.repair.currentText()],
        )

    def show_consent(self, consent: Consent) -> None:
        self.words.tell(_CONSENT[consent])
        self.words.set_tone("warn" if consent is Consent.REFUSED else "dim")

    def _ask(self) -> None:
        self.asked.emit(self.menu())


def _box(choices: dict[str, object] | dict[str, bool | None] | dict[str, frozenset[str] | None]) -> QComboBox:
    box = QComboBox()
    box.addItems(list(choices))
    return box
