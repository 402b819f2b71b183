"""`pitbox models`: what was learnt from your own races, which version speaks, and how good it was."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import Desk, console, desk_of, print_json
from pitbox.cli.lines import Lines
from pitbox.cli.words import count_words, size_words

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.predict.registry import Registry
    from pitbox.predict.registry_card import Card
    from pitbox.predict.training import Race

app = typer.Typer(help="Learned models: train, compare, promote, roll back.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="For programs.")]
_Version = Annotated[str, typer.Argument(help="A version's name, or as much of it as is unique.")]
_World = Annotated[str, typer.Option(help="Whose races: iracing, timing-sheet or synthetic.")]
_NAMES = "lap-time, tyres, caution, pit-loss or finish"
"""Written down, so that a command line does not load what it does not need."""
_Model = Annotated[str, typer.Argument(help=f"{_NAMES}.")]


@app.command("list")
def list_(context: typer.Context, as_json: _Json = False) -> None:
    """Every version, the newest first, and which of them speak."""
    registry = _registry(desk_of(context))
    cards, broken = registry.cards(), registry.broken()
    states = {card.version: _state(registry, card) for card in cards}
    if as_json:
        rows = [{**_row(card), "state": states[card.version]} for card in cards]
        print_json({"versions": rows, "broken": broken})
        return
    if not cards and not broken:
        print(
            "No model is trained yet: the plain formulas speak. `pitbox models train` learns from your races."
        )
        return
    for card in cards:
        print(
            f"{card.model:9} {card.version}  {card.world:9} {states[card.version] or '-':10} {_words(card)}"
        )
    for version in broken:
        print(f"{version} cannot be read; `pitbox models prune` leaves it for you to look at.")


@app.command()
def show(context: typer.Context, version: _Version, as_json: _Json = False) -> None:
    """One version: what it learnt from, how good it was on races kept apart, and who uses it."""
    registry = _registry(desk_of(context))
    card = registry.card(version)
    if as_json:
        uses = [use for use in registry.uses(card.model) if use.version == card.version]
        print_json({"card": card, "state": _state(registry, card), "uses": uses})
        return
    _print_card(registry, card)


@app.command()
def compare(context: typer.Context, one: _Version, other: _Version, as_json: _Json = False) -> None:
    """Two versions side by side; scores of other laps are not the same scores, and are told so."""
    from pitbox.predict.registry_card import measure_of

    registry = _registry(desk_of(context))
    cards = registry.card(one), registry.card(other)
    measure = measure_of(cards[0].model)
    is_fair = cards[0].tested == cards[1].tested and cards[0].model == cards[1].model
    if as_json:
        print_json({"versions": cards, "is_fair": is_fair})
        return
    for card in cards:
        print(f"{card.version}  {_words(card)}")
    for ahead in sorted({score.ahead for card in cards for score in card.scores}):
        found = [card.score(ahead) for card in cards]
        digits = measure.digits
        cells = ["-" if one is None else f"{one.error:.{digits}f} ({one.covered:.0%})" for one in found]
        print(f"  {measure.at.format(ahead)}: {cells[0]} against {cells[1]} {measure.unit}")
    if not is_fair:
        print("They were scored by other races: the figures cannot be held against each other as they stand.")


@app.command()
def promote(context: typer.Context, version: _Version) -> None:
    """From now on this version speaks; the one before stands by."""
    card = _registry(desk_of(context)).promote(version, time.time(), "by hand")
    print(f"{card.version} speaks for {card.model} of {card.world} from now on.")


@app.command()
def rollback(context: typer.Context, model: _Model, world: _World = "iracing") -> None:
    """Take the last promotion back: the version before speaks again, or the plain formula."""
    before = _registry(desk_of(context)).roll_back(model, world, time.time())
    who = "the plain formula" if before is None else before.version
    print(f"{model} of {world}: {who} speaks from now on.")


@app.command()
def prune(
    context: typer.Context,
    keep: Annotated[int | None, typer.Option(min=1, help="Versions of each model; else the setting.")] = None,
) -> None:
    """Remove old versions; those that speak or stand by stay."""
    desk = desk_of(context)
    kept = desk.settings.models.keep_versions if keep is None else keep
    gone = _registry(desk).prune(kept, time.time())
    for version in gone:
        print(version)
    print(f"{count_words(len(gone), 'version', 'versions')} removed.")


@app.command()
def train(
    context: typer.Context,
    *,
    model: Annotated[str, typer.Option(help=f"Only this one: {_NAMES}.")] = "",
    world: _World = "iracing",
    session: Annotated[list[str] | None, typer.Option(help="Only these sessions; else all.")] = None,
    promote: Annotated[
        bool, typer.Option("--promote", help="Let it speak if it does better than what speaks now.")
    ] = False,
    if_new: Annotated[
        bool, typer.Option("--if-new", help="Only if there are other races than before.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Learn from your own recorded races; Ctrl+C ends it and leaves nothing half done."""
    from pitbox.predict.lessons import LESSONS

    if model and model not in LESSONS:
        raise typer.BadParameter(f"There is no model {model!r}: {', '.join(LESSONS)}.")
    desk, said = desk_of(context), _Said(is_json=as_json)
    registry = _registry(desk)
    races = _races(desk, world, session or [], said)
    if not races:
        said.end(f"there is no race of {world} with enough clean laps to learn from")
        return
    for name in [model] if model else LESSONS:
        if if_new and _is_known(registry, name, world, races):
            said.end(f"{name}: nothing new to learn")
        else:
            _teach(registry, name, races, said, is_promoting=promote)
    registry.prune(desk.settings.models.keep_versions, time.time())


