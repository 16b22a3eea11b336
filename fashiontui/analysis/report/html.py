"""A report as one HTML file that needs nothing else: charts are inline SVG, pictures data URIs, styles inline."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib import resources

from fashiontui.analysis.report.drawing import Drawn
from fashiontui.analysis.report.model import Figure, Film, Missing, Part, Report, Section, Table
from fashiontui.config.problems import printable

STYLE = "page.css"


def page(report: Report, drawn: Mapping[str, Drawn]) -> str:
    """The whole file; `drawn` has each figure by its name."""
    return "\n".join(_lines(report, drawn)) + "\n"


def _lines(report: Report, drawn: Mapping[str, Drawn]) -> Iterator[str]:
    style = resources.files(__package__).joinpath(STYLE).read_text(encoding="utf-8")
    title = text(report.title)
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<link rel="icon" href="data:,">'  # or browsers ask for one
    yield f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>"
    yield f'<p class="created">Made by fashiontui, {text(report.created)}</p>'
    yield from (f"<p>{text(each)}</p>" for each in report.summary)
    yield "</header>\n<nav><ul>"
    yield from (f'<li><a href="#{text(each.name)}">{text(each.title)}</a></li>' for each in report.sections)
    yield "</ul></nav>\n<main>"
    for section in report.sections:
        yield from _section(section, drawn)
    yield from _end(report)
    yield "</main>\n</body>\n</html>"


def ended(words: str) -> str:
    """With a full stop, if nothing else ends it."""
    return words if words.endswith((".", "?", "!")) else f"{words}."


def text(words: str) -> str:
    """Words as HTML, whatever they hold."""
    return escape(printable(words))


def _section(section: Section, drawn: Mapping[str, Drawn]) -> Iterator[str]:
    yield f'<section id="{text(section.name)}">\n<h2>{text(section.title)}</h2>'
    if section.question:
        yield f'<p class="question">{text(section.question)}</p>'
    yield from (f"<p>{text(each)}</p>" for each in section.paragraphs if each)
    for part in section.parts:
        yield from _part(part, drawn)
    yield from _missing(section.missing)
    yield "</section>"


def _part(part: Part, drawn: Mapping[str, Drawn]) -> Iterator[str]:
    match part:
        case Table():
            yield from _table(part)
        case Figure():
            yield from _figure(part, drawn[part.name].svg)
        case Film():
            source = base64.b64encode(part.gif).decode()
            yield from _figure(part, f'<img alt="{text(part.title)}" src="data:image/gif;base64,{source}">')


def _table(table: Table) -> Iterator[str]:
    yield f'<div class="scroll"><table><caption>{text(table.title)}</caption>\n<thead>'
    yield _row("th", table.columns, table, -1)
    yield "</thead>\n<tbody>"
    yield from (_row("td", line, table, place) for place, line in enumerate(table.rows))
    yield "</tbody></table></div>"
    if table.note:
        yield f'<p class="note">{text(table.note)}</p>'


def _row(tag: str, cells: Sequence[str], table: Table, line: int) -> str:
    written = []
    for column, cell in enumerate(cells):
        words = f"<strong>{text(cell)}</strong>" if (line, column) in table.best else text(cell)
        kind = ' class="word"' if column < table.words else ""
        written.append(f"<{tag}{kind}>{words}</{tag}>")
    return f"<tr>{''.join(written)}</tr>"


def _figure(part: Figure | Film, picture: str) -> Iterator[str]:
    yield f'<figure id="figure-{text(part.name)}">\n{_spoken(picture, part.title)}\n<figcaption>{text(part.title)}.'
    yield text(part.note)
    yield f'<span class="label">{text(part.label)}</span>'
    if part.runs:
        count = f"{len(part.runs)} run{'s' * (len(part.runs) != 1)}"
        yield f"<details><summary>made of {count}</summary>{text(', '.join(part.runs))}</details>"
    yield "</figcaption></figure>"


def _spoken(picture: str, title: str) -> str:
    """What a screen reader says of a chart."""
    return picture.replace("<svg", f'<svg role="img" aria-label="{text(title)}"', 1)


def _missing(missing: Iterable[Missing]) -> Iterator[str]:
    for each in missing:
        made = f" To add it: <code>{text(each.command)}</code>" if each.command else ""
        yield f'<p class="missing">Not here: {text(ended(each.what))}{made}</p>'


def _end(report: Report) -> Iterator[str]:
    if report.missing:
        yield '<section id="missing"><h2>Not in this report</h2>'
        yield from _missing(report.missing)
        yield "</section>"
    if report.notes:
        yield '<section id="notes"><h2>To keep in mind</h2><ul>'
        yield from (f"<li>{text(each)}</li>" for each in report.notes)
        yield "</ul></section>"
    yield '<section id="reproduce"><h2>To make these runs again</h2>'
    yield '<div class="scroll"><table class="commands"><tbody>'
    yield from (
        f'<tr><td class="word">{text(run)}</td><td><code>{text(command)}</code></td></tr>'
        for run, command in report.reproduce
    )
    yield "</tbody></table></div></section>"
