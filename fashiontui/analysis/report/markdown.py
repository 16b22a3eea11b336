"""A report as Markdown, with its figures beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from fashiontui.analysis.report.html import ended
from fashiontui.analysis.report.model import Figure, Film, Missing, Part, Report, Section, Table
from fashiontui.config.problems import printable

FIGURES: Final = "figures"


def document(report: Report) -> str:
    """The whole file; pictures are looked for in `figures/`."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.title)}"
    yield f"Made by fashiontui, {escaped(report.created)}."
    yield from map(escaped, report.summary)
    for section in report.sections:
        yield from _section(section)
    if report.missing:
        yield "## Not in this report"
        yield _missing(report.missing)
    if report.notes:
        yield "## To keep in mind"
        yield "\n".join(f"- {escaped(each)}" for each in report.notes)
    yield "## To make these runs again"
    yield "\n".join(("```sh", *(f"{command}  # {run}" for run, command in report.reproduce), "```"))


def _section(section: Section) -> Iterator[str]:
    yield f"## {escaped(section.title)}"
    if section.question:
        yield f"*{escaped(section.question)}*"
    yield from (escaped(each) for each in section.paragraphs if each)
    for part in section.parts:
        yield from _part(part)
    if section.missing:
        yield _missing(section.missing)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Table():
            yield f"**{escaped(part.title)}**"
            yield table(part)
            if part.note:
                yield f"<sub>{escaped(part.note)}</sub>"
        case Figure() | Film():
            ending = "gif" if isinstance(part, Film) else "png"
            yield f"![{escaped(part.title)}]({FIGURES}/{part.name}.{ending})"
            note = f" {escaped(part.note)}" if part.note else ""
            yield f"<sub>{escaped(part.title)}.{note} {escaped(part.label)}.</sub>"


def table(said: Table) -> str:
    """A Markdown table; the best values are bold."""
    marks = ["---" if column < said.words else "---:" for column in range(len(said.columns))]
    lines: list[Sequence[str]] = [[escaped(each) for each in said.columns], marks]
    for place, line in enumerate(said.rows):
        lines.append(
            [
                f"**{escaped(cell)}**" if (place, column) in said.best else escaped(cell)
                for column, cell in enumerate(line)
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _missing(missing: Iterable[Missing]) -> str:
    return "\n".join(
        f"- Not here: {escaped(ended(each.what))}" + (f" To add it: `{each.command}`" if each.command else "")
        for each in missing
    )


def escaped(words: str) -> str:
    """So that a name stays a name in Markdown."""
    return "".join(f"\\{char}" if char in r"\`*_[]<>|#~" else char for char in printable(words))
