"""`fashiontui resume`: back into the queue, to go on from the last checkpoint."""

from __future__ import annotations

from fashiontui.cli.actions import Done, demand, settled
from fashiontui.cli.choices import Places, RunOptions
from fashiontui.cli.moving import to_the_front
from fashiontui.cli.orders import resumed_run
from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState


def resume(registry: Registry, paths: RunPaths, options: RunOptions, places: Places, *, first: bool) -> Done:
    """Queue a run again, also one that was never started. RunError for a finished one."""
    before = settled(registry, demand(registry, paths))
    if before.state is RunState.FINISHED:
        raise RunError(
            f"run {paths.key} is finished: there is nothing to go on with",
            f"To train it anew: fashiontui rerun {paths.run_id}",
        )
    done = _going_on(registry, before, options) if not before.state.is_ended else None
    if done is None:
        resumed_run(_options(paths, options), places).place(registry)
        done = Done("goes on: it is in the queue", changed=True)
    moved = first and to_the_front(registry, [paths.key])
    after = registry.entry(paths.key)
    return Done(done.words + (", at its front" if moved else ""), changed=done.changed or moved, entry=after)


def _going_on(registry: Registry, before: Entry, options: RunOptions) -> Done:
    """A run that is queued or live; what was asked of it meanwhile is taken back."""
    asked = [name for name in ("device", "threads", "data_dir") if getattr(options, name) is not None]
    if asked:
        option = asked[0].replace("_", "-")
        raise RunError(
            f"run {before.key} is {before.state.value}: its --{option} can't be changed now",
            f"First fashiontui stop {before.run_id}",
        )
    if before.state is RunState.QUEUED:
        return Done("is queued already", changed=False)
    if before.wanted is Wanted.RUN:
        return Done(f"is {before.state.value} already", changed=False)
    registry.requeue(before.key)
    return Done("goes on", changed=True)


def _options(paths: RunPaths, options: RunOptions) -> RunOptions:
    return RunOptions(
        resume=str(paths.root), device=options.device, threads=options.threads, data_dir=options.data_dir
    )
