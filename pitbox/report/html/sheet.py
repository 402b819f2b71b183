"""The style of the page: variables for both schemes, a phone, a wide screen, and paper."""

from functools import cache
from importlib import resources

from pitbox.report.style import Style
from pitbox.report.svg.ink import Inks, named, rules


def sheet(style: Style, faces: str) -> str:
    """`faces` are the rules that bring the typeface."""
    paper, screen = style.inks("paper"), style.inks("screen")
    names = named(paper)
    return (
        f"{faces}\n:root{{color-scheme:light dark;--band:{style.band};{_variables(paper)}"
        f"--ground:#ffffff;--best:#7440c8}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{_variables(screen)}"
        f"--ground:#0d1014;--best:#b98bff}}}}\n"
        f"{rules({name: f'var(--{name})' for name in names})}\n{_text()}"
    )


def _variables(inks: Inks) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in named(inks).items())


@cache
def _text() -> str:
    return resources.files("pitbox.report").joinpath("resource", "page.css").read_text("utf-8")
