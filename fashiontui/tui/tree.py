"""The rows of the tree of experiments. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState
from fashiontui.tui.options import Charset
from fashiontui.tui.outline import Group, Member
from fashiontui.tui.summaries import Summaries, Summary, is_as_in_file
from fashiontui.tui.words import (
    ABSENT,
    TONES,
    count,
    roughly,
    score,
    seed_words,
    setting,
    short_id,
    short_paths,
    sign_of,
    span,
)

NEVER_RUN: Final = {"braille": "○", "block": "○", "ascii": "o"}
REPEATED: Final = {"braille": "◍", "block": "◍", "ascii": "@"}
OPEN: Final = {"braille": "▾", "block": "▾", "ascii": "-"}
CLOSED: Final = {"braille": "▸", "block": "▸", "ascii": "+"}
SYNTHETIC: Final = "synthetic"
UNLIKE: Final = {"braille": "≠", "block": "≠", "ascii": "!="}
LEFT_OVER: Final = "not in the file"
RUNS: Final = "runs"
FOLDER: Final = "folder:"
THIS: Final = "this folder"


class Kind(Enum):
    """What a row stands for."""

    GROUP = "group"
    EXPERIMENT = "experiment"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line of the tree, in parts."""

    key: str  # no two rows have the same
    kind: Kind
    name: str  # of the study, the experiment's folder, or the run's key
    group: str
    label: str
    is_open: bool | None = None  # None: there is nothing beneath
    sign: str = ""
    tone: str = "plain"  # of the sign
    note: str = ""  # on the score
    score: str = ""
    time: str = ""
    active: str = ""  # sign of what is under way
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class TreeView:
    """How the tree is to be seen."""

    open: Collection[str] = ()  # keys of the rows that were opened
    closed: Collection[str] = ()  # and of those that were closed, where they would be open
    marked: Collection[str] = ()  # keys of runs
    charset: Charset = "braille"
    now: float = 0.0
    wanted: Collection[str] | None = None  # keys of runs that a filter lets through; None: there is no filter
    wanted_experiments: Collection[str] = ()  # those it lets through themselves


def tree_rows(
    groups: Sequence[Group], summaries: Summaries, view: TreeView, *, has_file: bool = True
) -> tuple[TreeRow, ...]:
    """All rows to be seen: studies, beneath them experiments, beneath those their runs."""
    rows: list[TreeRow] = []
    everything = (*groups, *_left_over(groups, summaries, has_file=has_file))
    for number, group in enumerate(everything):
        is_open = is_group_open(group, number, summaries, view)
        rows += _group_rows(group, summaries, view, is_open=is_open)
    return tuple(rows)


def foreign_rows(entries: Sequence[Entry], view: TreeView) -> tuple[TreeRow, ...]:
    """Other programs' runs, folder by folder; the name of each below its folder's."""
    folders: dict[str, list[Entry]] = {}
    for entry in entries:
        if view.wanted is None or entry.key in view.wanted:
            folders.setdefault(folder_of(entry.key), []).append(entry)
    rows: list[TreeRow] = []
    for folder, found in sorted(folders.items()):
        key = f"{FOLDER}{folder}"
        is_open = key not in view.closed or view.wanted is not None
        size = count(len(found), "run")
        rows.append(TreeRow(key, Kind.GROUP, folder, folder, printable(folder or THIS), is_open, time=size))
        rows += [_foreign_row(entry, folder, view) for entry in found if is_open]
    return tuple(rows)


def folder_of(key: str) -> str:
    """The folder that another program's run is in; "" for the logs folder itself."""
    return key.rpartition("/")[0]


def _foreign_row(entry: Entry, folder: str, view: TreeView) -> TreeRow:
    return TreeRow(
        key=f"run:{entry.key}",
        kind=Kind.RUN,
        name=entry.key,
        group=folder,
        label=printable(entry.key.rpartition("/")[2]),
        sign=sign_of(entry.state, view.charset),
        tone="muted",
        time=roughly(view.now - entry.state_since),
        is_marked=entry.key in view.marked,
    )


def is_group_open(group: Group, number: int, summaries: Summaries, view: TreeView) -> bool:
    """With a filter, all are; else those that were opened, and at first those with something to see.

    That is the first one, and every study of variants that has runs: others show what the first shows already.
    """
    key = f"study:{group.name}"
    if view.wanted is not None or key in view.open:
        return True
    has_own = bool(group.varies) and any(summaries[member.name].runs for member in group.members)
    return key not in view.closed and (number == 0 or has_own or not group.question)


def _left_over(groups: Sequence[Group], summaries: Summaries, *, has_file: bool) -> Iterator[Group]:
    """Runs of experiments that the file does not have, or has no more."""
    known = {member.name for group in groups for member in group.members}
    names = [name for name in summaries.experiments() if name not in known]
    if names:
        members = tuple(Member(name, printable(name), name, None) for name in sorted(names))
        yield Group(LEFT_OVER if has_file else RUNS, "", members)


