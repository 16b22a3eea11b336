"""What has happened between two snapshots that a person wants to be told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from fashiontui.config.problems import printable
from fashiontui.runs.state import RunState
from fashiontui.tui.words import count, named_key, score, span

if TYPE_CHECKING:
    from fashiontui.runs.registry.entry import Entry
    from fashiontui.tui.project import ProjectSnapshot

Severity = Literal["information", "warning", "error"]
TAKEN_OUT: Final = (RunState.PAUSED, RunState.STOPPED)
BAD: Final = (RunState.FAILED, RunState.LOST)
MOST: Final = 3  # told one by one


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened."""

    words: str
    severity: Severity = "information"
    rings: bool = False


def news_of(before: ProjectSnapshot, after: ProjectSnapshot) -> list[News]:
    """Runs that have ended, gone wrong, begun to overfit, or come to numbers that are none; at first, that the queue
    goes on.
    """
    if not before.is_loaded:
        return _beginning(after)
    if before.foreign:
        return []
    ended = [entry for entry in after.entries if _has_ended(before.by_key(entry.key), entry)]
    endings = [_ending(entry) for entry in ended]
    lost = [entry for entry in after.entries if _lost_its_numbers(before.by_key(entry.key), entry)]
    odd = [(entry.key, "its loss is no number any more (NaN)") for entry in lost]
    odd += [(key, words) for key, words in after.alerts.items() if key not in before.alerts]
    return [*(endings if len(endings) <= MOST else _summed_up(ended, endings)), *_oddities(odd)]


def _oddities(odd: Sequence[tuple[str, str]]) -> list[News]:
    told = [News(f"{named_key(key)}: {words}", "warning", rings=True) for key, words in odd[:MOST]]
    more = len(odd) - MOST
    return [*told, *([News(f"and {count(more, 'more run')} with odd losses", "warning")] if more > 0 else [])]


def _beginning(after: ProjectSnapshot) -> list[News]:
    """An app that comes to a queue which nobody carries out has it carried out."""
    waiting = sum(entry.state is RunState.QUEUED for entry in after.entries)
    is_ours = not (after.read_only or after.foreign or after.is_held or after.supervisor_pid is not None)
    if not (is_ours and waiting):
        return []
    return [News(f"the queue goes on: {count(waiting, 'run waits', 'runs wait')}, `H` holds it")]


def _has_ended(before: Entry | None, after: Entry) -> bool:
    """Also a run that came and went between two looks; not one that was there when we came, nor one taken out of
    the queue: who did that was told.
    """
    if before is None or before.state.is_ended or not after.state.is_ended:
        return False
    return not (before.state is RunState.QUEUED and after.state in TAKEN_OUT)


def _ending(entry: Entry) -> News:
    name, facts = named_key(entry.key), entry.facts
    if entry.state is RunState.FINISHED:
        data = " on SYNTHETIC data" if entry.is_synthetic else ""
        accuracy = f"test accuracy {score(facts.get('test_accuracy'))}{data}"
        return News(f"{name} has finished: {accuracy}, {span(facts.get('train_seconds'))}", rings=True)
    if entry.state in BAD:
        error = facts.get("error") or {}
        why = printable(str(error.get("message", "its worker vanished")).partition("\n")[0])
        return News(
            f"{name} {'has failed' if entry.state is RunState.FAILED else 'is lost'}: {why}",
            "error",
            rings=True,
        )
    return News(f"{name} is {entry.state.value}")


def _lost_its_numbers(before: Entry | None, after: Entry) -> bool:
    """Whether a loss has become none, though the run goes on: JSON has no NaN, so it is left out."""
    return before is not None and after.state.is_live and _is_lost(after) and not _is_lost(before)


def _is_lost(entry: Entry) -> bool:
    metrics = entry.facts.get("metrics") or {}
    return _has(metrics, "valid_accuracy") and not _has(metrics, "train_loss")


def _has(metrics: Mapping[str, Mapping[str, float]], name: str) -> bool:
    return "last" in metrics.get(name, {})


def _summed_up(ended: Sequence[Entry], told: Sequence[News]) -> list[News]:
    states = [entry.state for entry in ended]
    words = ", ".join(f"{states.count(state)} {state.value}" for state in dict.fromkeys(states))
    is_bad = any(state in BAD for state in states)
    rings = any(news.rings for news in told)
    return [News(f"{count(len(ended), 'run')} ended: {words}", "error" if is_bad else "information", rings)]
