"""Words as people write them into spreadsheets, in several languages, brought to one spelling."""

import re
import unicodedata

_ALL = """
    all, all day, all race, all the race, alles, altijd, always, any, any time, anytime, das ganze
    rennen, entire race, everything, full, full availability, full race, ganz, ganzes rennen,
    ganztagig, hele, hele race, immer, sempre, siempre, toda a corrida, toda la carrera, todo,
    toujours, tout, toute la course, tudo, tutta la gara, tutto, whole, whole race, yes
"""
_NEVER = """
    jamais, keine, mai, nao, nee, nein, never, nicht verfugbar, nie, niemals, ninguna, no, no
    disponible, non, non disponibile, none, nooit, nope, not available, nunca, pas disponible,
    unavailable
"""
_MAYBE = """
    eventuell, evtl, forse, if necessary, if need be, if needed, maybe, misschien, notfalls,
    perhaps, peut etre, possibly, quizas, tal vez, talvez, tentative, unsure, vielleicht, zur not
"""
_YES = """
    1, available, check, checked, dispo, disponible, disponivel, drive, driver, free, frei, j, ja,
    libero, libre, o, ok, okay, oui, s, si, sim, true, verfugbar, vrai, wahr, x, xx, y, yes, ●, ☑,
    ✅, ✓, ✔, 👍, 🟢
"""
_NO = """
    -, --, 0, besetzt, busy, falsch, false, faux, n, n/a, na, nao, nee, nein, no, non, none, off,
    unavailable, ☐, ✗, ✘, ❌, 👎, 🔴
"""


def _set(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.replace("\n", " ").split(",") if word.strip())


ALL = _set(_ALL)
NEVER = _set(_NEVER)
MAYBE = _set(_MAYBE)
YES = _set(_YES)
NO = _set(_NO)
_MAYBE_WORD = re.compile(
    r"\b(?:" + "|".join(sorted(MAYBE, key=len, reverse=True)).replace(" ", "[ -]") + r")\b"
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Lower case, without accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).strip()


def plain(text: str) -> str:
    """Letters and digits with single blanks between them: `Time-Zone (IANA)` is `time zone iana`."""
    return _NO_WORD.sub(" ", folded(text)).strip()


def is_maybe(text: str) -> bool:
    return "?" in text or "~" in text or bool(_MAYBE_WORD.search(folded(text)))


def without_maybe(text: str) -> str:
    """What else was said, folded."""
    rest = _MAYBE_WORD.sub(" ", folded(text).replace("?", " ").replace("~", " "))
    return re.sub(r"[(\[]\s*[)\]]", " ", rest).strip(" \t:()")


def mark(text: str) -> bool | str | None:
    """What a cell of a grid of hours says: True, False, `maybe`, or None where it cannot be read."""
    spelt = folded(text).strip(" .!")
    if not spelt or spelt in NO:
        return False
    if spelt in YES:
        return True
    return "maybe" if spelt in {"0.5", "0,5", "(x)"} or is_maybe(text) else None
