"""Time zones as people write them: IANA names, cities, abbreviations, hours from UTC."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from pitbox.planning.sign_up.words import plain

# An abbreviation says which clock somebody lives by, summer and winter: whoever writes CET in July means it.
_SPOKEN = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "zulu": "UTC",
    "bst": "Europe/London", "uk": "Europe/London", "wet": "Europe/Lisbon", "west": "Europe/Lisbon",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
    "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "msk": "Europe/Moscow",
    "et": "America/New_York",
    "est": "America/New_York", "edt": "America/New_York", "eastern": "America/New_York",
    "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago", "central": "America/Chicago",
    "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver", "mountain": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "brt": "America/Sao_Paulo", "art": "America/Argentina/Buenos_Aires",
    "jst": "Asia/Tokyo", "sgt": "Asia/Singapore", "hkt": "Asia/Hong_Kong", "sast": "Africa/Johannesburg",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "acst": "Australia/Adelaide",
    "awst": "Australia/Perth", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}  # fmt: skip
# Zones of half hours have no name of their own in the database of zones: the place that lives by them.
_HALVES = {
    "+3:30": "Asia/Tehran", "+4:30": "Asia/Kabul", "+5:30": "Asia/Kolkata", "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon", "+9:30": "Australia/Darwin", "-3:30": "America/St_Johns",
    "-9:30": "Pacific/Marquesas",
}  # fmt: skip
_OFFSET = re.compile(
    r"(?:utc|gmt)?\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d{2}))?(?:\s*h(?:ours)?)?\b", re.IGNORECASE
)
_LARGEST_H = 14


def zone_named(text: str) -> str | None:
    """The IANA name of what was written; None where nothing fits."""
    text = text.strip()
    if found := _SPOKEN.get(plain(text)):  # before `EST` is found, which the database has without a summer
        return found
    for word in (text, text.replace(" ", "_"), *re.findall(r"[A-Za-z_]+(?:/[A-Za-z_\-]+)+", text)):
        if found := _iana().get(word.casefold()):
            return found
    if offset := _OFFSET.search(text):
        return _from_utc(offset)
    words = plain(text).split()
    return next((_SPOKEN[word] for word in words if word in _SPOKEN), None) or _cities().get(plain(text))


def _from_utc(offset: re.Match[str]) -> str | None:
    sign, hours, minutes = offset[1].replace("\u2212", "-"), int(offset[2]), int(offset[3] or 0)
    if minutes:
        return _HALVES.get(f"{sign}{hours}:{minutes:02d}")
    if hours > _LARGEST_H or (sign == "-" and hours > 12):
        return None
    # POSIX counts the other way round: Etc/GMT-2 is two hours ahead of UTC.
    return "UTC" if hours == 0 else f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"


@lru_cache(maxsize=1)
def _iana() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    return {plain(name.rpartition("/")[2]): name for name in sorted(available_timezones()) if "/" in name}
