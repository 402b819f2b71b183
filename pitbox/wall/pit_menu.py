"""An engineer's hand in the pit menu: sent only with the driver's standing consent, then read back.

Nothing is believed to be set before the sim's own telemetry shows it.
"""

import secrets
from collections.abc import Callable
from math import ceil

import msgspec
import numpy as np

from pitbox.model.clock import Clock
from pitbox.model.edit import owned_key
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import Axis
from pitbox.model.pit_request import (
    CORNERS,
    LIVES_S,
    Outcome,
    PitMenu,
    PitRequest,
    answer,
    ask,
    menu_words,
    pit_requests,
    verdict,
)
from pitbox.model.source import RowArray
from pitbox.sim.iracing.command import Command, CommandSink, Corner, PitFuel, PitService, PitTyre, Service
from pitbox.wall.edit_book import EditBook

READ_BACK_S = 3.0
"""In which the sim's menu has to show what it was told."""
_AHEAD_S = 5.0
"""The engineer's picture of the race is never this far ahead of ours."""
_FUEL, _TEAR_OFF, _FAST_REPAIR = 0x10, 0x20, 0x40
_FEW_L = 0.6
"""The menu counts in whole units."""
_COMMANDS = dict(
    zip(CORNERS, (Corner.LEFT_FRONT, Corner.RIGHT_FRONT, Corner.LEFT_REAR, Corner.RIGHT_REAR), strict=True)
)


class Cockpit(msgspec.Struct, frozen=True):
    """What is known of our own car now; the owner makes one for each step."""

    at: Axis
    is_live: bool = False
    """The sim runs, and its rows are fresh."""
    is_driving: bool = False
    """The person at this screen is in the car."""
    menu: PitMenu | None = None
    """As the sim shows it."""
    unit: str = "l"
    driver: str = ""
    """Who is in the car, by name, where it is known."""
    lap_pct: float | None = None


class _Pending(msgspec.Struct, frozen=True):
    request: PitRequest
    before: PitMenu
    deadline_s: float


class PitDesk:
    """Carries out requests one at a time. Belongs to one thread."""

    def __init__(
        self, book: EditBook, sink: CommandSink, clock: Clock, has_consent: Callable[[], bool]
    ) -> None:
        """`sink` is a gate: it has the last word on what is sent."""
        self._book = book
        self._sink = sink
        self._clock = clock
        self._has_consent = has_consent
        self._pending: _Pending | None = None
        self._looked: object = None
        """The state of the book in which nothing was due."""

    @property
    def is_reading_back(self) -> bool:
        """A menu was sent, and the sim has yet to show it."""
        return self._pending is not None

    def step(self, cockpit: Cockpit) -> None:
        if self._pending is not None:
            self._read_back(self._pending, cockpit)
        elif cockpit.is_live:
            due = self._due()
            if due is not None:
                self._begin(due, cockpit)

    def _due(self) -> PitRequest | None:
        """The oldest request of somebody else's that this device has not answered."""
        revision, device = self._book.revision, self._book.device
        if revision == self._looked:
            return None
        for request in self._book.ask(pit_requests):
            if request.author != device and all(given.device != device for given in request.answers):
                return request
        self._looked = revision
        return None

    def _begin(self, request: PitRequest, cockpit: Cockpit) -> None:
        if not cockpit.is_driving:
            self._answer(request, Outcome.NOT_IN_CAR, _elsewhere(cockpit))
            return
        words = self._objection(request, cockpit)
        if words:
            self._answer(request, Outcome.REFUSED, f"{words} Nothing was set.")
            return
        assert cockpit.menu is not None
        try:
            for command in commands(request.menu):
                self._sink.send(command)
        except PitBoxError as error:
            self._answer(request, Outcome.REFUSED, str(error))
            return
        self._pending = _Pending(request, cockpit.menu, self._clock.monotonic_s() + READ_BACK_S)

    def _objection(self, request: PitRequest, cockpit: Cockpit) -> str:
        if not self._has_consent():
            return "The driver does not let engineers set the pit menu (sim.accept_pit_requests)."
        at, now = request.at, cockpit.at
        age_s = now.sim_time_s - at.sim_time_s
        if (at.session_num, at.run) != (now.session_num, now.run) or not -_AHEAD_S <= age_s <= LIVES_S:
            return f"The request came too late: it counts for {LIVES_S:.0f} seconds."
        if cockpit.menu is None:
            return "This sim does not show its pit menu."
        return ""

    def _read_back(self, pending: _Pending, cockpit: Cockpit) -> None:
        request, unit = pending.request, cockpit.unit
        asked = menu_words(request.menu, unit)
        if not cockpit.is_driving or cockpit.menu is None:
            words = f"Asked {asked}; the driver left the car before the menu could be read."
            self._finish(request, Outcome.UNANSWERED, words)
            return
        shown = menu_words(_part(cockpit.menu, request.menu), unit)
        if is_shown(request.menu, cockpit.menu):
            self._finish(request, Outcome.DONE, f"Asked {asked}, menu shows {shown}.")
        elif self._clock.monotonic_s() > pending.deadline_s:
            is_changed = _part(cockpit.menu, request.menu) != _part(pending.before, request.menu)
            outcome = Outcome.DIFFERENT if is_changed else Outcome.UNANSWERED
            tail = "" if is_changed else f", as before: the sim did not answer within {READ_BACK_S:.0f} s"
            self._finish(request, outcome, f"Asked {asked}, menu shows {shown}{tail}.")

    def _finish(self, request: PitRequest, outcome: Outcome, words: str) -> None:
        self._pending = None
        self._answer(request, outcome, words)

    def _answer(self, request: PitRequest, outcome: Outcome, words: str) -> None:
        self._book.write(answer(request, self._book.device, outcome, words))


