"""`compare`, `keys`, and `data project`. As in main.py, imports wait for their command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from fashiontui.cli.options import ConfigOption, DataDirOption, JsonOption, LogsOption, places
from fashiontui.cli.reporting import reporting
from fashiontui.errors import UsageError

comparing = typer.Typer()
projecting = typer.Typer()


@comparing.command()
def compare(
    context: typer.Context,
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN…",
            help="Two or more: ids, experiments, paths (also of other TensorBoard logs), or a filter.",
        ),
    ],
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="RUN", help="Differences are to this one (default: the first)."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is the same in all of them.")] = False,
    fold_seeds: Annotated[
        bool, typer.Option("--fold-seeds", help="Runs that differ only in their seed as one: mean ± std.")
    ] = False,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: a line a run and value.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Put runs side by side: only what differs, the best marked, and how far each is from the first."""
    with reporting(as_json=as_json):
        if as_json + as_csv + as_markdown > 1:
            raise UsageError("more than one of --json, --csv and --markdown", "Choose one.")
        from fashiontui.cli.commands_runs import stdout_screen
        from fashiontui.cli.compare import Wanted, print_comparison
        from fashiontui.cli.places import logs_of

        output: Literal["json", "csv", "markdown", "table"] = (
            "json" if as_json else "csv" if as_csv else "markdown" if as_markdown else "table"
        )
        wanted = Wanted(tuple(runs), baseline, everything=everything, fold_seeds=fold_seeds)
        print_comparison(
            wanted, logs_of(places(context, config, logs)), output, sys.stdout, sys.stderr, stdout_screen()
        )


@projecting.command(name="project")
def data_project_command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A dataset (default: that of the config's defaults).")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", metavar="pca|tsne|both", help="How images become points on a plane.")
    ] = "both",
    size: Annotated[
        int, typer.Option("--size", min=10, max=10_000, help="So many training images, of all classes.")
    ] = 2000,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Chooses the images, and where t-SNE begins.")
    ] = 0,
    perplexity: Annotated[
        float, typer.Option("--perplexity", min=2, max=500, help="t-SNE: how many neighbours an image has.")
    ] = 30.0,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Folder to write (default: projector-NAME, here)."),
    ] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Lay a dataset's images out on a plane, and write CSV files and what TensorBoard's projector shows."""
    with reporting(as_json=as_json):
        from fashiontui.cli.project import Asked, run_project

        asked = Asked(name, method, size, seed, perplexity, out, data_dir)
        run_project(asked, places(context, config), sys.stdout, sys.stderr, as_json=as_json)


@comparing.command()
def keys(as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False) -> None:
    """List the keys of the app, and the ids by which settings.toml gives them others."""
    with reporting():
        from fashiontui.cli.keys import run_keys

        run_keys(sys.stdout, as_markdown=as_markdown)
