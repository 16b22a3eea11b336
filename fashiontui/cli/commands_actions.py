"""Commands that do something to runs, each to several of them. As in main.py, imports wait for their command."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from fashiontui.cli.choices import RunOptions
from fashiontui.cli.options import ConfigOption, DataDirOption, JsonOption, LogsOption, places
from fashiontui.cli.reporting import reporting

acting = typer.Typer()

RunsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN…",
        help="Ids, their beginnings, experiments (their newest runs) or paths; or a filter such as status:queued.",
    ),
]


@acting.command()
def stop(
    context: typer.Context,
    runs: RunsArgument,
    now: Annotated[
        bool, typer.Option("--now", help="Kill, without a checkpoint: up to the last one is kept.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Stop runs after a checkpoint, and take those that wait out of the queue."""
    with reporting(as_json=as_json):
        from fashiontui.cli.actions import carry_out
        from fashiontui.cli.places import logs_of
        from fashiontui.cli.stopping import ask
        from fashiontui.runs.registry.entry import Wanted

        action = partial(ask, wanted=Wanted.KILL if now else Wanted.STOP)
        raise typer.Exit(carry_out(runs, logs_of(places(context, config, logs)), action, as_json=as_json))


@acting.command()
def pause(
    context: typer.Context,
    runs: RunsArgument,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Pause runs: a checkpoint, then off the device. `resume` goes on."""
    with reporting(as_json=as_json):
        from fashiontui.cli.actions import carry_out
        from fashiontui.cli.places import logs_of
        from fashiontui.cli.stopping import ask
        from fashiontui.runs.registry.entry import Wanted

        action = partial(ask, wanted=Wanted.PAUSE)
        raise typer.Exit(carry_out(runs, logs_of(places(context, config, logs)), action, as_json=as_json))


@acting.command()
def resume(
    context: typer.Context,
    runs: RunsArgument,
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="DEVICE", help="On another one: auto, cpu, cuda, cuda:N."),
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="CPU threads.")] = None,
    data_dir: DataDirOption = None,
    first: Annotated[bool, typer.Option("--first", help="To the front of the queue.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Queue paused, stopped, failed or lost runs, to go on from their checkpoints."""
    with reporting(as_json=as_json):
        from fashiontui.cli.actions import carry_out
        from fashiontui.cli.places import logs_of
        from fashiontui.cli.resuming import resume as queue_again
        from fashiontui.cli.run import check_device

        check_device(device)
        where = places(context, config, logs)
        options = RunOptions(device=device, threads=threads, data_dir=data_dir)
        action = partial(queue_again, options=options, places=where, first=first)
        raise typer.Exit(carry_out(runs, logs_of(where), action, as_json=as_json))


@acting.command()
def rerun(
    context: typer.Context,
    runs: RunsArgument,
    headless: Annotated[
        bool, typer.Option("--headless", help="Follow the new runs here, as `run --headless` does.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what differs today from then.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Repeat runs: new ones with the same settings and seed; and say what differs today from then."""
    with reporting(as_json=as_json):
        from fashiontui.cli.rerunning import rerun_runs

        where = places(context, config, logs)
        raise typer.Exit(rerun_runs(runs, where, headless=headless, dry_run=dry_run, as_json=as_json))


@acting.command()
def delete(
    context: typer.Context,
    runs: RunsArgument,
    for_good: Annotated[
        bool, typer.Option("--purge", help="Remove for good, also what is in the trash; asks first.")
    ] = False,
    sure: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Move runs to the trash: logs/.trash/. Moving a folder back brings its run back."""
    with reporting(as_json=as_json):
        from fashiontui.cli.deleting import delete_runs
        from fashiontui.cli.places import logs_of

        folder = logs_of(places(context, config, logs))
        raise typer.Exit(delete_runs(runs, folder, for_good=for_good, sure=sure, as_json=as_json))


@acting.command()
def move(
    context: typer.Context,
    runs: RunsArgument,
    first: Annotated[bool, typer.Option("--first", help="To the front of the queue.")] = False,
    last: Annotated[bool, typer.Option("--last", help="To its end.")] = False,
    before: Annotated[
        str | None, typer.Option("--before", metavar="RUN", help="Before this one, with its priority.")
    ] = None,
    priority: Annotated[
        int | None, typer.Option("--priority", metavar="N", help="Higher ones go first; 0 is usual.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    logs: LogsOption = None,
) -> None:
    """Reorder the queue."""
    with reporting(as_json=as_json):
        from fashiontui.cli.moving import Target, move_runs
        from fashiontui.cli.places import logs_of

        folder = logs_of(places(context, config, logs))
        raise typer.Exit(move_runs(runs, folder, Target(first, last, before, priority), as_json=as_json))


@acting.command()
def hold(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, logs: LogsOption = None
) -> None:
    """Start nothing more that waits in the queue. Runs that are under way go on; `pause` stops them, too."""
    with reporting(as_json=as_json):
        from fashiontui.cli.holding import hold_and_tell
        from fashiontui.cli.places import logs_of

        raise typer.Exit(hold_and_tell(logs_of(places(context, config, logs)), held=True, as_json=as_json))


@acting.command()
def release(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, logs: LogsOption = None
) -> None:
    """Let a held queue go on."""
    with reporting(as_json=as_json):
        from fashiontui.cli.holding import hold_and_tell
        from fashiontui.cli.places import logs_of

        raise typer.Exit(hold_and_tell(logs_of(places(context, config, logs)), held=False, as_json=as_json))
