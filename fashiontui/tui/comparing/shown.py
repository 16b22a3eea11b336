"""The runs that are compared, each with its looks and what its event files say."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from fashiontui.analysis.compare import MEASURES, Comparison, Measure, Subject, compare, subjects_of
from fashiontui.analysis.logged import logged_measures, logged_subject
from fashiontui.analysis.seeds import fold_subjects
from fashiontui.analysis.table import BASELINE
from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry
from fashiontui.tui.charts.palette import NO_LOOKS, Look, looks_of
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.runview import RunView

NOTHING = RunView()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One run."""

    subject: Subject
    look: Look
    entry: Entry
    view: RunView

    @property
    def key(self) -> str:
        """The run's."""
        return self.entry.key

    @property
    def label(self) -> str:
        """What it is called here; may be put on a screen."""
        return printable(self.subject.label)


def shown_runs(
    entries: Sequence[Entry], views: Mapping[str, RunView], kept: Mapping[str, Look] = NO_LOOKS
) -> tuple[Shown, ...]:
    """Runs in that order. Those in `kept` look as before; another's look depends on those before it alone."""
    looks = looks_of((entry.key for entry in entries), kept)
    subjects = _subjects(entries, views)
    return tuple(
        Shown(subject, look, entry, views.get(entry.key, NOTHING))
        for subject, look, entry in zip(subjects, looks, entries, strict=True)
    )


def _subjects(entries: Sequence[Entry], views: Mapping[str, RunView]) -> list[Subject]:
    own = iter(subjects_of([entry for entry in entries if not is_foreign(entry)]))
    foreign = [entry.key for entry in entries if is_foreign(entry)]
    names = dict(zip(foreign, path_labels(foreign), strict=True))
    return [
        _logged(entry, names[entry.key], views.get(entry.key, NOTHING)) if is_foreign(entry) else next(own)
        for entry in entries
    ]


def is_foreign(entry: Entry) -> bool:
    """Whether there is nothing of the run but its event files."""
    return bool(entry.facts.get(FOREIGN))


def _logged(entry: Entry, label: str, view: RunView) -> Subject:
    return logged_subject(entry.key, label, view.hparams, view.scalars)


def path_labels(keys: Sequence[str]) -> list[str]:
    """Paths without what they all begin with."""
    if len(keys) < 2:  # noqa: PLR2004 - nothing to tell it from
        return list(keys)
    shared = posixpath.commonpath([posixpath.dirname(key) for key in keys])
    return [posixpath.relpath(key, shared) if shared else key for key in keys]


def compared(shown: Sequence[Shown], baseline: str, *, folded: bool) -> Comparison:
    """The table of all; Δ are to the run with that key, or to the first where it is not among them."""
    subjects: list[Subject] = [run.subject for run in shown]
    if folded:
        subjects = fold_subjects(subjects)
    place = (i for i, each in enumerate(subjects) if baseline in (each.key, *each.members))
    return compare(subjects, next(place, 0), _measures(shown))


def _measures(shown: Sequence[Shown]) -> Sequence[Measure]:
    foreign = [run.subject for run in shown if is_foreign(run.entry)]
    own = MEASURES if len(foreign) < len(shown) or not shown else ()
    return [*own, *logged_measures(foreign)] if foreign else own


def members_of(comparison: Comparison | None, key: str) -> tuple[str, ...]:
    """The runs that a column stands for: one, or all seeds."""
    subjects = comparison.subjects if comparison is not None else ()
    return next((each.members for each in subjects if each.key == key and each.members), (key,))


def baseline_of(comparison: Comparison) -> str:
    """Key of the run that others are measured against: of several seeds the first; empty where there is none."""
    if not comparison.subjects:
        return ""
    return comparison.subjects[comparison.baseline].key


def headline(comparison: Comparison | None, count: int, gone: int, pane: str, unread: int = 0) -> Text:
    """How many runs, against which one, and what to keep in mind."""
    if comparison is None or not comparison.subjects:
        return Text()
    text = Text(f" Compare {count} run{'s' * (count != 1)}", style="bold", overflow="ellipsis")
    base = comparison.subjects[comparison.baseline]
    text.append(f"   {BASELINE} baseline {printable(base.label)}", style="not bold")
    if unread:
        text.append(f"   reading {unread} of them …", style="not bold")
    notes = [f"{gone} gone"] * bool(gone) + ["mark more to compare"] * (count == 1)
    for note in (pane, *comparison.notes, *notes):
        text.append(f"   {printable(note)}" if note else "", style="not bold dim")
    return text
