"""`fashiontui move`: the order of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fashiontui.cli.actions import Done, act_on, chosen, demand
from fashiontui.cli.registries import Registries
from fashiontui.cli.selection import named_runs
from fashiontui.errors import RunError, UsageError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.store import Registry


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: exactly one of these."""

    first: bool = False
    last: bool = False
    before: str | None = None  # a run
    priority: int | None = None

    def check(self) -> None:
        """UsageError where it is none, or several."""
        if sum((self.first, self.last, self.before is not None, self.priority is not None)) != 1:
            raise UsageError("move where to?", "Say one of --first, --last, --before RUN and --priority N.")


def move_runs(arguments: Sequence[str], logs: Path, target: Target, *, as_json: bool) -> int:
    """Reorder the queue; the exit code. Several runs stay together, in the order they were named."""
    target.check()
    with Registries(logs) as registries:
        runs = chosen(arguments, registries, logs)
        other = named_runs([target.before], logs)[0].key if target.before is not None else ""
        before: dict[RunPaths, Place | None] = {}
        for folder in dict.fromkeys(paths.logs for paths in runs):
            registry = registries.at(folder)
            before |= {paths: _place(registry, paths) for paths in runs if paths.logs == folder}
            keys = [
                paths.key for paths in runs if paths.logs == folder and before[paths] and paths.key != other
            ]
            if keys:
                _move(registry, keys, target, other)

        def told(paths: RunPaths) -> Done:
            return _told(registries.of(paths), paths, before[paths])

        return act_on(runs, registries, told, as_json=as_json)


def _move(registry: Registry, keys: Sequence[str], target: Target, other: str) -> None:
    if target.priority is not None:
        with_priority(registry, keys, target.priority)
    elif target.first:
        to_the_front(registry, keys)
    elif target.last:
        to_the_end(registry, keys)
    else:
        before_another(registry, keys, other)


Place = tuple[int, int, int]  # in the queue, from 1; how long that is; and the run's priority


def _place(registry: Registry, paths: RunPaths) -> Place | None:
    queue = registry.queue()
    found = (place for place, entry in enumerate(queue, start=1) if entry.key == paths.key)
    place = next(found, None)
    return None if place is None else (place, len(queue), queue[place - 1].priority)


def _told(registry: Registry, paths: RunPaths, before: Place | None) -> Done:
    entry = demand(registry, paths)
    now = _place(registry, paths)
    if now is None:
        raise RunError(f"run {paths.key} is {entry.state.value}: it has no place in the queue")
    place, length, priority = now
    words = f"is number {place} of {length} in the queue"
    words += f", with priority {priority}" if priority else ""
    changed = before is None or (place, priority) != (before[0], before[2])
    return Done(
        words + ("" if changed else " already"), changed, entry, facts={"place": place, "priority": priority}
    )


def to_the_front(registry: Registry, keys: Sequence[str]) -> bool:
    """Have queued runs be the next ones, in this order; whether they were not yet."""
    queue = _keys(registry)
    if queue[: len(keys)] == list(keys):
        return False
    others = [key for key in queue if key not in keys]
    return _before(registry, keys, others[0] if others else None)


def to_the_end(registry: Registry, keys: Sequence[str]) -> bool:
    """Have queued runs be the last ones, in this order; whether they were not yet."""
    queue = _keys(registry)
    if queue[-len(keys) :] == list(keys):
        return False
    for key in keys:
        last = _keys(registry)[-1]
        if last != key:  # nothing can be put behind it, so it changes places with what is before it
            registry.move(key, before=last)
            registry.move(last, before=key)
    return True


def before_another(registry: Registry, keys: Sequence[str], other: str) -> bool:
    """Have queued runs be right before another one, in this order; whether they were not yet."""
    queue = _keys(registry)
    if other not in queue:
        raise RunError(f"run {other} is not in the queue: nothing can be put before it")
    place = queue.index(other)
    if queue[max(0, place - len(keys)) : place] == list(keys):
        return False
    return _before(registry, keys, other)


def with_priority(registry: Registry, keys: Sequence[str], priority: int) -> bool:
    """Give queued runs a priority; whether it is another one."""
    before = {entry.key: entry.priority for entry in registry.queue()}
    for key in keys:
        registry.move(key, priority=priority)
    return any(before.get(key) != priority for key in keys)


def _keys(registry: Registry) -> list[str]:
    return [entry.key for entry in registry.queue()]


def _before(registry: Registry, keys: Sequence[str], other: str | None) -> bool:
    *front, last = keys
    if other is not None:
        front, last = list(keys), other
    for key in front:
        registry.move(key, before=last)
    return True
