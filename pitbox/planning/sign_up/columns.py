"""Which column of a table holds what: guessed from its head, shown with examples, to be set by hand."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from pitbox.model.errors import EditError
from pitbox.planning.sign_up.hours import hour_head
from pitbox.planning.sign_up.words import plain

_HEADS = """
name: name, vor und nachname, nombre y apellidos, nom et prenom, nome e cognome,
    driver, driver name, full name, display name, iracing name, participant, member, your name,
    real name, fahrer, fahrername, teilnehmer, pilote, nom, nom complet, nom du pilote, nombre, nombre
    completo, piloto, nome, nome completo, pilota, naam, rijder, coureur, kuljettaja, forare
first name: first name, given name, vorname, prenom, voornaam, primer nombre
last name: last name, surname, family name, nachname, nom de famille, apellido, apellidos, cognome,
    sobrenome, achternaam
user_id: iracing id, customer id, cust id, custid, user id, userid, member id, iracing customer id,
    iracing number, iracing nummer, id iracing, iracing member id, kundennummer, id
rating: irating, i rating, ir, rating, iracing rating, current irating, road irating, elo
zone: time zone, timezone, tz, your time zone, zeitzone, fuseau horaire, zona horaria, fuso orario, fuso
    horario, tijdzone, utc offset, gmt offset, tidszon, aikavyohyke
free: availability, available, available times, availability local, when are you available, free times,
    available from to, times available, hours available, verfugbarkeit, verfugbar, verfugbare zeiten,
    disponibilite, disponible, disponibilidad, disponibilita, disponibilidade, beschikbaarheid,
    beschikbaar
maybe: maybe, maybe available, if needed, available if needed, notfalls, vielleicht, peut etre, tal vez,
    forse, talvez
from: available from, from, free from, start time, von, ab, verfugbar ab, de, desde, da, disponible
    desde, van
to: available to, available until, until, to, free until, end time, bis, verfugbar bis, jusqu a, hasta,
    fino a, ate, tot
cars: car, cars, car choice, car choices, preferred car, preferred cars, car preference, vehicle, first
    choice car, auto, autos, wagen, fahrzeug, wunschauto, voiture, voiture preferee, coche, coches,
    macchina, vettura, auto preferita, carro, car class, class, klasse, 1st choice, 2nd choice, 3rd
    choice, first choice, second choice, third choice
parts: role, roles, rolle, rollen, rol, ruolo, funcao, funktion, fonction, driver or spotter
wanted: with, mit wem, avec qui, con quien, with whom,
    drive with, want to drive with, preferred teammates, preferred team mates, teammates, team
    mates, teammate request, would like to drive with, mit, wunschpartner, mochte fahren mit, avec,
    coequipiers, coequipiers souhaites, con, companeros, compagni, con chi, com, samen met
unwanted: not with, nicht mit wem, avec qui pas,
    do not want to drive with, dont want to drive with, would not like to drive with,
    avoid, nicht mit, pas avec, no con, evitar, non con, evitare, nao com, niet met
night: night, night driving, night stint, night stints, likes night, nacht, nuit, noche, notte, noite
rain: rain, wet, wet driving, likes rain, regen, nasse, pluie, lluvia, pioggia, chuva
start: start, race start, starts, likes start, do the start, depart, salida, partenza, largada
longest: longest stint, max stint, maximum stint, max stint length, longest stretch, max drive time,
    langster stint, relais max, stint maximo, stint massimo
lap: lap time, laptime, best lap, expected lap, pace, average lap, rundenzeit, temps au tour, tiempo de
    vuelta, tempo sul giro, rondetijd
note: note, notes, comment, comments, remarks, anything else, bemerkung, bemerkungen, kommentar,
    commentaire, comentario, commento, opmerking
