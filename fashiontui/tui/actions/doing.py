"""Something done to runs that are there: stopped, paused, gone on with, repeated, moved, deleted. Blocks; for threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from fashiontui.errors import FashiontuiError, RunError
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.runs.trash import TRASH, move_to_trash
from fashiontui.supervisor.ensure import ensure_supervisor
from fashiontui.supervisor.placing import Site, go_on, repeat, resumption, to_be_repeated
from fashiontui.tui.actions.outcome import Outcome
from fashiontui.tui.words import count, named_key, short_id

Deed = Callable[[Registry, Entry, Site, float], str]  # → what came of it, in words
ASKED: Final = {
    Wanted.PAUSE: "pauses after a checkpoint",
    Wanted.STOP: "stops after a checkpoint",
    Wanted.KILL: "is being killed",
}


def do(action: str, keys: Sequence[str], site: Site, now: float) -> Outcome:
    """Do it to each run; what came of it."""
    done: list[str] = []
    failed: list[str] = []
    with Registry.open(site.logs, warn=done.append, create=False) as registry:
        for key in keys:
            try:
                done.append(f"{named_key(key)} {_deed(registry, key, DEEDS[action], site, now)}")
            except FashiontuiError as error:
                failed.append(f"{named_key(key)}: {error}")
            except OSError as error:
                failed.append(f"{named_key(key)}: {error.filename}: {error.strerror}")
        waits = not registry.read_only and bool(registry.queue() or registry.live())
    if waits:
        ensure_supervisor(site.logs)
    return Outcome(_told(done), _told(failed))


def _deed(registry: Registry, key: str, deed: Deed, site: Site, now: float) -> str:
    entry = registry.entry(key)
    if entry is None:
        raise RunError("it is gone")
    return deed(registry, entry, site, now)


def _told(words: Sequence[str]) -> str:
    most = 4
    more = f"\nand {count(len(words) - most, 'more', 'more')}" if len(words) > most else ""
    return "\n".join(words[:most]) + more


def _ask(wanted: Wanted) -> Deed:
    def deed(registry: Registry, entry: Entry, site: Site, now: float) -> str:
        if present(entry, site.logs, now).state.is_ended:
            return f"is {present(entry, site.logs, now).state.value} already"
        after = registry.ask(entry.key, wanted)
        return ASKED[after.wanted] if after.state.is_live else f"is {after.state.value}, and out of the queue"

    return deed


def _resume(registry: Registry, entry: Entry, site: Site, now: float) -> str:
    del now
    if not entry.state.is_ended:  # what was asked of it meanwhile is taken back
        registry.requeue(entry.key)
        return "goes on"
    if entry.state is RunState.FINISHED:
        raise RunError("it is finished: there is nothing to go on with", "Repeat it instead.")
    paths = entry.paths(site.logs)
    go_on(registry, paths, resumption(paths, RunRecord.load(paths.record), site, {}))
    is_kept = paths.checkpoint.exists()
    return f"is in the queue, to {'go on from its checkpoint' if is_kept else 'begin'}"


def _repeat(registry: Registry, entry: Entry, site: Site, now: float) -> str:
    del now
    paths = entry.paths(site.logs)
    new = repeat(registry, paths, to_be_repeated(paths, site), site.environment())
    return f"is repeated by {short_id(new.run_id)}"


def _delete(registry: Registry, entry: Entry, site: Site, now: float) -> str:
    if entry.state is RunState.QUEUED:
        entry = registry.ask(entry.key, Wanted.STOP)
    if present(entry, site.logs, now).state.is_live:
        raise RunError(f"it is {entry.state.value}", "Stop it first.")
    moved = move_to_trash(entry.paths(site.logs))
    registry.forget(entry.key)
    return f"is in {TRASH}/{moved.parent.name}"


def _earlier(registry: Registry, entry: Entry, site: Site, now: float) -> str:
    del site, now
    place, queue = _place(registry, entry)
    if place == 0:
        return "is the next one already"
    registry.move(entry.key, before=queue[place - 1])
    return f"is number {place} in the queue"


def _later(registry: Registry, entry: Entry, site: Site, now: float) -> str:
    del site, now
    place, queue = _place(registry, entry)
    if place == len(queue) - 1:
        return "is the last one already"
    registry.move(queue[place + 1], before=entry.key)
    return f"is number {place + 2} in the queue"


def _place(registry: Registry, entry: Entry) -> tuple[int, list[str]]:
    queue = [waiting.key for waiting in registry.queue()]
    if entry.key not in queue:
        raise RunError(f"it is {entry.state.value}: only what waits has a place in the queue")
    return queue.index(entry.key), queue


DEEDS: Final[Mapping[str, Deed]] = {
    "stop": _ask(Wanted.STOP),
    "kill": _ask(Wanted.KILL),
    "pause": _ask(Wanted.PAUSE),
    "resume": _resume,
    "rerun": _repeat,
    "delete": _delete,
    "earlier": _earlier,
    "later": _later,
}
