"""From runs to facts: their rows, then what is read of their files, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from fashiontui.analysis.compare import Subject, subjects_of
from fashiontui.analysis.projection import METHODS, Method, Projection, Sample
from fashiontui.analysis.report.digest import Digest, digest
from fashiontui.analysis.report.examples import Site, mistakes_of
from fashiontui.analysis.report.facts import Facts, representative
from fashiontui.analysis.report.groups import Data, Group, by_data, coloured, groups_of
from fashiontui.analysis.report.keeping import Keep
from fashiontui.analysis.report.published import DATASET, published
from fashiontui.analysis.report.rows import NOT_SHARED, RunRow
from fashiontui.analysis.report.studies import Study, known_studies
from fashiontui.datasets.known import SYNTHETIC
from fashiontui.errors import RunError
from fashiontui.runs.fingerprint import fingerprint
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState

Tell = Callable[[str, int, int], None]  # what is done, how many of how many


SEED: Final = "training.seed"
WORDS: Final = {
    RunState.QUEUED: "still waiting, and not in this report",
    RunState.STARTING: "still under way: shown as far as it is",
    RunState.RUNNING: "still under way: shown as far as it is",
}
OTHERWISE: Final = "counts only where no like run has finished"


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of runs that are here, their folders, and what was wrong."""

    rows: tuple[RunRow, ...]
    folders: Mapping[str, RunPaths]  # by run id
    notes: tuple[str, ...]

    def without(self, run_ids: Collection[str]) -> Found:
        """All but these, which are named."""
        if not run_ids:
            return self
        older = f"older copies of runs that the table has as finished: {', '.join(sorted(run_ids))}"
        return Found(
            tuple(row for row in self.rows if row.run_id not in run_ids),
            {run_id: paths for run_id, paths in self.folders.items() if run_id not in run_ids},
            (*self.notes, older),
        )


def rows_of(entries: Sequence[Entry], logs: Path, studies: Sequence[Study]) -> Found:
    """A row for each run that has begun; those that wait, can't be read or came to nothing are named."""
    begun = [entry for entry in entries if entry.state is not RunState.QUEUED]
    rows, folders, notes = [], {}, list(_states(entries))
    for entry, subject in zip(begun, subjects_of(begun), strict=True):
        paths = _folder(entry, logs)
        try:
            rows.append(row_of(entry, subject, RunRecord.load(paths.record), studies))
        except RunError as error:
            notes.append(error.message)
        else:
            folders[entry.run_id] = paths
    return Found(tuple(rows), folders, tuple(notes))


def _folder(entry: Entry, logs: Path) -> RunPaths:
    """A run's folder, also of one that was named by its path, in another logs folder."""
    paths = entry.paths(logs)
    elsewhere = entry.facts.get("log_dir")
    return paths if paths.record.is_file() or not elsewhere else RunPaths(Path(elsewhere))


def _states(entries: Iterable[Entry]) -> Iterator[str]:
    """What is to be known of runs that have not finished."""
    by_state: dict[RunState, list[str]] = {}
    for entry in entries:
        why = entry.facts.get("error") if entry.state is RunState.FAILED else None
        if isinstance(why, Mapping):
            yield f"failed: {entry.key}: {why.get('message')}"
        elif entry.state is not RunState.FINISHED:
            by_state.setdefault(entry.state, []).append(entry.key)
    for state, keys in by_state.items():
        yield f"{state.value}: {', '.join(keys)} ({WORDS.get(state, OTHERWISE)})"


def row_of(entry: Entry, subject: Subject, record: RunRecord, studies: Sequence[Study]) -> RunRow:
    """A run as a line of runs.csv."""
    settings = {path: value for path, value in subject.settings.items() if path not in (*NOT_SHARED, SEED)}
    mine = [study.name for study in studies if study.has(entry.experiment, record.study, settings)]
    if record.study is not None and record.study not in mine:
        mine.append(record.study)
    return RunRow(
        run_id=entry.run_id,
        experiment=entry.experiment,
        base=record.base,
        state=entry.state.value,
        created=record.created.astimezone(UTC).isoformat(timespec="seconds"),
        dataset=record.spec.dataset.name,
        synthetic=record.spec.dataset.name.lower() == SYNTHETIC
        if record.dataset is None
        else record.dataset.synthetic,
        seed=record.spec.training.seed,
        settings=settings,
        results={key: found.value for key, found in subject.results.items()},
        machine=_machine(record),
        studies=tuple(mine),
        data_fingerprint=record.dataset.fingerprint if record.dataset is not None else "",
        fingerprint=fingerprint(record.spec, record.source) if entry.state is RunState.FINISHED else "",
    )


