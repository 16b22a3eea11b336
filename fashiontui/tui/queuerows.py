"""The rows of the queue: what is under way, what is paused, what waits and for what. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState
from fashiontui.tui.options import Charset
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.words import TONES, roughly, score, seed_words, short_id, sign_of, span

PHASES: Final = {"loading": "loading data", "evaluating": "evaluating", "testing": "testing"}
ASKED: Final = {Wanted.PAUSE: "pausing", Wanted.STOP: "stopping", Wanted.KILL: "being killed"}
LONG_KEY: Final = re.compile(r"(\S+/)\d{8}-\d{6}-(\w{3})\b")
UNORDERED: Final = "their order is not seen read only"
COUNTED: Final = ((RunState.RUNNING, "running"), (RunState.PAUSED, "paused"), (RunState.QUEUED, "waiting"))


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A run, in parts."""

    key: str
    state: RunState
    sign: str
    tone: str
    name: str
    mark: str  # the end of its id
    seed: str = ""
    slot: str = ""
    share: float | None = None  # of its steps that are done
    epoch: str = ""
    rate: str = ""
    valid: str = ""
    left: str = ""
    words: str = ""  # instead of figures


def queue_rows(snapshot: ProjectSnapshot, charset: Charset) -> tuple[QueueRow, ...]:
    """Live runs, paused ones, then the queue in its order."""
    live = [entry for entry in snapshot.entries if entry.state.is_live]
    paused = [entry for entry in snapshot.entries if entry.state is RunState.PAUSED]
    queued = [entry for entry in snapshot.entries if entry.state is RunState.QUEUED]
    return (
        *(_live_row(entry, charset) for entry in live),
        *(_waiting_row(entry, charset, _paused_words(entry)) for entry in paused),
        *_queued_rows(queued, live, charset, snapshot),
    )


def queue_counts(snapshot: ProjectSnapshot) -> str:
    """`2 running · 1 paused · 4 waiting`, and whether the queue is held; who only looks on sees neither that nor its order."""
    states = Counter(RunState.RUNNING if entry.state.is_live else entry.state for entry in snapshot.entries)
    counts = [f"{states[state]} {word}" for state, word in COUNTED if states[state]]
    is_unordered = snapshot.read_only and states[RunState.QUEUED] > 1
    return " · ".join(
        [*counts, *(["held"] if snapshot.is_held else []), *([UNORDERED] if is_unordered else [])]
    )


def _live_row(entry: Entry, charset: Charset) -> QueueRow:
    facts = entry.facts
    steps = facts.get("planned_steps")
    rate, valid = (
        facts.get("samples_per_second"),
        (facts.get("metrics") or {}).get("valid_accuracy", {}).get("last"),
    )
    return QueueRow(
        key=entry.key,
        state=entry.state,
        sign=sign_of(entry.state, charset),
        tone=TONES[entry.state],
        name=printable(entry.experiment),
        mark=short_id(entry.run_id),
        seed=seed_words(entry),
        slot=_slot(entry.slot or ""),
        share=facts.get("step", 0) / steps if steps else 0.0,
        epoch=f"{entry.unit} {facts['epoch']}/{entry.planned or '?'}" if "epoch" in facts else "",
        rate="" if rate is None else f"{rate:,.0f} img/s",
        valid="" if valid is None else f"valid {score(valid)}",
        left=_left(entry),
    )


def _slot(name: str) -> str:
    """`cpu:0` for `cpu/0`; `cuda:1/0` stays."""
    return name.replace("/", ":") if name.startswith("cpu") else name


def _left(entry: Entry) -> str:
    if entry.wanted is not Wanted.RUN:
        return ASKED[entry.wanted]
    if entry.state is RunState.STARTING:
        return "starting"
    phase, seconds = PHASES.get(str(entry.facts.get("phase"))), entry.facts.get("eta_seconds")
    return phase or ("" if seconds is None else f"{span(seconds)} left")


def _queued_rows(
    queued: Sequence[Entry], live: Sequence[Entry], charset: Charset, snapshot: ProjectSnapshot
) -> Iterator[QueueRow]:
    """The first ones with the time until a slot is free, as far as that is known."""
    ends = sorted(seconds for entry in live if (seconds := entry.facts.get("eta_seconds")) is not None)
    for place, entry in enumerate(queued):
        words = _reason(entry, snapshot)
        about = f", about {roughly(ends[place])}" if place < len(ends) and "taken" in words else ""
        yield _waiting_row(entry, charset, words + about)


def _reason(entry: Entry, snapshot: ProjectSnapshot) -> str:
    """Who only looks on does not see who carries out the queue, nor why it waits."""
    if snapshot.read_only:
        return "waits"
    if snapshot.supervisor_pid is None and not snapshot.is_held:
        return "waits: nobody carries out the queue"
    if snapshot.is_held:
        return "waits: the queue is held, H lets it go on"
    if not entry.reason:
        return "waits to be started"
    return printable("waits: " + LONG_KEY.sub(r"\1\2", entry.reason))


def _paused_words(entry: Entry) -> str:
    epoch = entry.facts.get("epoch")
    if not entry.attempts and not epoch:
        return "paused before it began"
    return "paused" + (f" at {entry.unit} {epoch}" if epoch else "") + ", resumes from its checkpoint"


def _waiting_row(entry: Entry, charset: Charset, words: str) -> QueueRow:
    return QueueRow(
        key=entry.key,
        state=entry.state,
        sign=sign_of(entry.state, charset),
        tone=TONES[entry.state],
        name=printable(entry.experiment),
        mark=short_id(entry.run_id),
        seed=seed_words(entry),
        words=words,
    )
