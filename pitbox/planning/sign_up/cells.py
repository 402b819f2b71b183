"""What stands in a cell, as a figure, a liking, a part, a length of time, or people."""

import re
from collections.abc import Mapping, Sequence

from pitbox.model.participation import Part
from pitbox.planning.sign_up.words import folded, plain

_LIKES = {
    2: "love yes gladly gern gerne sehr favourite favorite prefer like likes ja oui si sim ++ x strong",
    1: "+ okay good gut bien bueno fine willing",
    0: "neutral ok any either egal indifferent equal dont care don t care indifferent peu importe da igual",
    -1: "rather not rather-not lieber nicht plutot non prefer not dislike -",
    -2: "no never hate nein nie non jamais nunca mai nao avoid weak --",
}
_LIKING = {word: value for value, line in _LIKES.items() for word in line.split()} | {
    "rather not": -1,
    "prefer not": -1,
    "lieber nicht": -1,
    "plutot non": -1,
    "don t care": 0,
    "peu importe": 0,
    "da igual": 0,
    "not at all": -2,
}
_PARTS = {
    Part.DRIVER: "driver drive fahrer pilote piloto pilota rijder racer",
    Part.SPOTTER: "spotter spot spotting spotteur",
    Part.ENGINEER: "engineer ingenieur ingeniero ingegnere engenheiro strategist strategy stratege",
    Part.RESERVE: "reserve backup sub substitute ersatz remplacant reserva riserva standby",
}
_PART_OF = {word: part for part, line in _PARTS.items() for word in line.split()}
_MOST_RATING = 15_000
_MINUTES_FROM = 15
"""A bare figure of a length: from here on minutes, below it hours."""


def whole(text: str) -> int | None:
    """Of `2,450`, `2.450`, `2450,0`, `2 450`, `2.4k`, `A 3.2 2450`: thousands, however they are spelt."""
    spelt = folded(text).replace("\u00a0", " ").replace("'", "")
    if thousands := re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*k", spelt):
        return round(float(thousands[1].replace(",", ".")) * 1000)
    joined = re.sub(r"(?<=\d)[ .,](?=\d{3}(?:\D|$))", "", spelt)
    found = re.findall(r"\d+(?:[.,]\d+)?", joined)
    if len(found) > 1:  # a licence stands before it
        found = [one for one in found if float(one.replace(",", ".")) >= 100]
    return round(float(found[0].replace(",", "."))) if len(found) == 1 else None


def number(text: str) -> int | None:
    """A number that names somebody: digits and nothing else, or it would name another one."""
    found = re.fullmatch(r"#?\s*(\d{1,10})(?:[.,]0)?", text.strip())
    return int(found[1]) if found else None


def rating(text: str) -> int | None:
    figure = whole(text)
    return figure if figure is not None and figure <= _MOST_RATING else None


def lap_s(text: str) -> float | None:
    """`1:47.832`, `1:47,832`, `107.8`."""
    found = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}(?:[.,]\d{1,3})?)\s*s?", folded(text))
    if found is None:
        return None
    seconds = float(found[2].replace(",", ".")) + 60.0 * int(found[1] or 0)
    return seconds if seconds > 0 else None


def length_s(text: str) -> float | None:
    """`2h`, `1:30`, `90 min`, `1h30`, `2,5 h`, `90`."""
    spelt = folded(text).replace(",", ".")
    if found := re.fullmatch(r"(\d{1,2})\s*(?:[:h])\s*(\d{2})?\s*(?:m|min|h)?", spelt):
        return int(found[1]) * 3600.0 + int(found[2] or 0) * 60.0
    found = re.fullmatch(
        r"(\d+(?:\.\d+)?)\s*(h|hours?|hrs?|stunden?|heures?|horas?|ore|m|mins?|minutes?|minuten)?", spelt
    )
    if found is None or float(found[1]) <= 0:
        return None
    unit = (found[2] or "")[:1]
    is_minutes = unit == "m" or (not unit and float(found[1]) >= _MINUTES_FROM)
    return float(found[1]) * (60.0 if is_minutes else 3600.0)


def liking(text: str, *, is_of_five: bool = False) -> int | None:
    """-2 to 2; `is_of_five`: the column counts from 1 to 5, as forms do."""
    spelt = folded(text)
    if figure := re.fullmatch(r"([+-]?\d)(?:[.,]0+)?", spelt):
        value = int(figure[1]) - (3 if is_of_five else 0)
        return value if -2 <= value <= 2 else None
    if spelt in _LIKING:
        return _LIKING[spelt]
    return _LIKING.get(plain(text))


def is_scale_of_five(texts: list[str]) -> bool:
    figures = [int(text) for text in map(str.strip, texts) if re.fullmatch(r"[+-]?\d", text)]
    return bool(figures) and min(figures) >= 1 and any(figure in {3, 4, 5} for figure in figures)


def parts(text: str) -> tuple[Part, ...]:
    """Empty where no word of it is known."""
    named = {
        _PART_OF[word] for word in plain(text).replace("spotters", "spotter").split() if word in _PART_OF
    }
    return tuple(part for part in Part if part in named)


def several(text: str) -> tuple[str, ...]:
    """`Ferrari, BMW / Audi` are three; a number in front of each is its place."""
    pieces = (re.sub(r"^\s*\d+[.)]\s+", "", piece).strip() for piece in re.split(r"[,;\n|]|\s[/>]\s", text))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def people(texts: Sequence[str], by_name: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of whom is meant, and what means nobody."""
    found, lost = [], []
    for text in texts:
        for name in re.split(r"[,;\n|/&+]|\s(?:and|und|et|y|e)\s", text):
            called = plain(name)
            if called in by_name:
                found.append(by_name[called])
            elif called and called not in {
                "none",
                "no",
                "nobody",
                "anyone",
                "any",
                "n a",
                "keine",
                "nein",
                "egal",
            }:
                lost.append(name.strip())
    return tuple(dict.fromkeys(found)), tuple(lost)