def request_menu(book: EditBook, menu: PitMenu) -> str:
    """Ask whoever drives for this, and give the request's key; raises EditError for what cannot be asked."""
    key = owned_key(book.device, secrets.token_hex(6))
    book.write(ask(key, menu))
    return key


def answer_words(book: EditBook, key: str) -> str:
    """`outcome: words` of a request, so far; empty while nobody has answered."""
    found = [request for request in book.ask(pit_requests) if request.key == key]
    given = verdict(found[0]) if found else None
    return "" if given is None else f"{given.outcome}: {given.words}"


def commands(menu: PitMenu) -> list[Command]:
    """What to send so that the menu says this."""
    out: list[Command] = []
    if menu.fuel is not None:
        out.append(PitFuel(menu.fuel) if menu.fuel else PitService(Service.CLEAR_FUEL))
    if menu.tyres is not None:
        out.append(PitService(Service.CLEAR_TYRES))
        out += [PitTyre(_COMMANDS[corner]) for corner in CORNERS if corner in menu.tyres]
    if menu.tear_off is not None:
        out.append(PitService(Service.TEAR_OFF if menu.tear_off else Service.CLEAR_TEAR_OFF))
    if menu.fast_repair is not None:
        out.append(PitService(Service.FAST_REPAIR if menu.fast_repair else Service.CLEAR_FAST_REPAIR))
    return out


def is_shown(asked: PitMenu, shown: PitMenu) -> bool:
    """The sim takes whole units, and PitBox rounds up: a request for 41.2 is one for 42."""
    if asked.fuel is not None and (shown.fuel is None or abs(ceil(asked.fuel) - shown.fuel) > _FEW_L):
        return False
    pairs = (
        (asked.tyres, shown.tyres),
        (asked.tear_off, shown.tear_off),
        (asked.fast_repair, shown.fast_repair),
    )
    return all(want is None or want == have for want, have in pairs)


def menu_of(own: RowArray) -> PitMenu | None:
    """What the sim's menu shows in the last of these rows; None where it has none."""
    names = own.dtype.names or ()
    if not len(own) or "PitSvFlags" not in names or "PitSvFuel" not in names:
        return None
    flags, fuel = int(own["PitSvFlags"][-1]), float(own["PitSvFuel"][-1])
    return PitMenu(
        fuel=(round(fuel, 1) if flags & _FUEL and np.isfinite(fuel) else 0.0),
        tyres=frozenset(corner for at, corner in enumerate(CORNERS) if flags & 1 << at),
        tear_off=bool(flags & _TEAR_OFF),
        fast_repair=bool(flags & _FAST_REPAIR),
    )


def _elsewhere(cockpit: Cockpit) -> str:
    who = f"{cockpit.driver} is in the car" if cockpit.driver else "Somebody else is in the car, or nobody"
    return f"{who}, and iRacing takes this only from the person in it. Nothing was set."


def _part(shown: PitMenu, asked: PitMenu) -> PitMenu:
    """As much of the menu as was asked about."""
    return PitMenu(
        fuel=None if asked.fuel is None else shown.fuel,
        tyres=None if asked.tyres is None else shown.tyres,
        tear_off=None if asked.tear_off is None else shown.tear_off,
        fast_repair=None if asked.fast_repair is None else shown.fast_repair,
    )
