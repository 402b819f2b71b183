"""`pitbox sessions`: everything recorded or imported, found, named, compared, put away and deleted."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from pitbox.cli.desk import console, desk_of, pick_sessions, print_json
from pitbox.cli.words import count_words, lap_words, size_words, span_words
from pitbox.model.ids import SessionId

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.analysis.trend import Interval, Trend
    from pitbox.cli.session_desk import SessionDesk
    from pitbox.wall.form_book import Comparison
    from pitbox.wall.library import Recorded, Storage

app = typer.Typer(help="Everything recorded here.", no_args_is_help=False)
Name = Annotated[str, typer.Argument(help="A session's name, as `pitbox sessions` lists it.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.callback(invoke_without_command=True)
def sessions(
    context: typer.Context,
    search: Annotated[str, typer.Option(help="Plain words; -word leaves out what has it.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; or these.")] = None,
    storage: Annotated[bool, typer.Option("--storage", help="What all of it takes of the disk.")] = False,
    as_json: AsJson = False,
) -> None:
    """List everything that is recorded here."""
    if context.invoked_subcommand is not None:
        return
    from pitbox.wall.search import Filter

    work = _work(context)
    if storage:
        _print_storage(work.library.storage(), as_json=as_json)
        return
    found = work.library.recorded(Filter(words=search, tags=tuple(tag or ())))
    if as_json:
        print_json(found)
    elif not found and not (search or tag):
        print("Nothing is recorded here yet. `pitbox demo` records a synthetic race.")
    elif not found:
        print("No session is like that.")
    else:
        _print_list(found)
        if work.library.fault:
            print(f"Without laps, since the database tells nothing: {work.library.fault}")


@app.command("tag")
def tag_session(
    context: typer.Context,
    session: Name,
    tags: Annotated[list[str], typer.Argument(help="What to call it.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take these tags off it.")] = False,
) -> None:
    """Tag a session; the team sees it."""
    from pitbox.model.label import tag, untag
    from pitbox.model.label import tags as tags_of

    work = _work(context)
    (name,) = pick_sessions(work.desk, session)
    with work.keepsakes() as keepsakes:
        keepsakes.write(name, [untag(text) if remove else tag(text) for text in tags])
        print(f"{name}: {', '.join(tags_of(keepsakes.ledger(name))) or 'no tags'}")


@app.command("note")
def note_session(
    context: typer.Context,
    session: Name,
    text: Annotated[str, typer.Argument(help="What to remember of it; empty: list the notes.")] = "",
    remove: Annotated[str, typer.Option(help="Take off the note of this number.")] = "",
) -> None:
    """Write a note on a session; the team sees it."""
    from pitbox.model.label import unnote
    from pitbox.model.note import notes
    from pitbox.model.person import name_of

    work = _work(context)
    (name,) = pick_sessions(work.desk, session)
    with work.keepsakes() as keepsakes:
        if text:
            keepsakes.add_note(name, text)
        known = notes(keepsakes.ledger(name))
        if remove:
            if not remove.isdecimal() or not 0 < int(remove) <= len(known):
                raise typer.BadParameter(
                    f"There is no note {remove}; `pitbox sessions note {name}` lists them."
                )
            keepsakes.write(name, [unnote(known[int(remove) - 1].key)])
        ledger = keepsakes.ledger(name)
        for number, one in enumerate(notes(ledger), 1):
            print(f"{number:3}  {one.text}  ({name_of(ledger, one.author)})")


@app.command()
def archive(context: typer.Context, session: Name) -> None:
    """Put a session into one file that was read back, off the shelf; its tags and notes go with it."""
    work = _work(context)
    done = work.library.archive(pick_sessions(work.desk, session)[0])
    print(f"{done.session} is in {done.path} ({size_words(done.size)}); `pitbox log restore` brings it back.")


@app.command()
def delete(
    context: typer.Context,
    session: Name,
    now: Annotated[bool, typer.Option("--now", help="For good, with all that was deleted before.")] = False,
) -> None:
    """Delete a session on this machine; until PitBox ends the next time it can be had back."""
    work = _work(context)
    (name,) = pick_sessions(work.desk, session)
    work.library.delete(name)
    if now:
        freed = work.library.close(work.forget)
        print(f"{name} is gone from this machine ({size_words(freed)}); team-mates keep theirs.")
        return
    print(
        f"{name} is deleted. `pitbox sessions undelete {name}` brings it back until PitBox ends "
        "the next time; team-mates keep theirs."
    )


@app.command()
def undelete(context: typer.Context, session: Name) -> None:
    """Bring back what was deleted and is not gone for good."""
    work = _work(context)
    work.library.undelete(SessionId(session))
    print(f"{session} is here again.")


@app.command("compare")
def compare_sessions(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="SESSION...", help="Two or more sessions.")],
    driver: Annotated[str | None, typer.Option(help="Only laps of the driver of this name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hold the own laps of sessions against the first one, with fuel and heat taken out."""
    from pitbox.wall.form_book import compare

    work = _work(context)
    known = {str(one.session): one for one in work.library.recorded()}
    if missing := [name for name in names if name not in known]:
        raise typer.BadParameter(f"There is no session {missing[0]!r} here; `pitbox sessions` lists them.")
    found = work.ask(lambda cursor: compare(cursor, [known[name] for name in names], driver))
    if as_json:
        print_json(found)
    else:
        _print_comparison(found)


