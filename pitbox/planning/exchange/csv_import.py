"""Stints out of a CSV file, our own or another planner's: columns by name, every fault with its line.

found = read_csv(data)                                  # columns guessed by their names
found = read_csv(data, {"driver": "Who", "length": "Min"}, people)
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from pitbox.model.edit import MAX_KEY, Value
from pitbox.model.errors import EditError
from pitbox.model.stint_plan import fill
from pitbox.planning.exchange.cell import DASHES, duration_s, number, truth, unguarded, whole
from pitbox.planning.exchange.column import FIELDS, guess, unit_s
from pitbox.planning.exchange.errors import UnreadableError
from pitbox.planning.exchange.fault import Fault
from pitbox.planning.exchange.sheet import PlanLine, PlanPerson
from pitbox.planning.exchange.span_cell import between_s

MOST_BYTES = 1 << 20
MOST_LINES = 1_000
_MOST_FAULTS = 200


class Found(msgspec.Struct, frozen=True):
    lines: tuple[PlanLine, ...]
    """In the file's order; one with a fault is not among them."""
    faults: tuple[Fault, ...] = ()
    columns: Mapping[str, str] = {}
    """Which header each field was read from."""
    unread: tuple[str, ...] = ()
    """Headers that mean nothing to us."""


class _Cells(msgspec.Struct, frozen=True):
    line: int
    by_field: dict[str, str]
    columns: Mapping[str, str]

    def text(self, field: str) -> str:
        return unguarded(self.by_field.get(field, ""))


class _FaultError(Exception):
    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def read_csv(
    data: bytes, columns: Mapping[str, str] | None = None, people: Sequence[PlanPerson] = ()
) -> Found:
    """`columns`: field to header, over what is guessed; `people`: who a name may mean, empty for anybody.

    Raises UnreadableError for what is no table, or has no column that says who or how long.
    """
    text = _text(data)
    try:
        table = list(_rows(text))
    except csv.Error as error:
        raise UnreadableError(f"That is no CSV file: {error}.") from error
    if not table:
        raise UnreadableError("The file is empty.")
    headers = [cell.strip() for cell in table[0][1]]
    chosen = _chosen(headers, columns or {})
    lines: list[PlanLine] = []
    faults: list[Fault] = []
    for line, row in table[1:]:
        if not any(cell.strip() for cell in row):
            continue
        cells = _Cells(line, {field: _cell(row, headers, name) for field, name in chosen.items()}, chosen)
        try:
            if len(lines) >= MOST_LINES:
                raise _FaultError("", f"A plan has at most {MOST_LINES} stints.")  # noqa: TRY301 - as all faults
            lines.append(_line(cells, people, {line.key for line in lines}))
        except _FaultError as fault:
            faults.append(Fault(line, chosen.get(fault.field, ""), str(fault)))
    unread = tuple(name for name in headers if name and name not in chosen.values())
    return Found(tuple(lines), tuple(faults[:_MOST_FAULTS]), chosen, unread)


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise UnreadableError("The file is larger than any plan.")
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it begins."""
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _chosen(headers: list[str], wanted: Mapping[str, str]) -> dict[str, str]:
    for field, name in wanted.items():
        if field not in FIELDS:
            raise UnreadableError(f"A plan has no column {field!r}; it has {', '.join(FIELDS)}.")
        if name not in headers:
            raise UnreadableError(
                f"The file has no column {name!r}; it has {', '.join(filter(None, headers))}."
            )
    chosen = {**guess([name for name in headers if name not in wanted.values()]), **wanted}
    if not {"driver", "driver_key", "length", "length_s", "laps"} & set(chosen):
        raise UnreadableError(
            "No column says who drives or how long; name them, like driver=Who. "
            f"The file has {', '.join(filter(None, headers)) or 'no headers'}."
        )
    return chosen


def _cell(row: list[str], headers: list[str], name: str) -> str:
    at = headers.index(name)
    return row[at] if at < len(row) else ""


def _line(cells: _Cells, people: Sequence[PlanPerson], taken: set[str]) -> PlanLine:
    key = cells.text("key")
    if len(key) > MAX_KEY or (key and key in taken):
        raise _FaultError(
            "key", "The key is too long." if len(key) > MAX_KEY else "The key stands here twice."
        )
    values: dict[str, Value] = {
        "driver": _person(cells, "driver", people),
        "laps": _read(cells, "laps", whole, "is no whole number"),
        "fuel_l": _read(cells, "fuel_l", number, "is no number of litres"),
        "is_new_tyres": _read(cells, "new_tyres", truth, "is neither yes nor no"),
        "spotter": _person(cells, "spotter", people),
        "length_s": _length(cells),
        "instructions": cells.text("instructions") or None,
        "state": cells.text("state").strip() or None,
    }
    names = {"is_new_tyres": "new_tyres", "length_s": "length_s" if "length_s" in cells.columns else "length"}
    for field, value in values.items():
        try:
            fill("row", field, value)
        except EditError as error:
            raise _FaultError(names.get(field, field), str(error)) from error
    return msgspec.structs.replace(PlanLine(key), **values)


def _read(cells: _Cells, field: str, reader: Callable[[str], Value], words: str) -> Value:
    text = cells.text(field)
    if not text.strip() or text.strip() in DASHES:
        return None
    try:
        return reader(text)
    except ValueError:
        raise _FaultError(field, f"{text.strip()[:40]!r} {words}.") from None


def _length(cells: _Cells) -> Value:
    """What was asked for, where the file tells it from how long the stint is; else that."""
    if "length_s" in cells.columns:
        return _read(cells, "length_s", lambda text: duration_s(text, 1.0), "is no length in seconds")
    if "length" in cells.columns:
        scale_s = unit_s(cells.columns["length"])
        return _read(cells, "length", lambda text: duration_s(text, scale_s), "is no length of a stint")
    start, end = cells.text("start").strip(), cells.text("end").strip()
    if not start or not end:
        return None
    try:
        return between_s(start, end)
    except ValueError:
        raise _FaultError("end", f"{start[:30]!r} to {end[:30]!r} is no stretch of time.") from None


def _person(cells: _Cells, field: str, people: Sequence[PlanPerson]) -> str | None:
    """By key where the file has one, else by name; of a plan without people, whatever stands there."""
    key, name = cells.text(f"{field}_key"), cells.text(field).strip()
    if key and (not people or any(one.key == key for one in people)):
        return key
    if not name:
        return None
    if not people:
        return name
    found = [one.key for one in people if name == one.key or name.casefold() == one.name.casefold()]
    if len(found) != 1:
        known = ", ".join(sorted(one.name for one in people))
        what = "is not in the team" if not found else "may be several of the team"
        raise _FaultError(field, f"{name[:40]} {what}: {known}.")
    return found[0]
