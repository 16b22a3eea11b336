"""What is not as it was when a run was made, as far as it can be known before the run is repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fashiontui.runs.record import Attempt, Request, RunRecord
from fashiontui.runs.sources import model_source

PLAIN: Final = ("python", "platform", "host", "cpu")
NONE: Final = "none"
HASH: Final = 12  # characters of a commit


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing, then and now, in words."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Today:
    """What a run would be made with now."""

    environment: Mapping[str, Any]  # see collect_environment
    cores: int
    gpus: int
    data_source: str | None = None  # None: not known before it is loaded


def differences(record: RunRecord, today: Today) -> list[Difference]:
    """All that is known to differ; empty where nothing is."""
    then, now = record.environment, today.environment
    return [
        *_git(then.get("git"), now.get("git")),
        *_plain(then, now),
        *_packages(then.get("packages") or {}, now.get("packages") or {}),
        *_hardware(record, today),
        *_data(record, today),
        *_source(record),
    ]


def repeating(record: RunRecord) -> Request:
    """What to ask for so that the numbers can be the same: on the CPU, the number of threads decides the last digits."""
    if not record.attempts or record.attempts[-1].device != "cpu":
        return record.request
    return record.request.model_copy(update={"device": "cpu", "threads": record.attempts[-1].threads})


def comparison(original: RunRecord, repeat: RunRecord) -> str:
    """Whether a run that was repeated came to the same, in words; empty before both have finished."""
    then, now = original.result, repeat.result
    if then is None or now is None:
        return ""
    if then.weights_sha256 == now.weights_sha256:
        return "the very same weights"
    data = original.dataset, repeat.dataset
    cause = "other data, and " if data[0] and data[1] and data[0].fingerprint != data[1].fingerprint else ""
    return f"{cause}other weights: test accuracy {then.test_accuracy:.4f} then, {now.test_accuracy:.4f} now"


def _git(then: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[Difference]:
    old, new = then or {}, now or {}
    if old.get("commit") != new.get("commit"):
        yield Difference("git commit", _commit(old), _commit(new))
    changes = "diff", "untracked"
    if any(old.get(key) or new.get(key) for key in changes) and (
        old.get("commit") != new.get("commit") or any(old.get(key) != new.get(key) for key in changes)
    ):
        yield Difference("uncommitted changes", uncommitted(old), uncommitted(new))


def _commit(git: Mapping[str, Any]) -> str:
    return str(git.get("commit") or NONE)[:HASH]


def uncommitted(git: Mapping[str, Any]) -> str:
    """How much was changed since the commit: `3 lines, 1 new file`."""
    lines = changed_lines(git.get("diff") or "")
    files = len(git.get("untracked") or ())
    parts = [_count(lines, "line")] * bool(lines) + [_count(files, "new file")] * bool(files)
    return ", ".join(parts) or NONE


def changed_lines(diff: str) -> int:
    """Lines that a diff takes away or adds."""
    lines = diff.splitlines()
    return sum(line[:1] in ("+", "-") and line[:3] not in ("+++", "---") for line in lines)


def _count(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _plain(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for key in PLAIN:
        if key in then and then[key] != now.get(key):
            yield Difference(key, str(then[key]), str(now.get(key, NONE)))


def _packages(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys((*then, *now)):
        if then.get(name) != now.get(name):
            yield Difference(name, then.get(name, "not installed"), now.get(name, "not installed"))


def _hardware(record: RunRecord, today: Today) -> Iterator[Difference]:
    used = list(dict.fromkeys(_used(attempt) for attempt in record.attempts))
    if len(used) > 1:
        yield Difference("attempts", ", then ".join(used), "one")
    if not record.attempts:
        return
    last = record.attempts[-1]
    if last.device == "cpu" and last.threads > today.cores:
        yield Difference("threads", f"{last.threads}", f"{last.threads}, on {_count(today.cores, 'core')}")
    if last.device != "cpu" and today.gpus == 0:
        yield Difference("device", f"{last.device} ({last.device_name})", "no GPU here")


def _used(attempt: Attempt) -> str:
    on_cpu = attempt.device == "cpu"
    return f"{attempt.device} with {_count(attempt.threads, 'thread')}" if on_cpu else attempt.device


def _source(record: RunRecord) -> Iterator[Difference]:
    now = model_source(record.spec.model, record.request.import_dirs)
    if record.source and now != record.source:
        yield Difference("the network's file", record.source[:HASH], now[:HASH] or "not there")


def _data(record: RunRecord, today: Today) -> Iterator[Difference]:
    if record.dataset is not None and today.data_source not in (None, record.dataset.source):
        yield Difference("data", record.dataset.source, str(today.data_source))
