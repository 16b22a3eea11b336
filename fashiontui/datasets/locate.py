"""Where a data set's files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fashiontui.datasets.check import identify
from fashiontui.datasets.idx import read_idx
from fashiontui.datasets.known import SYNTHETIC, KnownFile, KnownSet, known_set
from fashiontui.errors import DataCorruptError, DataMissingError

if TYPE_CHECKING:
    from fashiontui.config.spec import DatasetSpec


def find_folder(name: str, candidates: Sequence[Path]) -> Path:
    """The first folder with all four files, among the candidates and their subfolders named like the data set.

    Raises DataMissingError with the places looked at and three ways to get the data.
    """
    dataset = known_set(name)
    notes = []
    for candidate in candidates:
        for folder in _folders(dataset, candidate):
            missing = [file for file in dataset.files if find_file(folder, file) is None]
            other = _other_set(dataset, folder) if not missing else None
            if not missing and other is None:
                return folder
            if other is not None or len(missing) < len(dataset.files):
                notes.append(_note(dataset, folder, missing, other))
    raise _missing(dataset, candidates, notes)


def needs_files(dataset: DatasetSpec) -> bool:
    """Whether a dataset is read from files we know: not drawn by code, not loaded by the user's own."""
    return dataset.name != SYNTHETIC and ":" not in dataset.name


def find_file(folder: Path, file: KnownFile) -> Path | None:
    """A file under any of its usual names; the uncompressed one first, being quicker to read."""
    dotted = file.name.replace("-idx", ".idx")
    names = (file.name, dotted, f"{file.name}.gz", f"{dotted}.gz")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def how_to_get(dataset: KnownSet) -> str:
    """The three ways to have data to train on."""
    names = ", ".join(f"{file.name}[.gz]" for file in dataset.files)
    return (
        f"Get it in one of three ways:\n"
        f"  fashiontui data fetch {dataset.name}\n"
        f"  --data-dir DIR or FASHIONTUI_DATA=DIR, a folder with {names}\n"
        f"  --dataset synthetic, garments drawn by code, for a trial"
    )


def _folders(dataset: KnownSet, candidate: Path) -> Iterator[Path]:
    yield candidate
    for subfolder in dataset.subfolders:
        yield candidate / subfolder


def _other_set(dataset: KnownSet, folder: Path) -> str | None:
    """The title of the set whose test labels are here, if it is another: all sets use the same file names."""
    path = find_file(folder, dataset.files[3])
    assert path is not None
    try:
        found = identify(read_idx(path))
    except (DataCorruptError, DataMissingError):
        return None  # loading will say what is wrong with it
    return found[0].title if found and found[0] is not dataset and found[1] == found[0].files[3] else None


def _note(dataset: KnownSet, folder: Path, missing: Sequence[KnownFile], other: str | None) -> str:
    if other is not None:
        return f"{folder} holds {other}, not {dataset.title}"
    return f"{folder} lacks {', '.join(file.name for file in missing)}"


def _missing(dataset: KnownSet, candidates: Sequence[Path], notes: Sequence[str]) -> DataMissingError:
    places = "".join(f"\n  {candidate}" for candidate in candidates) or "\n  (nowhere: no folder was given)"
    found = "".join(f"\n  {note}" for note in notes)
    message = (
        f"{dataset.title} is not here. Looked in these folders and their {' and '.join(dataset.subfolders)}:"
    )
    return DataMissingError(
        message + places + ("\nFound there:" + found if found else ""), how_to_get(dataset)
    )
