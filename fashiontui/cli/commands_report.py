"""`report`. As in main.py, imports wait for their command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fashiontui.cli.options import ConfigOption, DataDirOption, JsonOption, LogsOption, places
from fashiontui.cli.reporting import reporting

telling = typer.Typer()


@telling.command()
def report(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILTER|STUDY…", help="Which runs (default: all): a filter, studies, experiments, ids."
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="DIR", help="Folder to write; a report that is there goes on."),
    ] = Path("report"),
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Table of runs to add to (default: runs.csv in that folder)."
        ),
    ] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Write what the runs tell: one HTML file that opens anywhere, Markdown, figures, and a CSV that accumulates."""
    with reporting(as_json=as_json):
        from fashiontui.cli.report import Asked, run_report

        asked = Asked(tuple(names or ()), out, csv, data_dir)
        run_report(asked, places(context, config, logs), sys.stdout, sys.stderr, as_json=as_json)
