"""The command line: names, options and help. What a command does is imported when it is called.

So `fashiontui --help` costs no more than typer itself; typer's use of rich is turned off for the same reason.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from fashiontui import __version__
from fashiontui.cli.choices import Places, RunOptions
from fashiontui.cli.commands_actions import acting
from fashiontui.cli.commands_compare import comparing, projecting
from fashiontui.cli.commands_report import telling
from fashiontui.cli.commands_runs import looking
from fashiontui.cli.entry import is_terminal
from fashiontui.cli.options import (
    ConfigOption,
    DataDirOption,
    JsonOption,
    LogsOption,
    at_least,
    places,
    thread_count,
)
from fashiontui.cli.reporting import reporting
from fashiontui.errors import UsageError

app = typer.Typer(
    name="fashiontui",
    help="Run, watch and compare experiments on how neural networks learn.",
    epilog="Exit codes: 0 done, 1 a run failed, 2 usage or config, 3 an assertion was not met, "
    "4 data unavailable, 129 the terminal was closed, 130 interrupted after a checkpoint.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data_app = typer.Typer(help="Datasets: where they are, and how to get them.", no_args_is_help=True)
app.add_typer(looking)
app.add_typer(acting)
app.add_typer(comparing)
app.add_typer(telling)
app.add_typer(data_app, name="data")
data_app.add_typer(projecting)


@app.callback(invoke_without_command=True)
def fashiontui(
    context: typer.Context,
    config: ConfigOption = None,
    logs: LogsOption = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="App: look, and change nothing in the logs.")
    ] = False,
    no_mouse: Annotated[
        bool, typer.Option("--no-mouse", help="App: leave the mouse to the terminal.")
    ] = False,
    low_bandwidth: Annotated[
        bool, typer.Option("--low-bandwidth", help="App: draw less often, for slow lines.")
    ] = False,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="App: draw with ASCII characters alone.")
    ] = False,
    theme: Annotated[
        str | None, typer.Option("--theme", metavar="NAME", help="App: its colours, such as textual-light.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Run, watch and compare experiments on how neural networks learn. Without a command: the app."""
    context.obj = Places(config, logs)
    if version:
        typer.echo(f"fashiontui {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return
    if not is_terminal():
        typer.echo(context.get_help())
        return
    with reporting():
        from fashiontui.cli.app import AppChoices, run_app

        choices = AppChoices(read_only, not no_mouse, low_bandwidth, ascii_only, theme)
        raise typer.Exit(run_app(context.obj.expanded(), choices))


@app.command()
def run(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME…", help="Experiments, studies, or globs such as 'cnn*'."),
    ] = None,
    headless: Annotated[
        bool,
        typer.Option(
            "--headless",
            help="Follow the runs here. Else, on a terminal, the app opens on them; --assert and --json mean it too.",
        ),
    ] = False,
    device: Annotated[
        str | None, typer.Option("--device", metavar="DEVICE", help="auto (default), cpu, cuda, or cuda:N.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting: model.dropout=0.5. Repeatable."),
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="Train for so many epochs.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of weights and shuffling.")] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", help="Repeat each run with so many seeds, upwards from its own."),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", metavar="NAME", help="Train on another dataset, such as synthetic."),
    ] = None,
    data_dir: DataDirOption = None,
    threads: Annotated[
        int | None, typer.Option("--threads", help="CPU threads (default: PyTorch's choice).")
    ] = None,
    assertions: Annotated[
        list[str] | None,
        typer.Option(
            "--assert",
            metavar="TEXT",
            help="Exit 3 unless met, for example 'test_accuracy>=0.9'. Repeatable.",
        ),
    ] = None,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="Leave out what is finished, queued or running in the logs folder."),
    ] = False,
    missing_from: Annotated[
        list[Path] | None,
        typer.Option(
            "--missing-from",
            metavar="FILE",
            help="And what a CSV of results has, by its column fingerprint. Repeatable.",
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="Go on with a run from its last checkpoint."),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Queue the runs and leave; `fashiontui runs` shows them.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Train experiments: as many at once as there are device slots, the others in turn.

    On a terminal the app opens on them. With --headless, progress goes to stderr; stdout gets one line a run, or JSON,
    and Ctrl-C stops after a checkpoint, from which --resume goes on. Runs outlive a closed terminal.
    """
    with reporting(as_json=as_json):
        from fashiontui.cli.run import run_experiments

        options = RunOptions(
            names=tuple(names or ()),
            device=device,
            settings=tuple(settings or ()),
            epochs=at_least(1, "--epochs", epochs),
            seed=at_least(0, "--seed", seed),
            seeds=at_least(1, "--seeds", seeds),
            dataset=dataset,
            data_dir=data_dir,
            threads=thread_count(threads),
            assertions=tuple(assertions or ()),
            resume=resume,
            detach=detach,
            missing=missing,
            missing_from=tuple(missing_from or ()),
            as_json=as_json,
        )
        where = places(context, config, logs)
        if not (headless or as_json or assertions or detach) and is_terminal():
            from fashiontui.cli.run import run_in_app

            raise typer.Exit(run_in_app(options, where))
        raise typer.Exit(run_experiments(options, where))


@app.command()
def quickstart(
    context: typer.Context,
    data_dir: DataDirOption = None,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Train a first small network on what data there is, in under a minute."""
    with reporting():
        from fashiontui.cli.quickstart import run_quickstart

        raise typer.Exit(run_quickstart(places(context, config, logs), data_dir))


@app.command(name="list")
def list_command(context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List experiments and studies."""
    with reporting(as_json=as_json):
        from fashiontui.cli.listing import run_list
        from fashiontui.cli.places import loaded_config

        run_list(loaded_config(places(context, config)), sys.stdout, as_json=as_json)


@app.command()
def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The file; --config does the same.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Check the experiments file: all its mistakes at once."""
    with reporting():
        from fashiontui.cli.listing import run_check
        from fashiontui.cli.places import config_path

        other = places(context, config).config
        if file is not None and other is not None and file != other:
            raise UsageError(f"{file} or {other}: only one file is checked at once", "Leave one of them out.")
        raise typer.Exit(run_check(config_path(file or other), sys.stdout, sys.stderr))


@app.command()
def metrics(
    context: typer.Context,
    run: Annotated[
        str, typer.Argument(metavar="RUN|PATH", help="A run, an experiment, or any TensorBoard log.")
    ],
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="GLOB", help="Only such tags: 'loss/*'. Repeatable.")
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Print the scalars of a run, or of any TensorBoard log."""
    with reporting(as_json=as_json):
        from fashiontui.cli.metrics import run_metrics
        from fashiontui.cli.places import run_or_path

        if as_json and as_csv:
            raise UsageError("--json and --csv at once", "Choose one.")
        output: Literal["json", "csv", "table"] = "json" if as_json else "csv" if as_csv else "table"
        path = run_or_path(run, places(context, config, logs))
        run_metrics(path, tag_globs=tuple(tags or ()), output=output, out=sys.stdout, err=sys.stderr)


@data_app.command(name="info")
def data_info_command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A dataset; without it, all of them.")
    ] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say where datasets are, and what is in one."""
    with reporting(as_json=as_json):
        from fashiontui.cli.data import data_info
        from fashiontui.cli.places import usual_data_candidates

        candidates = usual_data_candidates(data_dir, places(context, config))
        data_info(name, candidates, sys.stdout, as_json=as_json)


@data_app.command(name="fetch")
def data_fetch_command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME…", help="Datasets (default: fashion-mnist).")
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Download datasets, check them, and keep them for all projects."""
    with reporting():
        from fashiontui.cli.choices import expanded
        from fashiontui.cli.data import cache_folder, data_fetch

        folder = expanded(data_dir) if data_dir else cache_folder()
        data_fetch(tuple(names or ("fashion-mnist",)), folder, sys.stdout, sys.stderr)
