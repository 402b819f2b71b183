"""`pitbox say`, `ack` and `ask`: words to the team, that they were read, a wish for the pit menu."""

import sys
import time
from typing import Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, Desk, desk_of
from pitbox.model.pit_request import CORNERS, Outcome, PitMenu
from pitbox.wall.messenger import Messenger, quick_texts
from pitbox.wall.outbox import OUTBOX, Reply, Wish, hand_over

_ANSWER_S = 5.0
_HEARD_S = 3.0
"""A machine that can hear it has told so by then."""
_FIND_S = 30.0
_ASK_S = 15.0
_NOBODY = "Nobody answered: no PitBox of a driver in the car can be reached."


def say(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="What to say, or the number of a quick text.")] = None,
    to: Annotated[str, typer.Option(help="Only to the one of this name; else to everybody.")] = "",
    texts: Annotated[bool, typer.Option("--list", help="Number the quick texts and end.")] = False,
) -> None:
    """Send a message into the session that is open, or was the last one."""
    desk = desk_of(context)
    known = quick_texts(desk.settings.messages.quick_texts)
    if texts or text is None:
        for number, line in enumerate(known, 1):
            print(f"{number:3}  {line}")
        return
    words = known[int(text) - 1] if text.isdecimal() and 0 < int(text) <= len(known) else text
    device = _meant(desk, to)
    reply = _granted(desk, Wish("say", words, device))
    _tell(reply, f"Said: {words}")
    print(_fate(desk, reply.words, device), file=sys.stderr)


def _fate(desk: Desk, key: str, to: str) -> str:
    """Who has it, as far as that is known soon."""
    from pitbox.wall.instance import holder

    if holder(desk.profile.lock_file) is None:
        return "It goes out when PitBox runs with this profile."
    deadline_s = time.monotonic() + _HEARD_S
    while time.monotonic() < deadline_s:
        reply = hand_over(desk.folders.data / OUTBOX, Wish("fate", key, to), _ANSWER_S)
        if reply is None or reply.words:
            break
    words = "" if reply is None else reply.words
    return words or "No machine has told yet that it is there."


def _meant(desk: Desk, to: str) -> str:
    """The device of whom `pitbox peers` lists under this name; else the name, which somebody may bear."""
    from pitbox.sync.errors import TrustError
    from pitbox.sync.trust import PeerBook

    try:
        return PeerBook(desk.profile.identity_folder).named(to).device if to else to
    except TrustError:
        return to


def ack(
    context: typer.Context,
    find: Annotated[
        bool, typer.Option("--find", help="Name each button of wheel and joystick that is pressed.")
    ] = False,
) -> None:
    """Acknowledge what is new: for a key of the desktop, a stream deck or a voice command."""
    if find:
        _find()
        return
    reply = _granted(desk_of(context), Wish("ack"))
    _tell(reply, reply.words)


def ask(
    context: typer.Context,
    *,
    fuel: Annotated[
        float | None, typer.Option(min=0, max=999, help="Litres, or kWh in an electric car; 0 for none.")
    ] = None,
    tyres: Annotated[
        str | None, typer.Option(help="Corners with commas between, like LF,RF; all, or none.")
    ] = None,
    tear_off: Annotated[bool | None, typer.Option("--tear-off/--no-tear-off", help="A new tear-off.")] = None,
    fast_repair: Annotated[
        bool | None, typer.Option("--fast-repair/--no-fast-repair", help="The fast repair.")
    ] = None,
) -> None:
    """Ask for something in the pit menu of whoever drives, and wait for what it then shows."""
    desk = desk_of(context)
    menu = PitMenu(fuel, _corners(tyres), tear_off, fast_repair)
    asked = hand_over(desk.folders.data / OUTBOX, Wish("ask", menu=menu), _ANSWER_S)
    if asked is None:
        asked = Reply(is_done=False, words="No PitBox runs with this profile that could ask.")
    deadline_s = time.monotonic() + _ASK_S
    words = asked.words
    while asked.is_done and time.monotonic() < deadline_s:
        reply = hand_over(desk.folders.data / OUTBOX, Wish("answer", asked.words), _ANSWER_S)
        words = "" if reply is None else reply.words
        if words and not words.startswith(f"{Outcome.NOT_IN_CAR}: "):  # whoever drives may still answer
            break
        time.sleep(0.2)
    outcome, _, said = words.partition(": ")
    if outcome != Outcome.DONE:
        print(said or words or _NOBODY, file=sys.stderr)
        raise typer.Exit(EXIT_ERROR)
    print(said)


def _corners(tyres: str | None) -> frozenset[str] | None:
    if tyres is None:
        return None
    if tyres in ("all", "none"):
        return frozenset(CORNERS if tyres == "all" else ())
    return frozenset(corner.strip().upper() for corner in tyres.split(","))


def _granted(desk: Desk, wish: Wish) -> Reply:
    """By the PitBox that runs with this profile; where none does, here."""
    from pitbox.wall.instance import holder

    if holder(desk.profile.lock_file) is not None:
        reply = hand_over(desk.folders.data / OUTBOX, wish, _ANSWER_S)
        if reply is not None:
            return reply
        print("The PitBox that runs did not answer, so this is written beside it.", file=sys.stderr)
    return _written_here(desk, wish)


def _written_here(desk: Desk, wish: Wish) -> Reply:
    """Into a log of its own in the newest session; it travels when PitBox runs."""
    from pitbox.crew.clock import SystemClock
    from pitbox.identity.device import Identity
    from pitbox.model.errors import PitBoxError
    from pitbox.wall.author import author_name
    from pitbox.wall.edit_book import EditBook
    from pitbox.wall.office import newest_session
    from pitbox.wall.roles import roles_of

    session = newest_session(desk.shelf)
    if session is None:
        return Reply(is_done=False, words="There is no session here yet, so there is nowhere to say it.")
    identity = Identity.load_or_create(desk.profile.identity_folder)
    role_of = roles_of(desk.profile.identity_folder)
    book = EditBook(desk.shelf, identity, SystemClock(), role_of=role_of, name=author_name(desk.settings))
    try:
        book.enter(session)
        messenger = Messenger(book, lives_s=desk.settings.messages.lives_s)
        if wish.what == "ack":
            is_done = messenger.acknowledge()
            return Reply(is_done=True, words="Acknowledged." if is_done else "There is no new message.")
        return Reply(is_done=True, words=messenger.say(wish.text, wish.to))
    except PitBoxError as error:
        return Reply(is_done=False, words=str(error))
    finally:
        book.close()


def _tell(reply: Reply, words: str) -> None:
    if reply.is_done:
        print(words)
        return
    print(reply.words, file=sys.stderr)
    raise typer.Exit(EXIT_ERROR)


def _find() -> None:
    from pitbox.wall.button import find_sticks

    sticks = find_sticks()
    if sticks is None:
        print("Buttons of a wheel cannot be read on this system.", file=sys.stderr)
        raise typer.Exit(EXIT_ERROR)
    print(f"Press the button; this ends after {_FIND_S:.0f} seconds or with Ctrl+C.", flush=True)
    until_s = time.monotonic() + _FIND_S
    while time.monotonic() < until_s:
        for press in sticks.presses():
            print(f"pitbox settings set messages.acknowledge_button {press}", flush=True)
        time.sleep(0.02)
    sticks.close()
