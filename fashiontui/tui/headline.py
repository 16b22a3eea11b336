"""The lines above a run: which one it is, how it stands, and what is odd about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState
from fashiontui.tui.lines import Line, Part, cells, cut
from fashiontui.tui.options import Charset
from fashiontui.tui.shownrun import Alert, ShownRun
from fashiontui.tui.words import TONES, count, score, short_id, sign_of, span

GAP: Final = "   "
NAME_SHARE: Final = 0.4  # of the line that a long name may take
WARNING: Final = {"braille": "⚠ ", "block": "⚠ ", "ascii": "! "}
ASKED: Final = {Wanted.PAUSE: "pausing", Wanted.STOP: "stopping", Wanted.KILL: "being killed"}


def headline(run: ShownRun, charset: Charset, width: int, *, is_marked: bool = False) -> Line:
    """Name and state, then what there is room for, the most important first."""
    entry = run.entry
    if entry is None:
        return cut(
            ((printable(run.key), "strong"), (f"{GAP}gone: its folder is not there any more", "bad")), width
        )
    dot = " . " if charset == "ascii" else " · "
    name: Part = (printable(entry.experiment) + dot + short_id(entry.run_id), "strong")
    if run.is_foreign:
        name = (printable(entry.key), "strong")
    head: list[Part] = list(cut((name,), max(12, int(width * NAME_SHARE))))
    marked: list[Part] = [("marked", "strong")] * is_marked
    reading: list[Part] = [("reading …", "warning")] * (not run.view.is_whole)
    for part in [*marked, *_facts(run, entry, charset), *reading]:
        if cells(tuple(head)) + len(GAP) + cells((part,)) > width:
            continue
        head += [(GAP, "plain"), part]
    return tuple(head)


def _facts(run: ShownRun, entry: Entry, charset: Charset) -> list[Part]:
    if run.is_foreign:
        curves = len(run.view.scalars)
        return [("another program's run", "muted"), (count(curves, "curve"), "plain"), ("read only", "muted")]
    facts = entry.facts
    state: Part = (f"{sign_of(entry.state, charset)} {_state_words(entry)}", TONES[entry.state])
    parts: list[Part | None] = [
        state,
        ("SYNTHETIC", "warning") if entry.is_synthetic else None,
        _epochs(run, entry, facts),
        _said("test ", facts.get("test_accuracy")),
        _left(entry, facts) if entry.state.is_live else None,
        _best(entry),
        _number(facts.get("samples_per_second"), "{:,.0f} img/s"),
        _left(entry, facts) if not entry.state.is_live else None,
    ]
    return [part for part in parts if part is not None]


def _state_words(entry: Entry) -> str:
    if entry.state.is_live and entry.wanted is not Wanted.RUN:
        return ASKED[entry.wanted]
    if entry.state.is_live and entry.slot:
        return f"{entry.state.value} on {entry.slot.replace('/', ':') if entry.slot.startswith('cpu') else entry.slot}"
    if entry.state is RunState.QUEUED and entry.reason:
        return f"queued, waits: {printable(entry.reason)}"
    return entry.state.value


def _epochs(run: ShownRun, entry: Entry, facts: Mapping[str, Any]) -> Part | None:
    """How far it is; where nobody wrote that down, as its curves say."""
    done, planned, unit = facts.get("epoch") or facts.get("epochs"), entry.planned, entry.unit
    if done is None and run.epochs is not None and len(run.epochs):
        done = run.epoch_at(int(run.epochs.steps[-1]))
    if done is None:
        return None
    return (f"{unit} {done}/{planned}" if planned else f"{unit} {done}", "plain")


def _best(entry: Entry) -> Part | None:
    if entry.best_valid is None:
        return None
    best, epoch = entry.best_valid
    return (f"best valid {score(best)}" + (f" @ {epoch}" if epoch is not None else ""), "plain")


def _said(words: str, value: float | None) -> Part | None:
    return None if value is None else (words + score(value), "good")


def _number(value: float | None, form: str) -> Part | None:
    return None if value is None else (form.format(value), "plain")


def _left(entry: Entry, facts: Mapping[str, Any]) -> Part | None:
    seconds = facts.get("eta_seconds")
    if entry.state.is_live:
        return None if seconds is None else (f"{span(seconds)} left", "plain")
    trained = facts.get("train_seconds")
    return None if not trained else (f"trained {span(trained)}", "muted")


def alert_line(run: ShownRun, alerts: Sequence[Alert], charset: Charset, width: int) -> Line:
    """What is odd, in one line; empty where nothing is."""
    said = [alert.words for alert in alerts]
    if run.entry is not None and run.entry.state is RunState.FAILED:
        error = run.entry.facts.get("error") or {}
        said.insert(0, f"failed: {str(error.get('message') or 'see its log').splitlines()[0]}")
    if run.problem:
        said.insert(0, run.problem)
    if not said:
        return ()
    return cut(((WARNING[charset] + (GAP + WARNING[charset]).join(map(printable, said)), "warning"),), width)
