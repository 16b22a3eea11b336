"""`fashiontui data info` and `data fetch`: where data sets are, what they hold, and how to get them."""

# ruff: noqa: PLC0415 - numpy and rich are slow to import, and `--help` needs neither

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fashiontui.cli.choices import expanded

if TYPE_CHECKING:
    from fashiontui.datasets.dataset import Labels
    from fashiontui.datasets.download import Progress
    from fashiontui.datasets.known import KnownFile, KnownSet
    from fashiontui.datasets.load import CheckedFile

ENVIRONMENT_VARIABLE = "FASHIONTUI_DATA"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file, as it was found."""

    path: str
    holds: str
    size_bytes: int
    sha256: str  # of the uncompressed bytes
    state: str  # verified | unverified


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Images of one class."""

    train: int
    test: int


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What `data info` tells of one data set."""

    dataset: str
    source: str  # a folder, or how it is made
    synthetic: bool
    train_size: int
    test_size: int
    classes: dict[str, ClassCount]
    files: tuple[FileFacts, ...]


def cache_folder() -> Path:
    """Where `data fetch` puts files unless told otherwise."""
    from platformdirs import user_cache_path

    return user_cache_path("fashiontui", appauthor=False)


def candidate_folders(
    data_dir: Path | None, environment: Mapping[str, str], config_dir: Path | None
) -> tuple[Path, ...]:
    """Where to look for data, in order: --data-dir, FASHIONTUI_DATA, the config's `dataset.dir`, the user cache."""
    from_environment = environment.get(ENVIRONMENT_VARIABLE)
    given = (data_dir, Path(from_environment) if from_environment else None, config_dir)
    return (*(expanded(folder) for folder in given if folder is not None), cache_folder())


def data_info(name: str | None, candidates: Sequence[Path], out: TextIO, *, as_json: bool = False) -> None:
    """Write what is known of one data set to `out`; without a name, which are here and where.

    Raises UnknownNameError, DataMissingError, DataCorruptError.
    """
    if name is None:
        _write_overview(candidates, out, as_json=as_json)
        return
    info = dataset_info(name, candidates)
    if as_json:
        out.write(json.dumps(asdict(info)) + "\n")
    else:
        out.writelines(f"{line}\n" for line in _describe(info))


def dataset_info(name: str, candidates: Sequence[Path]) -> DatasetInfo:
    """Read a data set's files, check them and count its classes."""
    from fashiontui.datasets.known import SYNTHETIC, known_set
    from fashiontui.datasets.load import read_known
    from fashiontui.datasets.locate import find_folder

    if name.lower() == SYNTHETIC:
        return _synthetic_info()
    dataset = known_set(name)
    folder = find_folder(name, candidates)
    checked = read_known(name, folder)
    train_labels, test_labels = (each.file.values for each in checked if each.known.kind == "labels")
    return DatasetInfo(
        dataset=dataset.name,
        source=str(folder),
        synthetic=False,
        train_size=len(train_labels),
        test_size=len(test_labels),
        classes=_counts(dataset.classes, train_labels, test_labels),
        files=tuple(_file_facts(each) for each in checked),
    )


def _synthetic_info() -> DatasetInfo:
    from fashiontui.datasets.known import FASHION_CLASSES, SYNTHETIC
    from fashiontui.datasets.synthetic import TEST, TEST_SIZE, TRAIN, TRAIN_SIZE, synthetic_labels

    train, test = synthetic_labels(TRAIN_SIZE, 0, TRAIN), synthetic_labels(TEST_SIZE, 0, TEST)
    return DatasetInfo(
        dataset=SYNTHETIC,
        source="drawn by code, needs no files",
        synthetic=True,
        train_size=TRAIN_SIZE,
        test_size=TEST_SIZE,
        classes=_counts(FASHION_CLASSES, train, test),
        files=(),
    )


