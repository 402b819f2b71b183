"""One block of a section as HTML: words are escaped here and nowhere else."""

from collections.abc import Sequence

from pitbox.report.document import Block, Callout, Fact, Facts, Missing, Paragraph
from pitbox.report.figure import Figure
from pitbox.report.grid import Grid, Head, Word, grid_of
from pitbox.report.svg.draw import PHONE, WIDE, inline_svg
from pitbox.report.svg.pen import clean
from pitbox.report.table import Table, Tone

Numbers = dict[str, int]
"""Of queries by their id."""
_CALLOUT_SIGNS = {Tone.GOOD: "✓", Tone.WARN: "!", Tone.BAD: "✗", Tone.BEST: "●"}

_LONGEST_WORD = 18
_PART = 10
_MANY, _MOST = 9, 12
"""More columns than that are set smaller on paper, as in the PDF."""
_PHONE = 60
"""Letters beside each other that a phone shows, with a sentence broken."""
_SHORT, _LONG = 20, 40
"""Letters of a cell that stay on one line, and of one that takes a line for itself on a card."""


def mark_up(text: str) -> str:
    """Escaped; a word that is too long for a column may be broken, and is copied whole all the same."""
    if len(text) <= _LONGEST_WORD:
        return clean(text)
    return " ".join(_parted(word) for word in text.split(" "))


def attribute(text: str) -> str:
    return clean(text)


def reference(number: int) -> str:
    return f"query-{number}"


def block_html(block: Block, anchor: str, numbers: Numbers) -> str:
    match block:
        case Paragraph():
            lines = mark_up(block.text).replace("\n", "<br>")
            return f"<p>{lines}{references(block.queries, numbers)}</p>\n"
        case Callout():
            return _callout(block, numbers)
        case Missing():
            return f'<p class="missing">{mark_up(block.text)}</p>\n'
        case Facts():
            facts = "".join(fact_html(fact, numbers) for fact in block.facts)
            return f'<dl class="facts big">{facts}</dl>\n'
        case Table():
            return _table(block, anchor, numbers)
        case Figure():
            return _figure(block, anchor, numbers)


def _parted(word: str) -> str:
    if word.startswith("--"):  # an option of a command: no line ends behind its hyphens
        return f'<span class="whole">{clean(word)}</span>'
    if len(word) <= _LONGEST_WORD:
        return clean(word)
    return "<wbr>".join(clean(word[start : start + _PART]) for start in range(0, len(word), _PART))


def fact_html(fact: Fact, numbers: Numbers) -> str:
    note = f' <span class="note">{mark_up(fact.note)}</span>' if fact.note else ""
    small = references((fact.query,), numbers)
    return f"<div><dt>{mark_up(fact.label)}</dt><dd>{mark_up(fact.value)}{note}{small}</dd></div>"


def references(queries: Sequence[str], numbers: Numbers) -> str:
    """Small numbers that lead to the appendix."""
    links = [
        f'<a href="#{reference(numbers[name])}" aria-label="Query {numbers[name]}">{numbers[name]}</a>'
        for name in queries
        if name in numbers
    ]
    return f'<sup class="q">{" ".join(links)}</sup>' if links else ""


def _callout(callout: Callout, numbers: Numbers) -> str:
    sign = _CALLOUT_SIGNS.get(callout.tone, "")
    head = f'<span class="sign" aria-hidden="true">{sign}</span> ' if sign else ""
    text = f"<p>{mark_up(callout.text)}{references(callout.queries, numbers)}</p>" if callout.text else ""
    own = "" if callout.text else references(callout.queries, numbers)
    return (
        f'<div class="callout t-{callout.tone.value}" role="note">'
        f'<p class="head">{head}{mark_up(callout.title)}{own}</p>{text}</div>\n'
    )


def _figure(figure: Figure, anchor: str, numbers: Numbers) -> str:
    """Drawn twice: a picture made for a wide page has words too small for a phone."""
    title = f"{mark_up(figure.title)}{references((figure.query,), numbers)}"
    note = f'<p class="note">{mark_up(figure.note)}</p>' if figure.note else ""
    label = figure.description or figure.title
    return (
        f'<figure id="{anchor}"><figcaption>{title}</figcaption>'
        f'<div class="wide">{inline_svg(figure.drawing, WIDE, label)}</div>'
        f'<div class="phone">{inline_svg(figure.drawing, PHONE, label)}</div>{note}</figure>\n'
    )