def _group_rows(group: Group, summaries: Summaries, view: TreeView, *, is_open: bool) -> list[TreeRow]:
    members = [member for member in group.members if _is_wanted(member, summaries[member.name], view)]
    if not members and view.wanted is not None:
        return []
    key = f"study:{group.name}"
    head = TreeRow(key, Kind.GROUP, group.name, group.name, group.title, is_open, time=_size(group))
    if not is_open:
        return [head]
    return [head, *(row for member in members for row in _member_rows(group, member, summaries, view))]


def _is_wanted(member: Member, summary: Summary, view: TreeView) -> bool:
    if view.wanted is None or member.name in view.wanted_experiments:
        return True
    return any(run.key in view.wanted for run in summary.runs)


def _size(group: Group) -> str:
    """`5 runs`, `10 × 3 seeds`."""
    if group.seeds > 1:
        return f"{len(group.members)} × {group.seeds} seeds"
    return count(len(group.members), "experiment" if not group.name else "run")


def _member_rows(group: Group, member: Member, summaries: Summaries, view: TreeView) -> Iterator[TreeRow]:
    summary = summaries.of(member)
    runs = [run for run in summary.runs if view.wanted is None or run.key in view.wanted]
    key = f"experiment:{group.name}/{member.name}"
    is_open = key in view.open if runs else None
    yield _experiment_row(key, group, member, summary, view, is_open=is_open)
    if is_open:
        for run in runs:
            yield _run_row(f"{key}/{run.run_id}", group, run, view)


def _experiment_row(
    key: str, group: Group, member: Member, summary: Summary, view: TreeView, *, is_open: bool | None
) -> TreeRow:
    sign, tone = _experiment_sign(summary, group.seeds > 1, view.charset)
    best = summary.best.facts if summary.best else {}
    active = summary.active
    return TreeRow(
        key=key,
        kind=Kind.EXPERIMENT,
        name=member.name,
        group=group.name,
        label=member.label,
        is_open=is_open,
        sign=sign,
        tone=tone,
        note=_note(summary.best, member, view.charset),
        score=_score(summary, folded=group.seeds > 1),
        time=span(best.get("train_seconds")) if best else "",
        active=sign_of(active.state, view.charset) if active else "",
        is_marked=any(run.key in view.marked for run in summary.runs),
    )


def _experiment_sign(summary: Summary, is_repeated: bool, charset: Charset) -> tuple[str, str]:
    if summary.best is not None:
        folded = is_repeated and summary.spread is not None
        return (REPEATED[charset] if folded else sign_of(RunState.FINISHED, charset)), "good"
    ended = next((run for run in summary.runs if run.state.is_ended), None)
    if ended is not None:
        return sign_of(ended.state, charset), TONES[ended.state]
    return NEVER_RUN[charset], "muted"


def _note(best: Entry | None, member: Member, charset: Charset) -> str:
    """What a result must not be taken for: one of the real images, or of the settings in the file."""
    if best is None:
        return ""
    if best.is_synthetic:
        return SYNTHETIC
    return "" if member.spec is None or is_as_in_file(best, member) else UNLIKE[charset]


def _score(summary: Summary, *, folded: bool) -> str:
    """`0.9257`, `0.9221 ±.0009`."""
    if folded and summary.spread is not None:
        deviation = f"{summary.spread.deviation:.4f}".removeprefix("0")
        return f"{summary.spread.mean:.4f} ±{deviation}"
    return score(summary.best.facts.get("test_accuracy") if summary.best else None)


def _run_row(key: str, group: Group, run: Entry, view: TreeView) -> TreeRow:
    facts = run.facts
    return TreeRow(
        key=key,
        kind=Kind.RUN,
        name=run.key,
        group=group.name,
        label=run_label(run, view.now),
        sign=sign_of(run.state, view.charset),
        tone=TONES[run.state],
        note=SYNTHETIC if run.is_synthetic and facts.get("test_accuracy") is not None else "",
        score=score(facts.get("test_accuracy")),
        time=span(facts.get("train_seconds")) if facts.get("train_seconds") else ABSENT,
        is_marked=run.key in view.marked,
    )


def run_label(run: Entry, now: float) -> str:
    """`k3f seed 2 dropout=0.2 2h ago`: its mark, and what tells it from others, before what may be cut."""
    variant = run.facts.get("variant") or {}
    names = short_paths(variant)
    special = [f"{names[path]}={setting(value)}" for path, value in variant.items()]
    words = [short_id(run.run_id), seed_words(run), *special, f"{roughly(now - run.created)} ago"]
    return printable(" ".join(filter(None, words)))
