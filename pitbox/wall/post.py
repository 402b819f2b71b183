"""Notes of the plan as letters to the webhook: who has to drive soon, and the hand-over card."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pitbox.courier import discord
from pitbox.courier.errors import AddressError
from pitbox.courier.letter import Letter
from pitbox.courier.webhook import Webhook
from pitbox.model.participation import Part
from pitbox.model.post_claim import Matter
from pitbox.planning.reminder import Note, NoteKind, details

if TYPE_CHECKING:
    from pitbox.planning.handover import HandOver

_OFF_LIVES_S = 1800.0
Send = Callable[[Letter], bool]
Turn = Callable[[Letter, Matter], bool]
"""Sends it if no other machine of the team does; False when it is lost."""


class Post:
    """Writes nothing while no webhook is set: what nobody asked for does not pile up."""

    def __init__(
        self, send: Send, find_webhook: Callable[[], Webhook | None], turn: Turn | None = None
    ) -> None:
        """`turn`: who decides among machines that all have a webhook; None: this is the only one."""
        self._send = turn or (lambda letter, _: send(letter))
        self._find = find_webhook

    @property
    def is_wanted(self) -> bool:
        """A file that cannot be read counts: the courier says what is wrong with it."""
        try:
            return self._find() is not None
        except AddressError:
            return True

    def remind(self, team: str, note: Note, now_utc_s: float, doubt: str = "") -> bool:
        """False when nobody wants it, or it is lost. `doubt`: what the times go by, where that is old."""
        if not self.is_wanted:
            return False
        dies_utc_s = note.start_utc_s if note.kind is NoteKind.DUE else now_utc_s + _OFF_LIVES_S
        words = f"the note to {note.name}"
        text = f"{_line(note)} ({discord.plain(doubt)})" if doubt else _line(note)
        letter = Letter(f"{team}/{note.key}", discord.body(text), now_utc_s, dies_utc_s, words)
        return self._send(letter, Matter(team, note.what, note.start_utc_s))

    def hand_over(self, team: str, card: "HandOver", now_utc_s: float) -> bool:
        """With each start once; no use after it."""
        if not self.is_wanted or card.start_utc_s is None or card.start_utc_s <= now_utc_s:
            return False
        fields = [discord.Field(item.name, discord.plain(item.words)) for item in card.items]
        body = discord.body("", title=f"Hand-over: {discord.plain(card.name)}", fields=fields)
        key = f"card/{team}/{card.seat}/{card.leg}/{round(card.start_utc_s)}"
        words = f"the hand-over card of {card.name}"
        letter = Letter(key, body, now_utc_s, card.start_utc_s, words)
        return self._send(letter, Matter(team, f"card/{card.seat}", card.start_utc_s))


def _line(note: Note) -> str:
    """Times as Discord shows them: to each reader on the reader's own clock."""
    name, at = f"**{discord.plain(note.name)}**", discord.here(note.start_utc_s)
    verb, one, turn = ("spot", "spots", "turn") if note.part is Part.SPOTTER else ("drive", "drives", "stint")
    if note.kind is NoteKind.OFF:
        who = f": {discord.plain(note.instead)} does" if note.instead else ""
        then = (
            "" if note.next_utc_s is None else f" The next {turn} begins at {discord.here(note.next_utc_s)}."
        )
        return f"{name} does not {verb} at {at}{who}.{then}"
    moved = "" if note.was_utc_s is None else f" (not {discord.here(note.was_utc_s)})"
    return f"{name} {one} at {at}{moved}, {discord.ago(note.start_utc_s)}: {discord.plain(details(note))}"
