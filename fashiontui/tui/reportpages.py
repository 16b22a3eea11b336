"""A report's Markdown, as this program writes it, in sections of lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.cells import cell_len

from fashiontui.tui.lines import EMPTY, Line, fitted, line, wrapped

MADE_BY: Final = "Made by fashiontui"
BEGINNING: Final = "Summary"
BEST: Final = " ▲"
GAP: Final = 2
LEAST: Final = 20  # columns

PICTURE: Final = re.compile(r"!\[(.*)\]\((\S+)\)")
ESCAPED: Final = re.compile(r"\\([\\`*_\[\]<>|#~])")
CELL: Final = re.compile(r"(?<!\\)\|")
FENCE: Final = "```"


@dataclass(frozen=True, slots=True)
class Page:
    """A section: its title, and its blocks as they are written."""

    title: str
    blocks: tuple[str, ...]

    @property
    def key(self) -> str:
        """Titles are unique in a report."""
        return self.title


def pages_of(text: str) -> tuple[Page, ...]:
    """The sections of a report, what stands before the first as one of its own; none where it is no report of ours."""
    blocks = list(_blocks(text))
    if len(blocks) < 2 or not blocks[0].startswith("# ") or not blocks[1].startswith(MADE_BY):  # noqa: PLR2004
        return ()
    pages: list[tuple[str, list[str]]] = [(BEGINNING, [])]
    for block in blocks[1:]:
        if block.startswith("## "):
            pages.append((plain(block[3:]), []))
        else:
            pages[-1][1].append(block)
    return tuple(Page(title, tuple(found)) for title, found in pages)


def _blocks(text: str) -> Iterator[str]:
    """What blank lines part, but not those within a fence."""
    block: list[str] = []
    is_fenced = False
    for row in text.splitlines():
        is_fenced ^= row.startswith(FENCE)
        if row.strip() or is_fenced:
            block.append(row)
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def plain(text: str) -> str:
    """Markdown's words without its signs."""
    return ESCAPED.sub(r"\1", text)


def lines_of_page(page: Page, width: int) -> list[Line]:
    """All of a section, no line wider than `width`."""
    width = max(LEAST, width)
    lines: list[Line] = [line(page.title, "strong"), EMPTY]
    for block in page.blocks:
        lines += [*_lines_of(block, width), EMPTY]
    return lines[:-1]


def _lines_of(block: str, width: int) -> list[Line]:
    picture = PICTURE.fullmatch(block)
    if picture is not None:
        return [*wrapped(f"◆ {picture[2]}", width, "live"), *wrapped(plain(picture[1]), width)]
    if block.startswith("|"):
        return table_lines(block.splitlines(), width)
    if block.startswith(FENCE):
        return [each for row in block.splitlines()[1:-1] for each in wrapped(row, width)]
    if block.startswith("- "):
        return [each for row in block.splitlines() for each in wrapped(plain(row.replace("`", "")), width)]
    for before, after, kind in (("<sub>", "</sub>", "muted"), ("**", "**", "strong"), ("*", "*", "strong")):
        if block.startswith(before) and block.endswith(after):
            return wrapped(plain(block[len(before) : -len(after)]), width, kind)
    return wrapped(plain(block), width)


def table_lines(rows: Sequence[str], width: int) -> list[Line]:
    """A table; what there is no room for beside the first column stands below, beside the first column again."""
    heads, marks, *body = (_cells(row) for row in rows)
    numbers = [mark.endswith(":") for mark in marks]
    columns = [
        [plain(row[place]) if place < len(row) else "" for row in (heads, *body)]
        for place in range(len(heads))
    ]
    shown = [[_best(cell) for cell in column] for column in columns]
    widths = [max(cell_len(cell) + len(BEST) * is_best for cell, is_best in column) for column in shown]
    widths[0] = min(widths[0], max(LEAST // 2, min(width // 2, width - GAP - max(widths[1:], default=0))))
    widths[1:] = [min(each, width - GAP - widths[0]) for each in widths[1:]]
    lines: list[Line] = []
    for part in _parts(widths, width):
        lines += [EMPTY] * bool(lines)
        for number in range(len(body) + 1):
            cells = [
                _cell(*shown[place][number], min(widths[place], width), right=numbers[place])
                for place in part
            ]
            lines.append(_joined(cells, is_head=number == 0))
    return lines


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in CELL.split(row)[1:-1]]


def _best(cell: str) -> tuple[str, bool]:
    is_best = cell.startswith("**") and cell.endswith("**") and len(cell) > len("****")
    return (cell[2:-2], True) if is_best else (cell, False)


def _parts(widths: Sequence[int], width: int) -> Iterator[list[int]]:
    """Columns that go side by side, the first of all in each part."""
    part, room = [0], width - widths[0]
    for place in range(1, len(widths)):
        if widths[place] + GAP > room and len(part) > 1:
            yield part
            part, room = [0], width - widths[0]
        part.append(place)
        room -= widths[place] + GAP
    yield part


def _cell(text: str, is_best: bool, width: int, *, right: bool) -> tuple[str, bool]:
    sign = BEST if is_best else ""
    return fitted(text + sign, width, right=right), is_best


def _joined(cells: Sequence[tuple[str, bool]], *, is_head: bool) -> Line:
    gaps = [" " * GAP] * (len(cells) - 1) + [""]
    parts = [
        (text + gap, "muted" if is_head else "good" if is_best else "plain")
        for (text, is_best), gap in zip(cells, gaps, strict=True)
    ]
    return tuple(
        ("".join(text for text, _ in run), kind)
        for kind, run in ((kind, list(run)) for kind, run in groupby(parts, key=lambda part: part[1]))
    )
