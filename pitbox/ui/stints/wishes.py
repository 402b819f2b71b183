"""What an engineer can ask of a running plan, as buttons: laps, a swap, somebody missing, rain."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import QRectF

from pitbox.model.plan_offer import Offer
from pitbox.planning.live.wish import Extend, Missing, PitNow, Rain, Swap
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.words import count_words, short_name
from pitbox.ui.shell.pen import NOTE, Pen
from pitbox.ui.stints.solving import Solving
from pitbox.ui.theme.token import GRID, PADDING

_ROW, _TITLE = 20, 60
_LAPS = (-2, -1, 1, 2, 5)
_RAINS = (("30 min", 1800.0), ("1 h", 3600.0), ("2 h", 7200.0))


class Button(msgspec.Struct, frozen=True):
    words: str
    tip: str
    run: Callable[[], None]


def draw_wishes(
    pen: Pen, room: QRectF, scene: PlanScene, solving: Solving, cards: tuple[Offer, ...]
) -> float:
    """Returns where they end."""
    top = room.top()
    for title, buttons in _asked(scene, solving):
        top = _draw(pen, QRectF(room.left(), top, room.width(), 0), title, buttons)
    for title, buttons in _groups(scene, solving, cards):
        top = _draw(pen, QRectF(room.left(), top, room.width(), 0), title, buttons)
    pen.fill(QRectF(0, top, room.right() + pen.px(PADDING), 1), "line")
    return top + pen.px(PADDING)


def _asked(scene: PlanScene, solving: Solving) -> tuple[tuple[str, list[Button]], ...]:
    """Who drove, where nobody says it: each name with its chance, to be said by one click."""
    doubt = solving.doubt
    if doubt is None:
        return ()
    chances = dict(doubt.odds)
    when, number = "is at the wheel" if doubt.end_s is None else "drove", scene.number(doubt)
    people = sorted((p for p in scene.people if p.can_drive), key=lambda p: -chances.get(p.key, 0.0))
    buttons = [
        Button(
            f"{short_name(one.name)} {100 * chances.get(one.key, 0.0):.0f} %",
            f"{one.name} {when} in stint {number}: say so, and the other stints are judged anew",
            partial(solving.drove, doubt, one.key),
        )
        for one in people
    ]
    return ((f"Stint {number}?", buttons),)


def _groups(
    scene: PlanScene, solving: Solving, cards: tuple[Offer, ...]
) -> tuple[tuple[str, list[Button]], ...]:
    wish = solving.wish
    driving = next((leg.driver for leg in scene.legs if leg.is_driving), "")
    drivers = [one for one in scene.people if one.can_drive]
    laps = [
        Button(f"{by:+d}".replace("-", "\u2212"), laps_tip(by), partial(wish, Extend(by))) for by in _LAPS
    ]
    laps.append(
        Button("Pit now", "In at the next entry; the plan goes on from there", partial(wish, PitNow()))
    )
    swaps = [
        Button(
            short_name(one.name),
            f"{one.name} takes over at the next entry",
            partial(wish, Swap(one.key)),
        )
        for one in drivers
        if one.key != driving
    ]
    missing = [
        Button(short_name(one.name), _missing_tip(one.key, one.name, cards), partial(wish, Missing(one.key)))
        for one in drivers
    ]
    rain = [
        Button(words, f"The track is wet for {words} from now on", partial(wish, rain_for(scene, s)))
        for words, s in _RAINS
    ]
    return ("Laps", laps), ("Swap to", swaps), ("Missing", missing), ("Rain for", rain)


def _draw(pen: Pen, room: QRectF, title: str, buttons: list[Button]) -> float:
    """On as many lines as they take."""
    px, top = pen.px, room.top()
    pen.write(QRectF(room.left(), top, px(_TITLE - GRID), px(_ROW)), title, NOTE)
    left = first = room.left() + px(_TITLE)
    for one in buttons:
        wide = pen.width(one.words, NOTE) + 2 * px(PADDING)
        if left > first and left + wide > room.right():
            left, top = first, top + px(_ROW + 2)
        left = pen.button(left, top, one.words, one.tip, one.run) + px(GRID)
    return top + px(_ROW + GRID)


def _missing_tip(key: str, name: str, cards: tuple[Offer, ...]) -> str:
    """With what was worked out ahead for it, if there is any."""
    head = f"{name} is missing from now on"
    card = next((one for one in cards if one.key == f"missing-{key}"), None)
    if card is None:
        return head
    return "\n".join([f"{head}. Then:", *(change.words for change in card.changes[:6])])


def rain_for(scene: PlanScene, seconds: float) -> Rain:
    """From now on; behind the flag nobody minds."""
    now_s = scene.now.race_s or 0.0
    return Rain(now_s, max(now_s + 1.0, min(now_s + seconds, scene.relay.length_s)))


def laps_tip(by: int) -> str:
    return f"Stay out {count_words(abs(by), 'lap', 'laps')} {'longer' if by > 0 else 'shorter'} than planned"