class _Said:
    """Progress, for a program or for who waits at a terminal."""

    def __init__(self, *, is_json: bool) -> None:
        self._lines = Lines() if is_json else None

    def tell(self, what: str, done: float) -> None:
        if self._lines is not None:
            self._lines.say("progress", words=what, done=round(done, 3))
        elif sys.stderr.isatty():
            print(f"{done:4.0%}  {what}", file=sys.stderr)

    def end(self, words: str, **more: object) -> None:
        if self._lines is not None:
            self._lines.say("end", words=words, **more)
        else:
            print(f"{words[:1].upper()}{words[1:]}.")


def _races(desk: Desk, world: str, wanted: list[str], said: _Said) -> "list[Race]":
    from pitbox import __version__
    from pitbox.wall.lesson_book import LessonBook, races_of

    book = LessonBook(desk.shelf, desk.folders.models / "laps", __version__)
    return races_of(book, world, [one for one in book.sessions() if not wanted or one in wanted], said.tell)


def _teach(registry: "Registry", model: str, races: "list[Race]", said: _Said, *, is_promoting: bool) -> None:
    from pitbox import __version__
    from pitbox.predict.errors import NoRacesError
    from pitbox.predict.lessons import LESSONS

    try:
        lesson = LESSONS[model](races, time.time(), __version__, said.tell)
    except NoRacesError as error:
        said.end(f"{model}: {error}".rstrip("."))
        return
    card = registry.add(lesson.card, lesson.data)
    words = f"{card.model} {card.version}: {_words(card)}"
    if is_promoting and _is_worth(registry, card):
        registry.promote(card.version, time.time(), "better than what spoke before")
        words += "; it speaks from now on"
    said.end(words, version=card.version, model=card.model)


def _is_worth(registry: "Registry", card: "Card") -> bool:
    """Better than the plain formula on races kept apart, and no worse, against it, than who speaks now."""
    from pitbox.predict.errors import RegistryError
    from pitbox.predict.registry_card import gain_of

    if not card.is_better:
        return False
    current = registry.reign(card.model, card.world).current
    try:
        return current is None or gain_of(card) >= gain_of(registry.card(current.version))
    except RegistryError:
        return True


def _is_known(registry: "Registry", model: str, world: str, races: "list[Race]") -> bool:
    """The newest version learnt from just these laps, with these features."""
    from pitbox.predict.feature import VERSION
    from pitbox.predict.training import fingerprint_of

    newest = next((card for card in registry.cards(model) if card.world == world), None)
    if newest is None or newest.features != VERSION:
        return False
    return [source.fingerprint for source in newest.sources] == [fingerprint_of(race.rows) for race in races]


def _registry(desk: Desk) -> "Registry":
    from pitbox.predict.registry import Registry

    return Registry(desk.folders.models)


def _state(registry: "Registry", card: "Card") -> str:
    chain = [one.version for one in registry.chain(card.model, card.world)]
    if card.version not in chain:
        return ""
    return "speaks" if chain[0] == card.version else "stands by"


def _words(card: "Card") -> str:
    from pitbox.predict.registry_card import summary_of

    return summary_of(card)


def _row(card: "Card") -> dict[str, object]:
    return {
        "model": card.model,
        "version": card.version,
        "world": card.world,
        "step": card.step,
        "made_s": card.made_s,
        "rows": card.rows,
        "scores": card.scores,
    }


def _print_card(registry: "Registry", card: "Card") -> None:
    from pitbox.predict.registry_card import USERS, score_words

    out = console()
    uses = ", ".join(use.who for use in registry.uses(card.model) if use.version == card.version)
    for label, text in (
        ("Version", f"{card.version}, {_state(registry, card) or 'not promoted'}"),
        ("Model", f"{card.model} of {card.world}, step {card.step}"),
        ("Made", f"{_clock(card.made_s)} by PitBox {card.code}, features {card.features}"),
        (
            "From",
            f"{count_words(len(card.sources), 'race', 'races')}, {card.rows:,} laps ({card.fingerprint})",
        ),
        ("With", ", ".join(f"{name} {value}" for name, value in card.parameters.items())),
        ("Size", f"{size_words(card.size_bytes)}, sha256 {card.sha256[:16]}, {card.trained_s:.1f} s of CPU"),
        ("For", USERS.get(card.model, "nobody yet")),
        ("Used by", uses or "nobody now"),
    ):
        out.print(f"{label:9}{text}", markup=False, soft_wrap=True)
    for score in card.scores:
        print(f"{'':9}{score_words(card.model, score)}")
    print(f"Deeds    {'; '.join(registry.reign(card.model, card.world).deeds[-5:]) or 'none'}")


def _clock(at_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(at_s))
