"""What is in view, written to a file that a person names; the end of its name says what it is to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fashiontui.analysis import table
from fashiontui.analysis.compare import Comparison, Row
from fashiontui.config.problems import printable
from fashiontui.runs.atomic import write_text
from fashiontui.tui.screens.base import ProjectScreen

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp
    from fashiontui.tui.charts.chart import Chart

FOLDER: Final = "exports"  # in the project's
LONGEST: Final = 60
TABLE_FORMATS: Final = {".csv": "numbers", ".md": "Markdown"}
CHART_FORMATS: Final = {".csv": "numbers", ".svg": "drawing", ".png": "picture"}

Write = Callable[[Path], None]


def file_name(title: str, suffix: str) -> str:
    """A title as the name of a file."""
    words = re.findall(r"[A-Za-z0-9.=±-]+", title)
    return ("-".join(words)[:LONGEST].strip("-.") or "view") + suffix


def free_path(folder: Path, name: str, suffixes: Sequence[str] = ()) -> Path:
    """That name, or the first with a number that no file has, whichever of the `suffixes` it may yet get."""
    stem, ends = Path(name).stem, {Path(name).suffix, *suffixes}
    number = 1
    while any((folder / f"{stem}{end}").exists() for end in ends):
        number += 1
        stem = f"{Path(name).stem}-{number}"
    return folder / f"{stem}{Path(name).suffix}"


def export_chart(app: FashionApp, chart: Chart) -> None:
    """Ask where to, and write what the chart shows."""
    from fashiontui.tui.charts import export  # noqa: PLC0415 - when the first file is written

    scene, dark = chart.scene, app.current_theme.dark
    subject = app.screen.subject if isinstance(app.screen, ProjectScreen) else ""
    title = f"{chart.title}, {subject}" if subject else chart.title
    writes: dict[str, Write] = {
        ".csv": lambda path: export.write_csv(scene.curves, scene.view, path, subject),
        ".svg": lambda path: export.write_svg(scene, title, path, dark=dark),
        ".png": lambda path: export.write_png(scene, title, path, dark=dark),
    }
    ask_and_write(app, f"{subject} {chart.title}", CHART_FORMATS, writes)


def export_table(app: FashionApp, comparison: Comparison, rows: Sequence[Row]) -> None:
    """Ask where to, and write a comparison."""
    csv, markdown = table.comparison_csv(comparison, rows), table.markdown(comparison, rows)
    writes: dict[str, Write] = {
        ".csv": lambda path: write_text(path, csv, durable=False),
        ".md": lambda path: write_text(path, markdown, durable=False),
    }
    ask_and_write(app, "comparison", TABLE_FORMATS, writes)


def ask_and_write(
    app: FashionApp, title: str, formats: Mapping[str, str], writes: Mapping[str, Write]
) -> None:
    """Ask for a path, and have it written; `formats` and `writes` are by the end of its name."""
    from fashiontui.tui.screens.export import ExportScreen  # noqa: PLC0415 - as above

    folder = app.options.project / FOLDER
    suggested = free_path(folder, file_name(title, next(iter(formats))), tuple(formats))

    def write(path: Path | None) -> None:
        if path is not None:
            work = partial(_written, app, path, writes[path.suffix.lower()])
            app.run_worker(
                work, name="export", group="export", description="export", thread=True, exit_on_error=True
            )

    app.push_screen(ExportScreen(suggested, app.options.project, formats), write)


def _written(app: FashionApp, path: Path, write: Write) -> None:
    """In a thread."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as error:
        app.say(f"{printable(str(path))} could not be written: {error.strerror or error}", "error")
        return
    app.say(f"written: {printable(str(path))}")
