"""A study: its question, and what is known of its answer."""

from __future__ import annotations

from fashiontui.config.problems import printable
from fashiontui.tui.lines import EMPTY, Line, line, table, wrapped
from fashiontui.tui.outline import Group, Member
from fashiontui.tui.summaries import Summaries, Summary
from fashiontui.tui.words import ABSENT, count, score, setting, span


def study_lines(group: Group, summaries: Summaries, width: int) -> list[Line]:
    """Its question, what it varies, and a line a variant."""
    done = sum(summaries.of(member).best is not None for member in group.members)
    lines = wrapped(printable(group.question), width) if group.question else []
    size = count(len(group.members), "experiment")
    seeds = f" × {group.seeds} seeds" if group.seeds > 1 else ""
    lines += [line(f"{size}{seeds}, {done} of them with a result", "muted"), EMPTY]
    for path, values in (group.varies or {}).items():
        lines += wrapped(f"varies {printable(path)}: {', '.join(map(setting, values))}", width, "muted")
    heads = ("experiment", "test", "best valid", "epoch", "trained", "runs")
    known = [(member, summaries.of(member)) for member in group.members]
    rows = [_row(_named(member, found), found, is_repeated=group.seeds > 1) for member, found in known]
    return [
        *lines,
        *([EMPTY] if group.varies else []),
        *table(heads, rows, right=(1, 2, 3, 4, 5), room=width),
    ]


def _named(member: Member, summary: Summary) -> str:
    """Its label, and what its result must not be taken for."""
    is_drawn = summary.best is not None and summary.best.is_synthetic
    return f"{member.label} (synthetic)" if is_drawn else member.label


def _row(label: str, summary: Summary, *, is_repeated: bool) -> tuple[str, ...]:
    facts = summary.best.facts if summary.best else {}
    test = score(facts.get("test_accuracy"))
    if is_repeated and summary.spread is not None:
        test = f"{summary.spread.mean:.4f} ±{summary.spread.deviation:.4f}"
    epoch = facts.get("best_epoch")
    return (
        label,
        test,
        score(facts.get("valid_accuracy")),
        ABSENT if epoch is None else str(epoch),
        span(facts.get("train_seconds")),
        str(len(summary.runs)) if summary.runs else ABSENT,
    )
