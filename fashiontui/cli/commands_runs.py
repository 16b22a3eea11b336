"""Commands that look at runs: `runs`, `show`, `log`; and `reindex`. As in main.py, imports wait for their command."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from fashiontui.cli.options import ConfigOption, JsonOption, LogsOption, places
from fashiontui.cli.reporting import reporting
from fashiontui.errors import UsageError

if TYPE_CHECKING:
    from fashiontui.cli.runs import Screen

looking = typer.Typer()

RunArgument = Annotated[
    str,
    typer.Argument(metavar="RUN", help="An id, its beginning, an experiment (its newest run), or a path."),
]


@looking.command(name="runs")
def runs_command(
    context: typer.Context,
    filters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILTER…", help="Which ones: 'status:running', 'model=cnn* dropout>=0.3', cnn1 …"
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Go on drawing the table, until Ctrl-C.")
    ] = False,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="KEY", help="Sort by a key: train_seconds, -best.valid_accuracy, …"),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the newest N; with --sort, the first N.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", metavar="KEYS", help="Show these: state,dropout,test_accuracy")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """List runs: oldest first, those that wait last."""
    with reporting(as_json=as_json):
        from fashiontui.cli.places import logs_of
        from fashiontui.cli.runs import Listing, print_runs
        from fashiontui.cli.selection import filter_text

        folder = logs_of(places(context, config, logs))
        listing = Listing.of(filter_text(filters or [""]), sort, limit, columns)
        if not watch:
            print_runs(folder, listing, sys.stdout, sys.stderr, as_json=as_json, screen=stdout_screen())
            return
        if as_json or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
            raise UsageError(
                "--watch draws on a terminal, and here is none"
                if not as_json
                else "--watch and --json at once",
                "`fashiontui log -f RUN` follows a run in a pipe; `fashiontui runs --json` tells how all are now.",
            )
        from rich.console import Console

        from fashiontui.cli.watching import watch_runs

        watch_runs(folder, listing, Console())


@looking.command()
def show(
    context: typer.Context,
    run: RunArgument,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Show all that is known of a run."""
    with reporting(as_json=as_json):
        from fashiontui.cli.places import logs_of
        from fashiontui.cli.show import print_run
        from fashiontui.runs.find import find_run

        folder = logs_of(places(context, config, logs))
        paths = find_run(folder, run)
        print_run(paths, folder, sys.stdout, as_json=as_json, width=stdout_screen().width)


@looking.command()
def log(
    context: typer.Context,
    run: RunArgument,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the run ends. Ctrl-C leaves; the run goes on.")
    ] = False,
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", min=0, help="Begin with the last N lines (default: all).")
    ] = None,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Print what a run's worker has said."""
    with reporting():
        from fashiontui.cli.log import print_log
        from fashiontui.cli.places import logs_of
        from fashiontui.runs.find import find_run

        folder = logs_of(places(context, config, logs))
        print_log(find_run(folder, run), folder, sys.stdout, sys.stderr, lines=lines, follow=follow)


@looking.command()
def reindex(context: typer.Context, config: ConfigOption = None, logs: LogsOption = None) -> None:
    """Make the index of runs anew from their folders."""
    with reporting():
        from fashiontui.cli.places import logs_of
        from fashiontui.cli.reindexing import reindex as make_anew

        make_anew(logs_of(places(context, config, logs)), sys.stdout, sys.stderr)


def stdout_screen() -> Screen:
    """What stdout is."""
    from fashiontui.cli.runs import Screen

    if not sys.stdout.isatty():
        return Screen()
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Screen(shutil.get_terminal_size().columns, colours=not plain)
