"""The session text as lines: sections, their fields, and lists of items.

It looks like YAML and is none: names stand in it as people typed them. So nothing is read but what a field
is: a word at a known depth, a colon, and all the rest of its line.
"""

import codecs
import re
from functools import cache

import msgspec

_STRAY = bytes(code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\r\n")
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
"""What code page 1252 lacks, and the sim writes all the same."""
_BLANK_UTF8 = bytes.maketrans(_STRAY, b" " * len(_STRAY))
_BLANK_1252 = bytes.maketrans(_STRAY + _UNDEFINED, b" " * len(_STRAY + _UNDEFINED))
_ENCODING = re.compile(rb"^ *Encoding: *([\w-]+)", re.MULTILINE)
_SECTION = re.compile(r"^([A-Z]\w*):[ \t]*$", re.MULTILINE)
_LIST_OF = re.compile(r"^( +)(\w+):[ \t]*\n( +)- ", re.MULTILINE)
_ODD = re.compile(r"^(?! *(?:- )?\w+:(?: |$)|\.\.\.$)(?=.*\S).*$", re.MULTILINE)
_HEAD_BYTES = 1024
_LONGEST = 200
"""Characters of a value; the sim's own names end at 64, so a longer one is damage."""

Fields = dict[str, str]


class Section(msgspec.Struct, frozen=True):
    name: str
    body: str
    is_quoted: bool
    """The sim puts names in quotes, whatever they hold."""

    def fields(self, under: str = "") -> Fields:
        """Those of the section itself, or of a heading in it; of a word that comes twice the first one."""
        body = self.body if not under else _below(self.body, under)
        column = _first_column(body)
        return self._read(body, column)

    def items(self, heading: str) -> list[Fields]:
        """A list's items; what is nested in them is left out."""
        found = next((m for m in _LIST_OF.finditer(self.body) if m[2] == heading), None)
        if found is None:
            return []
        column = len(found[3])
        block = self.body[found.end() - column - 2 :]
        end = _end_of_list(column).search(block)
        block = block[: end.start()] if end else block
        pieces = _item(column).split(block)[1:]
        return [self._read(" " * (column + 2) + piece, column + 2) for piece in pieces]

    def odd_lines(self) -> list[str]:
        """Lines that are no field: a name that was broken in two, a comment, damage."""
        return [line.strip() for line in _ODD.findall(self.body)]

    def _read(self, body: str, column: int) -> Fields:
        pairs = _field(column).findall(body)
        return {word: self._plain(value)[:_LONGEST] for word, value in reversed(pairs)}

    def _plain(self, value: str) -> str:
        """Without the quotes that belong to the writing, with those that belong to the name."""
        value = value.strip()
        if len(value) < 2 or value[0] != '"' or value[-1] != '"':
            return value
        inner = value[1:-1]
        if self.is_quoted:
            return inner.replace('\\"', '"').replace("\\\\", "\\")
        return value if '"' in inner else inner


class Outline(msgspec.Struct, frozen=True):
    sections: dict[str, Section]
    is_damaged: bool = False
    """Some of its bytes are not what the text says they are."""

    def section(self, name: str) -> Section:
        """The section; an empty one where the text has none."""
        return self.sections.get(name, Section(name, "", is_quoted=False))


def outline(data: bytes) -> Outline:
    """Any bytes at all; those behind a zero are not looked at."""
    data = data.partition(b"\0")[0]
    told = _ENCODING.search(data[:_HEAD_BYTES])
    encoding = told[1].upper().replace(b"-", b"") if told else b""
    text, is_damaged = _decoded(data, encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    heads = list(_SECTION.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    sections: dict[str, Section] = {}
    for head, end in zip(heads, ends, strict=False):
        body = text[head.end() + 1 : end]
        sections.setdefault(head[1], Section(head[1], body, encoding == b"UTF8"))
    return Outline(sections, is_damaged)


def _decoded(data: bytes, encoding: bytes) -> tuple[str, bool]:
    """Texts before 2026 do not say what they are; code page 1252 is as good as never sound UTF-8."""
    if encoding in (b"", b"UTF8") or data.startswith(codecs.BOM_UTF8):
        data_utf8 = data.translate(_BLANK_UTF8)
        try:
            return data_utf8.decode("utf-8-sig"), False
        except UnicodeDecodeError:
            if encoding:
                return data_utf8.decode("utf-8-sig", "replace"), True
    return data.translate(_BLANK_1252).decode("cp1252"), False


def _below(body: str, heading: str) -> str:
    """The lines under a heading, up to the next line that stands no deeper."""
    head = re.search(rf"^( +){heading}:[ \t]*\n", body, re.MULTILINE)
    if head is None:
        return ""
    rest = body[head.end() :]
    end = re.search(rf"^ {{0,{len(head[1])}}}[^ \n]", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def _first_column(body: str) -> int:
    found = re.search(r"^( +)\w+:", body, re.MULTILINE)
    return len(found[1]) if found else 1


@cache
def _field(column: int) -> re.Pattern[str]:
    return re.compile(rf"^ {{{column}}}(\w+):(?: (.*))?$", re.MULTILINE)


@cache
def _item(column: int) -> re.Pattern[str]:
    return re.compile(rf"^ {{{column}}}- (?=\w+:)", re.MULTILINE)


@cache
def _end_of_list(column: int) -> re.Pattern[str]:
    """The next field of what holds the list."""
    return re.compile(rf"^ {{0,{column}}}\w+:", re.MULTILINE)
