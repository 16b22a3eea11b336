"""A report's files, each whole or not at all; those of an older report in the same folder that are no more are removed."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fashiontui.analysis.report.drawing import Drawn, draw
from fashiontui.analysis.report.html import page
from fashiontui.analysis.report.markdown import FIGURES, document
from fashiontui.analysis.report.model import Figure, Film, Report
from fashiontui.errors import RunError
from fashiontui.runs import atomic

Tell = Callable[[str, int, int], None]

HTML: Final = "report.html"
MARKDOWN: Final = "README.md"
ROWS: Final = "runs.csv"
DIGESTS: Final = "runs"  # a folder beside it
SOURCES: Final = "figures.json"
OURS: Final = re.compile(r"[\w.-]+\.(png|gif)")


def prepare(folder: Path, table: Path) -> None:
    """Make the folders, and see that they can be written, before any work is done; RunError says why they can't."""
    for place, hint in ((folder / FIGURES, "Name another one with -o DIR."), (table.parent, "")):
        probe = place / ".fashiontui"
        try:
            place.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise RunError(f"{place} can't be written: {error.strerror}", hint) from error


def write(report: Report, folder: Path, tell: Tell) -> list[Path]:
    """Draw and write everything but runs.csv; the paths, the page first. RunError where the disk does not take it."""
    pictures = [
        part for section in report.sections for part in section.parts if isinstance(part, (Figure, Film))
    ]
    try:
        drawn = _pictures(pictures, folder, tell)
        texts = {
            HTML: page(report, drawn),
            MARKDOWN: document(report),
            SOURCES: json.dumps(_sources(pictures), indent=1) + "\n",
        }
        _forget(folder, set(_sources(pictures)))
        for name, text in texts.items():
            atomic.write_text(folder / name, text, durable=False)
    except OSError as error:
        raise RunError(f"{error.filename or folder} can't be written: {error.strerror}") from error
    return [folder / HTML, folder / MARKDOWN, folder / SOURCES]


def _pictures(pictures: list[Figure | Film], folder: Path, tell: Tell) -> dict[str, Drawn]:
    drawn = {}
    for number, part in enumerate(pictures):
        tell("drawing", number, len(pictures))
        path = folder / FIGURES / _file(part)
        if isinstance(part, Film):
            atomic.write_bytes(path, part.gif)
        else:
            drawn[part.name] = draw(part)
            atomic.write_bytes(path, drawn[part.name].png)
    tell("drawing", len(pictures), len(pictures))
    return drawn


def _file(part: Figure | Film) -> str:
    return f"{part.name}.{'gif' if isinstance(part, Film) else 'png'}"


def _sources(pictures: list[Figure | Film]) -> dict[str, Any]:
    """What each file in figures/ is made of."""
    return {
        _file(part): {"title": part.title, "label": part.label, "runs": list(part.runs)} for part in pictures
    }


def _forget(folder: Path, kept: set[str]) -> None:
    """Remove the pictures that the last report says are its own, and this one has not."""
    try:
        known = json.loads((folder / SOURCES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for name in known if isinstance(known, dict) else ():
        if name not in kept and OURS.fullmatch(name):
            with contextlib.suppress(OSError):
                (folder / FIGURES / name).unlink(missing_ok=True)