def _machine(record: RunRecord) -> dict[str, Any]:
    environment, last = record.environment, record.attempts[-1] if record.attempts else None
    git = environment.get("git")
    packages = environment.get("packages")
    known = {
        "cpu": environment.get("cpu"),
        "cores": environment.get("cores"),
        "threads": last.threads if last else None,
        "device": last.device if last else None,
        "device_name": last.device_name if last else None,
        "torch": packages.get("torch") if isinstance(packages, Mapping) else None,
        "python": environment.get("python"),
        "commit": git.get("commit") if isinstance(git, Mapping) else None,
    }
    return {key: value for key, value in known.items() if value is not None}


def gather(
    rows: Sequence[RunRow], folders: Mapping[str, RunPaths], studies: Sequence[Study], site: Site, tell: Tell
) -> tuple[list[Facts], list[str]]:
    """Facts of each dataset, and what could not be read."""
    split = by_data(rows)
    grouped = _grouped(split)
    digests, notes = _digests(grouped, folders, site.digests, tell)
    tags = _tags(split)
    facts = []
    for data, groups in grouped.items():
        sample, projections = _projections(data, split[data], site.projections)
        mistakes, trouble = mistakes_of(groups, digests, folders, site)
        notes += trouble
        facts.append(
            Facts(
                data=data,
                rows=split[data],
                groups=groups,
                digests=digests,
                studies=known_studies(studies, groups),
                published=published() if data.name == DATASET and not data.special else None,
                sample=sample,
                projections=projections,
                mistakes=mistakes,
                tag=tags[data],
            )
        )
    return facts, notes


def _grouped(split: Mapping[Data, Sequence[RunRow]]) -> dict[Data, tuple[Group, ...]]:
    """An experiment has the same colour on all datasets."""
    grouped: dict[Data, tuple[Group, ...]] = {}
    for data, rows in split.items():
        before = [group for groups in grouped.values() for group in groups]
        grouped[data] = coloured(groups_of(rows), before)
    return grouped


def _tags(split: Collection[Data]) -> dict[Data, str]:
    """Short, unique endings for the names of figures; none for the first dataset."""
    tags: dict[Data, str] = {}
    for place, data in enumerate(split):
        name = "".join(char if char.isalnum() else "-" for char in data.name).strip("-")
        tags[data] = "" if not place else name if name not in tags.values() else f"{name}-{place + 1}"
    return tags


def _digests(
    grouped: Mapping[Data, Sequence[Group]], folders: Mapping[str, RunPaths], kept: Keep | None, tell: Tell
) -> tuple[dict[str, Digest], list[str]]:
    """Each run's files once; in detail for one run of each experiment. Of runs that are not here, what was kept."""
    counting = [run_id for groups in grouped.values() for group in groups for run_id in group.run_ids]
    absent = [run_id for run_id in counting if run_id not in folders]
    found, notes = kept.load(absent) if kept is not None else ({}, [])
    there = {*folders, *(run_id for run_id, each in found.items() if each.is_detailed)}
    detailed = {
        representative(group, there) for groups in grouped.values() for group in groups if group.is_plain
    }
    here = [run_id for run_id in counting if run_id in folders]
    for number, run_id in enumerate(here):
        tell("reading runs", number, len(here))
        record = RunRecord.load(folders[run_id].record)
        found[run_id] = digest(folders[run_id], record, everything=run_id in detailed)
        notes += found[run_id].problems
    tell("reading runs", len(here), len(here))
    return found, notes


def _projections(
    data: Data, rows: Sequence[RunRow], cache: Path | None
) -> tuple[Sample | None, dict[Method, Projection]]:
    """The largest sample of these images that was projected; by fingerprint, else by name."""
    if cache is None or not cache.is_dir():
        return None, {}
    prints = {row.data_fingerprint for row in rows if row.data_fingerprint}
    samples = [
        (sample.fingerprint in prints, len(sample.images), folder, sample)
        for folder in sorted(cache.iterdir())
        if (sample := Sample.load(folder / "sample.npz")) is not None
        and (
            sample.fingerprint in prints or (sample.name == data.name and sample.synthetic == data.synthetic)
        )
    ]
    if not samples:
        return None, {}
    _, _, folder, sample = max(samples, key=lambda each: each[:2])
    found: dict[Method, Projection] = {}
    for method in METHODS:
        for path in sorted(folder.glob(f"{method}*.npz")):
            projection = Projection.load(path)
            if projection is not None and len(projection.points) == len(sample.images):
                found[method] = projection
    return sample, found
