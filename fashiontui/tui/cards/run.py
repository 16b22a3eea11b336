"""A run: how it stands, what it was made with, what came of it."""

from __future__ import annotations

from typing import Final

from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState
from fashiontui.tui.lines import EMPTY, Line, line, wrapped
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.words import TONES, lines_of, roughly, score, setting, short_id, span

RESULTS: Final = {
    "test_accuracy": "test accuracy",
    "test_loss": "test loss",
    "valid_accuracy": "best valid accuracy",
    "best_epoch": "best epoch",
    "epochs": "epochs trained",
    "generalisation_gap": "generalisation gap",
    "train_seconds": "training time",
    "samples_per_second": "images a second",
}
MADE_WITH: Final = {
    "dataset": "dataset",
    "seed": "seed",
    "device_name": "device",
    "threads": "threads",
    "host": "host",
    "commit": "commit",
}


def run_lines(run: Entry, now: float, width: int) -> list[Line]:
    """All that is to be said of a run."""
    if run.facts.get(FOREIGN):
        return _foreign_lines(run, now)
    since = f"  since {roughly(now - run.state_since)}" if now >= run.state_since else ""
    head: Line = (
        (run.state.value, TONES[run.state]),
        (f"{since}   {short_id(run.run_id)}   {printable(run.run_id)}", "muted"),
    )
    return [
        head,
        *([EMPTY, *error] if (error := error_lines(run, width)) else []),
        EMPTY,
        *(_result_lines(run) if run.state is RunState.FINISHED else _progress_lines(run)),
        *_made_lines(run),
        *_variant_lines(run),
    ]


def _foreign_lines(run: Entry, now: float) -> list[Line]:
    written = roughly(now - run.state_since)
    return [line(f"event files of another program, last written {written} ago", "muted")]


def error_lines(run: Entry, width: int) -> list[Line]:
    """Why it failed, or what became of it, and what to do; nothing where all is well."""
    error = run.facts.get("error") or {}
    if not error and run.state is RunState.LOST:
        error = {
            "message": "its worker vanished without a word",
            "hint": "It can be resumed from its checkpoint.",
        }
    message = wrapped(lines_of(str(error.get("message", ""))), width, "bad") if error.get("message") else []
    hint = wrapped(lines_of(str(error.get("hint", ""))), width, "muted") if error.get("hint") else []
    return [*message, *hint]


def _progress_lines(run: Entry) -> list[Line]:
    """How far it is, or was when it ended early."""
    facts, metrics = run.facts, run.facts.get("metrics") or {}
    valid, rate = metrics.get("valid_accuracy", {}), facts.get("samples_per_second")
    best = valid.get("best")
    pairs = [
        (run.unit, f"{facts['epoch']} of {run.planned or '?'}" if facts.get("epoch") else ""),
        ("phase", str(facts.get("phase") or "starting") if run.state.is_live else ""),
        ("images a second", "" if rate is None else f"{rate:,.0f}"),
        ("time left", "" if facts.get("eta_seconds") is None else span(facts["eta_seconds"])),
        ("valid accuracy", score(valid["last"]) if "last" in valid else ""),
        ("best so far", "" if best is None else f"{score(best)} at epoch {valid.get('best_epoch')}"),
    ]
    return _block([(name, value) for name, value in pairs if value])


def _result_lines(run: Entry) -> list[Line]:
    found = [
        (words, _shown(key, run.facts[key]))
        for key, words in RESULTS.items()
        if run.facts.get(key) is not None
    ]
    return _block(found)


def _made_lines(run: Entry) -> list[Line]:
    facts = dict(run.facts)
    if run.is_synthetic:
        facts["dataset"] = f"{facts.get('dataset')} (SYNTHETIC: drawn by code)"
    if facts.get("commit"):
        facts["commit"] = str(facts["commit"])[:10]
    found = [(words, setting(facts[key])) for key, words in MADE_WITH.items() if facts.get(key) is not None]
    return _block(found)


def _variant_lines(run: Entry) -> list[Line]:
    variant = run.facts.get("variant") or {}
    found = [(printable(path), setting(value)) for path, value in variant.items()]
    return [line("differs from its experiment", "muted"), *_block(found)] if found else []


def _shown(key: str, value: object) -> str:
    if key == "train_seconds" and isinstance(value, (int, float)):
        return span(value)
    if key == "samples_per_second" and isinstance(value, (int, float)):
        return f"{value:,.0f}"
    return score(value) if isinstance(value, float) else setting(value)


def _block(pairs: list[tuple[str, str]]) -> list[Line]:
    """Names and values in two columns, and an empty line."""
    if not pairs:
        return []
    width = max(len(name) for name, _ in pairs)
    return [*(((f"{name:{width}}  ", "muted"), (value, "plain")) for name, value in pairs), EMPTY]