team:
"""
FIELDS: dict[str, tuple[str, ...]] = {
    field.strip(): tuple(head.strip() for head in heads.split(",") if head.strip())
    for field, _, heads in (line.partition(":") for line in re.sub(r"\n +", " ", _HEADS).strip().splitlines())
}
"""What a column may hold, and how its head may call it; `team` places people and is never guessed."""
HOUR = "hour"
"""A column of a grid: one slot of time, with marks in its cells."""
SEVERAL = frozenset({"free", "maybe", "cars", "wanted", "unwanted", "note", HOUR})
"""May be spread over several columns."""
_EXAMPLES = 3
_LONG = 24


class Column(msgspec.Struct, frozen=True):
    head: str
    field: str = ""
    """Empty: not read."""
    how: str = ""
    """`exact`, `likely` or `by hand`."""
    examples: tuple[str, ...] = ()


def guessed(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """Each field at most once where one column is enough for it; the better guess has it."""
    found = [_guess(head) for head in heads]
    best: dict[str, int] = {}
    for at, (field, sureness) in enumerate(found):
        if field in SEVERAL or not field:
            continue
        if field not in best or sureness > found[best[field]][1]:
            best[field] = at
    columns = []
    for at, (head, (field, sureness)) in enumerate(zip(heads, found, strict=True)):
        is_taken = field and field not in SEVERAL and best[field] != at
        how = "" if not field or is_taken else "exact" if sureness >= 1 else "likely"
        columns.append(Column(head, "" if is_taken else field, how, _examples(rows, at)))
    return tuple(columns)


def by_hand(columns: Sequence[Column], wishes: Mapping[str, str]) -> tuple[Column, ...]:
    """`wishes`: field to the head of its column, or `#3` for the third; an empty head: no column at all."""
    out = list(columns)
    for field, head in wishes.items():
        if field not in FIELDS:
            raise EditError(f"There is no field {field!r}; there are: {', '.join(FIELDS)}.")
        for at, column in enumerate(out):
            if column.field == field and (field not in SEVERAL or not head):
                out[at] = msgspec.structs.replace(column, field="", how="")
        if head:
            at = _column_of(out, head)
            out[at] = msgspec.structs.replace(out[at], field=field, how="by hand")
    return tuple(out)


def by_number(columns: Sequence[Column], chosen: Mapping[int, str]) -> tuple[Column, ...]:
    """Column to field, empty for none; another column loses a field that only one can hold."""
    out = list(columns)
    for at, field in chosen.items():
        if field and field != HOUR and field not in FIELDS:
            raise EditError(f"There is no field {field!r}; there are: {', '.join(FIELDS)}.")
        if field and field not in SEVERAL:
            out = [
                msgspec.structs.replace(one, field="", how="") if one.field == field else one for one in out
            ]
        if 0 <= at < len(out):
            out[at] = msgspec.structs.replace(out[at], field=field, how="by hand")
    return tuple(out)


def _column_of(columns: Sequence[Column], head: str) -> int:
    if re.fullmatch(r"#\d+", head) and 0 < int(head[1:]) <= len(columns):
        return int(head[1:]) - 1
    for spelt in (str.strip, plain):
        places = [at for at, column in enumerate(columns) if spelt(column.head) == spelt(head)]
        if places:
            return places[0]
    known = ", ".join(column.head for column in columns)
    raise EditError(f"There is no column {head!r}; there are: {known:.400}.")


def _guess(head: str) -> tuple[str, float]:
    """The field and how sure it is: 1 where the head says just that."""
    spelt = plain(head)
    if hour_head(head) is not None:
        return HOUR, 1.0
    best, sureness = "", 0.0
    for field, phrases in FIELDS.items():
        for phrase in phrases:
            if spelt == phrase:
                return field, 1.0
            # A longer phrase says more: `not with` wins over `with`, a short word alone is no hint.
            if len(phrase) > 3 and re.search(rf"\b{phrase}\b", spelt):
                share = 0.5 + len(phrase) / (2.0 * len(spelt) + 1.0)
                if share * len(phrase) > sureness * 10:
                    best, sureness = field, share * len(phrase) / 10
    return best, min(sureness, 0.99)


def _examples(rows: Sequence[Sequence[str]], at: int) -> tuple[str, ...]:
    cells = dict.fromkeys(row[at].strip() for row in rows if at < len(row) and row[at].strip())
    short = (cell if len(cell) <= _LONG else cell[: _LONG - 1] + "…" for cell in cells)
    return tuple(" ".join(cell.split()) for cell, _ in zip(short, range(_EXAMPLES), strict=False))