def _counts(classes: Sequence[str], train: Labels, test: Labels) -> dict[str, ClassCount]:
    return {
        name: ClassCount(int((train == label).sum()), int((test == label).sum()))
        for label, name in enumerate(classes)
    }


def _file_facts(checked: CheckedFile) -> FileFacts:
    path = checked.file.path
    return FileFacts(
        str(path), checked.known.title, path.stat().st_size, checked.file.sha256, str(checked.verdict)
    )


def _describe(info: DatasetInfo) -> Iterator[str]:
    yield f"{info.dataset}: {info.train_size:,} training and {info.test_size:,} test images, {info.source}"
    for file in info.files:
        yield f"  {file.holds:15} {file.size_bytes:>11,} bytes  {file.state:10} {Path(file.path).name}"
    if any(file.state == "unverified" for file in info.files):
        yield "  unverified: of the right form, but there is no published sum of the uncompressed bytes"
    width = max(map(len, info.classes))
    yield f"  {'class':{width}}  training   test"
    for name, count in info.classes.items():
        yield f"  {name:{width}}  {count.train:>8,} {count.test:>6,}"


def _write_overview(candidates: Sequence[Path], out: TextIO, *, as_json: bool) -> None:
    from fashiontui.datasets.known import KNOWN, SYNTHETIC
    from fashiontui.datasets.locate import find_folder
    from fashiontui.errors import DataMissingError

    for name in (*KNOWN, SYNTHETIC):
        try:
            source = (
                "drawn by code, needs no files" if name == SYNTHETIC else str(find_folder(name, candidates))
            )
        except DataMissingError:
            source = None
        if as_json:
            out.write(json.dumps({"dataset": name, "source": source}) + "\n")
        else:
            out.write(f"{name:14} {source or f'not here: fashiontui data fetch {name}'}\n")


def data_fetch(names: Sequence[str], destination: Path, out: TextIO, narration: TextIO) -> None:
    """Download data sets, each into its own folder below `destination`, and write these folders to `out`.

    Progress goes to `narration`: a bar on a terminal, a line a file elsewhere. What is there and sound is kept. Raises
    UnknownNameError before anything is downloaded, DataMissingError, DataError.
    """
    from fashiontui.datasets.download import fetch
    from fashiontui.datasets.known import SYNTHETIC, known_set

    wanted = [known_set(name) for name in names if name.lower() != SYNTHETIC]
    if len(wanted) < len(names):
        narration.write("synthetic is drawn by code: there is nothing to fetch\n")
    for dataset in wanted:
        folder = destination / dataset.name
        with _showing_progress(dataset, narration) as progress:
            fetch(dataset, folder, progress)
        out.write(f"{folder}\n")


@contextmanager
def _showing_progress(dataset: KnownSet, narration: TextIO) -> Iterator[Progress]:
    shown = _bars(dataset, narration) if narration.isatty() else _lines(dataset, narration)
    with shown as progress:
        yield progress


@contextmanager
def _bars(dataset: KnownSet, narration: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Bars(*columns, console=Console(file=narration)) as bars:
        tasks = {
            file: bars.add_task(f"{dataset.title} {file.title}", start=False, visible=False)
            for file in dataset.files
        }

        def progress(file: KnownFile, received: int, total: int | None) -> None:
            bars.start_task(tasks[file])
            bars.update(tasks[file], completed=received, total=total, visible=True)

        yield progress


@contextmanager
def _lines(dataset: KnownSet, narration: TextIO) -> Iterator[Progress]:
    """One line when a file begins to come, so that a log tells what is waited for."""
    begun: set[KnownFile] = set()

    def progress(file: KnownFile, _received: int, total: int | None) -> None:
        if file in begun:
            return
        begun.add(file)
        size = f", {total / MEGABYTE:.1f} MB" if total else ""
        narration.write(f"downloading {dataset.title} {file.title}{size}\n")
        narration.flush()

    yield progress
    if not begun:
        narration.write(f"{dataset.title} is here already\n")
