"""Inks by name, on paper and on a dark screen: told apart by colour-blind eyes too, and never alone."""

import msgspec

HUES = 6


class Inks(msgspec.Struct, frozen=True):
    paper: str
    text: str
    dim: str
    grid: str
    field: str
    """Lines of cars that are only there for the whole."""
    ours: str
    warn: str
    rain: str
    night: str
    quiet: str
    good: str
    bad: str
    hues: tuple[str, ...]


PAPER = Inks(
    paper="#ffffff",
    text="#14181d",
    dim="#525c69",
    grid="#e3e6ea",
    field="#b4bcc6",
    ours="#0b66d0",
    warn="#8f5b00",
    rain="#0072b2",
    night="#5b6470",
    quiet="#858f9c",
    good="#0b7a4b",
    bad="#c62f2f",
    # The screen's hues are too pale for words on paper.
    hues=("#0072b2", "#a86200", "#a8457f", "#00795a", "#7a6c00", "#b84a00"),
)
SCREEN = Inks(
    paper="#13171d",
    text="#e6e9ee",
    dim="#98a2b0",
    grid="#262d37",
    field="#4b5563",
    ours="#5aa9ff",
    warn="#f2b84b",
    rain="#56b4e9",
    night="#98a2b0",
    quiet="#687384",
    good="#3ecf8e",
    bad="#ff6b6b",
    hues=("#56b4e9", "#e69f00", "#cc79a7", "#2fb98a", "#f0e442", "#f0793a"),
)


def named(inks: Inks) -> dict[str, str]:
    """Every ink by the name that classes and variables carry."""
    plain = {name: getattr(inks, name) for name in Inks.__struct_fields__ if name != "hues"}
    return plain | {f"hue{index}": colour for index, colour in enumerate(inks.hues)}


def hue(number: int) -> str:
    """The ink of a class, a driver, a car by its number."""
    return f"hue{number % HUES}"


def rules(colours: dict[str, str]) -> str:
    """CSS by which the classes of a picture get these colours: `f-` fills, `s-` draws lines."""
    lines = [f".f-{name}{{fill:{colour}}}.s-{name}{{stroke:{colour}}}" for name, colour in colours.items()]
    return "".join(lines)