def _table(table: Table, anchor: str, numbers: Numbers) -> str:
    grid = grid_of(table)
    label = attribute(table.title or "Table")
    asked = references((grid.query,), numbers)
    caption = f"<caption>{mark_up(table.title)}{asked}</caption>" if table.title else ""
    head = "".join(_head(column, numbers) for column in grid.heads)
    marked = set(table.marked)
    rows = [
        _row(row, grid, numbers, "ours" if index in marked else "") for index, row in enumerate(grid.rows)
    ]
    total = f"<tfoot>{_row(grid.total, grid, numbers, '')}</tfoot>" if grid.total else ""
    note = f'<p class="note">{mark_up(table.note)}</p>' if table.note else ""
    if not grid.rows:
        rows = [f'<tr><td class="none" colspan="{grid.width}">Nothing to list.</td></tr>\n']
    return (
        f'<div class="{_looks(grid)}" id="{anchor}">'
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
        f"<table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>{total}</table></div>"
        f"{note}</div>\n"
    )


def _looks(grid: Grid) -> str:
    """Sentences become cards on a phone; many columns are set small on paper."""
    small = "" if grid.width <= _MANY else " many" if grid.width <= _MOST else " most"
    return "table" + " cards" * _is_cards(grid) + small


def _is_cards(grid: Grid) -> bool:
    """Sentences that leave no room for what stands beside them on a phone."""
    wide = sum(min(max(head.longest, len(head.title)), _LONG) + head.longest_aside for head in grid.heads)
    return grid.is_wordy and wide > _PHONE


def _head(head: Head, numbers: Numbers) -> str:
    kind = ' class="n"' if head.is_number else ""
    span = ' colspan="2"' if head.has_aside else ""
    unit = f'&nbsp;<span class="unit">{mark_up(head.unit)}</span>' if head.unit else ""
    title = mark_up(head.title)
    named = f'<abbr title="{attribute(head.hint)}">{title}</abbr>' if head.hint else title
    return f'<th scope="col"{kind}{span}>{named}{unit}{references((head.query,), numbers)}</th>'


def _row(row: Sequence[Word], grid: Grid, numbers: Numbers, look: str) -> str:
    labels = [f' data-head="{attribute(_titled(head))}"' if _is_cards(grid) else "" for head in grid.heads]
    cells = "".join(
        _cell(word, head, numbers, index, labels[index])
        for index, (word, head) in enumerate(zip(row, grid.heads, strict=True))
    )
    kind = f' class="{look}"' if look else ""
    return f"<tr{kind}>{cells}</tr>\n"


def _titled(head: Head) -> str:
    return f"{head.title}, {head.unit}" if head.unit else head.title


def _cell(word: Word, head: Head, numbers: Numbers, index: int, label: str) -> str:
    """`label`: what a card says above it."""
    names = ["n"] if head.is_number else []
    if len(word.value) <= _SHORT:
        names.append("w")
    if label and head.is_wordy:
        names.append("l")
    if word.tone is not Tone.PLAIN:
        names.append(f"t-{word.tone.value}")
    look = f' class="{" ".join(names)}"' if names else ""
    look += label
    sign = f'<span class="sign">{word.sign}</span>' if word.sign else ""
    value = f"{sign}{mark_up(word.value)}{references((word.query,), numbers)}"
    if not head.is_number:
        value += f' <span class="note">{mark_up(word.aside)}</span>' if word.aside else ""
        # The first words of a row name it.
        return f'<th scope="row"{look}>{value}</th>' if index == 0 else f"<td{look}>{value}</td>"
    kept = " w" if len(word.aside) <= _SHORT else " l" if label and len(word.aside) > _LONG else ""
    aside = f'<td class="aside{kept}">{mark_up(word.aside)}</td>' if head.has_aside else ""
    return f"<td{look}>{value}</td>{aside}"