@app.command()
def trend(
    context: typer.Context,
    car: Annotated[str, typer.Option(help="Part of the car's name.")] = "",
    track: Annotated[str, typer.Option(help="Part of the track's name or layout.")] = "",
    driver: Annotated[str | None, typer.Option(help="Only laps of the driver of this name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show where pace and consistency go, for each car and track that was driven more than once."""
    from pitbox.wall.form_book import form, pairs
    from pitbox.wall.search import Filter

    work = _work(context)
    found = pairs(work.library.recorded(Filter(car=car, track=track)))
    chosen = {key: group for key, group in found.items() if len(group) > 1} or (found if car or track else {})
    trends = work.ask(lambda cursor: {key: form(cursor, group, driver) for key, group in chosen.items()})
    if as_json:
        keys = ("car", "track", "config")
        print_json([dict(zip(keys, k, strict=True)) | msgspec.to_builtins(t) for k, t in trends.items()])
        return
    if not trends:
        print("No car was driven in two sessions of one track yet.")
    for (car_name, track_name, config), found_trend in trends.items():
        _print_trend(f"{car_name}, {track_name} {config}".strip(), found_trend)


def _work(context: typer.Context) -> "SessionDesk":
    from pitbox.cli.session_desk import SessionDesk

    return SessionDesk(desk_of(context))


def _print_list(found: "list[Recorded]") -> None:
    table = _table("session", "date", "event", "track", "car", "kinds", "tags")
    for column in ("laps", "best", "recorded", "size", "on", "logs"):
        table.add_column(column, justify="right")
    for one in found:
        state = "" if one.state == "here" else f" ({one.state})"
        table.add_row(
            f"{one.session}{state}",
            _date(one.began_utc_s),
            Text(one.title),
            Text(f"{one.track} {one.config}".strip()),
            Text(one.car),
            Text(", ".join(one.kinds)),
            Text(", ".join(one.tags)),
            "-" if one.own_laps is None else str(one.own_laps or one.laps or 0),
            lap_words(one.best_lap_s or one.best_of_all_s),
            span_words(one.recorded_s),
            size_words(one.bytes),
            str(one.machines),
            str(one.logs),
        )
    console().print(table)


def _print_storage(storage: "Storage", *, as_json: bool) -> None:
    if as_json:
        print_json(storage)
        return
    for name, words in (
        ("sessions", "recordings"),
        ("archives", "archives"),
        ("deleted", "deleted, can be had back"),
        ("originals", "copies of imported files"),
        ("database", "the database, can be made again"),
        ("folds", "what was folded, can be made again"),
    ):
        print(f"{size_words(getattr(storage, name)):>8}  {words}")


def _print_comparison(found: "Comparison") -> None:
    table = _table("session", "date")
    for column in ("laps", "pace", "95 %", "to first", "spread", "best", "fuel/lap", "track", "wet"):
        table.add_column(column, justify="right")
    for one in found.sessions:
        pace = one.pace.pace_s
        to_first = "-" if one.to_first_s is None else f"{one.to_first_s:+.3f}{'' if one.is_clear else ' ?'}"
        table.add_row(
            one.session,
            _date(one.began_utc_s),
            str(one.pace.laps),
            lap_words(None if pace is None else pace.middle),
            _half(pace),
            to_first,
            _figure(one.pace.spread_s, ".3f"),
            lap_words(one.pace.best_s),
            _figure(one.fuel_per_lap_l, ".2f", " l"),
            _figure(one.temp_c, ".0f", " °C"),
            _figure(None if one.wet_share is None else 100 * one.wet_share, ".0f", " %"),
        )
    console().print(table)
    if any(one.to_first_s and not one.is_clear for one in found.sessions):
        print("? may be chance: the intervals of both meet.")
    for line in found.words:
        print(line)


def _print_trend(title: str, found: "Trend") -> None:
    print(f"{title}: {count_words(len(found.sessions), 'session', 'sessions')}")
    table = _table("  session", "date")
    for column in ("laps", "wet", "pace", "95 %", "spread", "best"):
        table.add_column(column, justify="right")
    for one in found.sessions:
        pace = one.pace_s
        table.add_row(
            f"  {one.session}",
            _date(one.began_utc_s),
            str(one.laps),
            str(one.wet_laps),
            lap_words(None if pace is None else pace.middle),
            _half(pace),
            _figure(one.spread_s, ".3f"),
            lap_words(one.best_s),
        )
    console().print(table)
    for name, slope, unit in (
        ("pace", found.pace_s_per_week, "s a week"),
        ("spread", found.spread_s_per_week, "s a week"),
        ("fuel costs", found.fuel_s_per_l, "s for each litre"),
        ("heat costs", found.heat_s_per_c, "s for each degree"),
    ):
        if slope is not None:
            print(f"  {name}: {slope.middle:+.3f} {unit} ({slope.low:+.3f} to {slope.high:+.3f})")
    if found.pace_s_per_week is None:
        print("  No trend yet: it takes three dated sessions with three clean laps each.")
    for line in found.words:
        print(f"  {line}")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _date(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d}" if 0 < at_s < 1e11 else "-"


def _half(one: "Interval | None") -> str:
    return "-" if one is None else f"±{(one.high - one.low) / 2:.3f}"


def _figure(value: float | None, how: str, unit: str = "") -> str:
    return "-" if value is None else f"{value:{how}}{unit}"
