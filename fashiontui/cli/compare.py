"""`fashiontui compare`: which runs are meant, and what is written of them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from fashiontui.analysis.compare import MEASURES, Comparison, Measure, Row, Subject, compare, subjects_of
from fashiontui.analysis.table import comparison_csv, markdown
from fashiontui.cli.comparison import lines, objects
from fashiontui.cli.registries import open_registry
from fashiontui.cli.reporting import warn
from fashiontui.cli.runs import Screen
from fashiontui.cli.selection import filter_in, named_runs
from fashiontui.cli.show import known_entry
from fashiontui.cli.snapshots import snapshots
from fashiontui.cli.table import writer
from fashiontui.errors import EventFileError, RunNotFoundError, UsageError
from fashiontui.runs.filter.filter import parse_filter
from fashiontui.runs.find import run_at
from fashiontui.runs.registry.entry import Entry

Output = Literal["json", "csv", "markdown", "table"]
Source = Entry | Path  # a run of ours, or event files of another program


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said on the command line."""

    runs: tuple[str, ...]
    baseline: str | None = None
    everything: bool = False
    fold_seeds: bool = False


def print_comparison(  # noqa: PLR0917 - what, in which form, and onto what
    wanted: Wanted, logs: Path, output: Output, out: TextIO, err: TextIO, screen: Screen
) -> None:
    """Write the comparison to `out`; to `err`, that there is nothing to tell apart. UsageError for a single run."""
    comparison = compared(wanted, logs)
    rows = _chosen(comparison, everything=wanted.everything)
    if output == "table":
        write = writer(colours=screen.colours)
        out.writelines(f"{write(line)}\n" for line in lines(comparison, rows, screen.width))
    elif output == "markdown":
        out.write(markdown(comparison, rows))
    elif output == "csv":
        out.write(comparison_csv(comparison, rows))
    else:
        out.writelines(f"{json.dumps(each, allow_nan=False)}\n" for each in objects(comparison, rows))
    if not rows:
        err.write("no difference in settings or results; --all shows what they have in common\n")


def _chosen(comparison: Comparison, *, everything: bool) -> tuple[Row, ...]:
    """What differs; of seeds folded to one, what they came to."""
    rows = comparison.chosen(everything=everything)
    is_alone = len(comparison.subjects) == 1 and not everything
    return tuple(row for row in comparison.rows if row.kind == "result") if is_alone else rows


def compared(wanted: Wanted, logs: Path) -> Comparison:
    """The runs meant, side by side; UsageError for one that stands alone."""
    sources = _sources(wanted.runs, logs)
    first = sources[0] if wanted.baseline is None else _baseline(wanted.baseline, logs)
    if _key(first) not in map(_key, sources):
        sources.insert(0, first)
    subjects = _subjects(sources)
    if wanted.fold_seeds:
        from fashiontui.analysis.seeds import fold_subjects  # noqa: PLC0415 - numpy: most comparisons do without

        subjects = fold_subjects(subjects)
    if len(subjects) == 1 and not subjects[0].members:  # or there is nothing to compare
        hint = "Name two runs or more, or a filter that fits them."
        raise UsageError(f"there is only {subjects[0].label} to compare", hint)
    keys = [(subject.key, *subject.members) for subject in subjects]
    baseline = next(place for place, members in enumerate(keys) if _key(first) in members)
    return compare(subjects, baseline, _measures(sources, subjects))


def _sources(texts: Sequence[str], logs: Path) -> list[Source]:
    """What each argument means, each run once; RunNotFoundError where a filter fits none."""
    foreign = {text: path for text in texts if (path := _foreign(text, logs)) is not None}
    named = [text for text in texts if text not in foreign]
    wanted = filter_in(named, logs)
    if wanted is None:
        entries = {text: [known_entry(paths, logs) for paths in named_runs([text], logs)] for text in named}
    else:
        with open_registry(logs) as registry:
            entries = {named[0]: snapshots(registry, parse_filter(wanted))}
        if not any(entries.values()):
            raise RunNotFoundError(f"no run fits {wanted}", "`fashiontui runs` lists all of them.")
    found: list[Source] = []
    for text in texts:
        found += [foreign[text]] if text in foreign else entries.get(text, [])
    return list({_key(source): source for source in found}.values())


def _foreign(text: str, logs: Path) -> Path | None:
    """The folder, or file, with event files of another program that the argument is a path of."""
    if run_at(text, logs) is not None or (os.sep not in text and not Path(text).exists()):
        return None
    from fashiontui.tfevents.parts import holds_run  # noqa: PLC0415 - numpy: other runs do without

    try:
        return Path(text) if holds_run(Path(text)) else None
    except OSError:
        return None


def _baseline(text: str, logs: Path) -> Source:
    found = _sources([text], logs)
    if len(found) != 1:
        raise UsageError(f"--baseline {text}: that is {len(found)} runs", "Name a single one.")
    return found[0]


def _key(source: Source) -> str:
    return source.key if isinstance(source, Entry) else str(source)


def _subjects(sources: Sequence[Source]) -> list[Subject]:
    own = iter(subjects_of([source for source in sources if isinstance(source, Entry)]))
    return [next(own) if isinstance(source, Entry) else _logged(source) for source in sources]


def _logged(folder: Path) -> Subject:
    from fashiontui.analysis.logged import logged_subject  # noqa: PLC0415 - numpy: other runs do without
    from fashiontui.cli.metrics import damage_words  # noqa: PLC0415 - as above
    from fashiontui.tfevents.parts import read_run  # noqa: PLC0415 - as above

    reader = read_run(folder)
    reader.poll()
    if not (reader.scalars or reader.hparams):
        raise EventFileError(f"{folder} holds no scalars that can be read", "Is it a TensorBoard log?")
    for words in damage_words(reader, folder):
        warn(words)
    return logged_subject(str(folder), str(folder), reader.hparams, reader.scalars)


def _measures(sources: Sequence[Source], subjects: Sequence[Subject]) -> list[Measure]:
    own = {source.key for source in sources if isinstance(source, Entry)}
    logged = [subject for subject in subjects if subject.key not in own]
    if not logged:
        return list(MEASURES)
    from fashiontui.analysis.logged import logged_measures  # noqa: PLC0415 - numpy: other runs do without

    return [*(MEASURES if own else ()), *logged_measures(logged)]
