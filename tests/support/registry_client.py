"""What one of many processes does to a registry: `registry_client.py WHAT LOGS …`, begun by a line on its stdin."""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path

from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.registry.store import Registry
from support.fakes import make_run
from support.registry import HERE

warnings: list[str] = []


def enqueue(registry: Registry, who: str, count: str) -> object:
    """Queue so many new runs, one by one; their keys."""
    keys = []
    for number in range(int(count)):
        paths = make_run(registry.logs, f"client{who}", f"{number:03}", environment=HERE)
        registry.enqueue([paths])
        keys.append(paths.key)
    return keys


def claim(registry: Registry, slot: str) -> object:
    """Claim whatever can be had; the keys that were."""
    claimed = []
    while queue := registry.queue():
        claimed += [entry.key for entry in queue if registry.claim(entry.key, slot)]
    return claimed


def see(registry: Registry) -> object:
    """How many runs there are, and one more after that."""
    seen = len(registry.entries())
    registry.set_setting("seen", "1")
    return seen


def toggle(registry: Registry, key: str, count: str) -> object:
    """Pause and resume a run many times, as fast as can be."""
    for _ in range(int(count)):
        registry.ask(key, Wanted.PAUSE)
        registry.requeue(key)
    return registry.entry(key).state


def write(registry: Registry, key: str) -> object:
    """Write until killed. Says each number that was written."""
    for number in range(1_000_000):
        registry.set_setting("number", str(number))
        registry.note_reasons({key: f"reason {number}" * 50})
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    return None


def fill(registry: Registry, limit: str) -> object:
    """Enqueue a run into a file that may not grow beyond a limit; what is said about it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    runs = [RunPaths(path) for path in sorted((registry.logs / "lr").iterdir())]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    try:
        registry.enqueue(runs)
    except RunError as error:
        return str(error)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return "nothing was wrong"


if __name__ == "__main__":
    what, logs, *rest = sys.argv[1:]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with Registry.open(Path(logs), warn=warnings.append) as registry:
        found = globals()[what](registry, *rest)
    sys.stdout.write(json.dumps({"found": found, "warnings": warnings}) + "\n")
