"""`fashiontui list` and `fashiontui check`: what is in an experiments file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from fashiontui.cli.table import Heading, fitting
from fashiontui.config.architecture import Architecture, architecture
from fashiontui.config.load import Config, load_config
from fashiontui.config.plan import plan_runs
from fashiontui.config.problems import printable
from fashiontui.config.spec import DATASETS, CustomSpec, ExperimentSpec, StudySpec
from fashiontui.errors import ConfigError

if TYPE_CHECKING:
    from rich.table import Table as RichTable

THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, whether its numbers stand right-aligned, and whether long cells take several lines."""

    title: str
    right: bool = False
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Plain text in rows, for any kind of screen."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def run_list(config: Config, out: TextIO, *, as_json: bool) -> None:
    """Write all experiments and studies: JSON lines, tables on a terminal, else aligned text."""
    if as_json:
        entries = [*_experiment_facts(config), *_study_facts(config)]
        out.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        return
    tables = [table for table in (_experiment_table(config), _study_table(config)) if table.rows]
    if out.isatty():
        _draw(tables, out)
    else:
        out.write("\n".join(_aligned(table) for table in tables))


def run_check(path: Path, out: TextIO, err: TextIO) -> int:
    """Check an experiments file and say what is in it, or every mistake; give the exit code."""
    try:
        config = load_config(path)
    except ConfigError as error:
        err.write(f"{error}\n")
        return error.exit_code
    found = [_counted(len(config.experiments), "experiment", "experiments")]
    found += [_counted(len(config.studies), "study", "studies")] if config.studies else []
    out.write(f"{printable(str(path))}: {', '.join(found)}, fine\n")
    return 0


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _experiment_facts(config: Config) -> list[dict[str, Any]]:
    return [_facts(name, spec) for name, spec in config.experiments.items()]


def _facts(name: str, spec: ExperimentSpec) -> dict[str, Any]:
    network = _network(spec)
    return {
        "type": "experiment",
        "name": name,
        "description": spec.description,
        "model": spec.model.kind,
        "build": spec.model.build if isinstance(spec.model, CustomSpec) else None,
        "dataset": spec.dataset.name,
        "parameters": network.parameters if network else None,
        "multiply_adds": network.multiply_adds if network else None,
    }


def _network(spec: ExperimentSpec) -> Architecture | None:
    """The layers, where the shape of the images is known before they are loaded."""
    return architecture(spec.model) if spec.dataset.name in DATASETS else None


def _study_facts(config: Config) -> list[dict[str, Any]]:
    facts = []
    for name, study in config.studies.items():
        runs = plan_runs(config, [name])
        facts.append(
            {
                "type": "study",
                "name": name,
                "question": study.question,
                "runs": len(runs),
                "experiments": list(dict.fromkeys(run.base for run in runs)),
                "varies": list(study.matrix),
            }
        )
    return facts


def _experiment_table(config: Config) -> Table:
    columns = (
        Column("experiment"),
        Column("model"),
        Column("parameters", right=True),
        Column("multiply-adds", right=True),
        Column("description", wraps=True),
    )
    rows = [
        (
            fact["name"],
            fact["build"] or fact["model"],
            "-" if fact["parameters"] is None else f"{fact['parameters']:,}",
            _short_count(fact["multiply_adds"]),
            fact["description"],
        )
        for fact in _experiment_facts(config)
    ]
    return Table(columns, _printable(rows))


def _study_table(config: Config) -> Table:
    columns = (
        Column("study"),
        Column("runs", right=True),
        Column("compares", wraps=True),
        Column("question", wraps=True),
    )
    rows = [
        (fact["name"], str(fact["runs"]), _compared(config.studies[fact["name"]]), fact["question"])
        for fact in _study_facts(config)
    ]
    return Table(columns, _printable(rows))


def _compared(study: StudySpec) -> str:
    """Such as `lr, ann*`, or `learning_rate, decay of ann2`."""
    experiments = study.base or ", ".join(study.experiments)
    varied = ", ".join(path.rpartition(".")[2] for path in study.matrix)
    return f"{varied} of {experiments}" if varied else experiments


def _printable(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(printable(cell) for cell in row) for row in rows)


def _short_count(count: int | None) -> str:
    """Such as `1.4 M`; `-` where there is none."""
    if count is None:
        return "-"
    value = float(count)
    for unit in ("", " k", " M"):
        if value < THOUSAND - 0.5:  # what is less would be rounded to 1e+03
            return f"{value:.3g}{unit}"
        value /= THOUSAND
    return f"{value:.3g} G"


def _aligned(table: Table) -> str:
    """Columns two blanks apart, with no blanks at the ends of lines."""
    titles = tuple(column.title for column in table.columns)
    lines = (titles, *table.rows)
    widths = [max(len(cell) for cell in cells) for cells in zip(*lines, strict=True)]
    text = ""
    for line in lines:
        cells = zip(line, widths, table.columns, strict=True)
        padded = [cell.rjust(width) if column.right else cell.ljust(width) for cell, width, column in cells]
        text += "  ".join(padded).rstrip() + "\n"
    return text


def _draw(tables: Sequence[Table], out: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    console = Console(file=out)
    for number, table in enumerate(tables):
        if number:
            console.print()
        console.print(_rich_table(without_what_does_not_fit(table, console.width)))


def without_what_does_not_fit(table: Table, width: int) -> Table:
    """Without the last columns of those that can't wrap, as far as there is no room for them whole."""
    headings = [
        Heading(column.title, rank=0 if column.wraps else place, flexible=column.wraps)
        for place, column in enumerate(table.columns)
    ]
    lines = ([column.title for column in table.columns], *table.rows)
    kept = fitting(headings, [max(map(len, cells)) for cells in zip(*lines, strict=True)], width)
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return Table(tuple(table.columns[place] for place in kept), rows)


def _rich_table(table: Table) -> RichTable:
    from rich.table import Table as RichTable  # noqa: PLC0415 - only a terminal needs it
    from rich.text import Text  # noqa: PLC0415 - only a terminal needs it

    drawn = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in table.columns:
        justify: Literal["left", "right"] = "right" if column.right else "left"
        drawn.add_column(
            column.title,
            justify=justify,
            no_wrap=not column.wraps,
            overflow="fold" if column.wraps else "ellipsis",
        )
    for row in table.rows:
        drawn.add_row(*(Text(cell) for cell in row))  # Text, not str: brackets in a name are no markup
    return drawn
