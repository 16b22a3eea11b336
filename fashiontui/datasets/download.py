"""Get a known data set from the network: checked, then moved into place whole."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fashiontui.datasets.check import Verdict, check_file
from fashiontui.datasets.idx import read_idx
from fashiontui.datasets.known import KnownFile, KnownSet
from fashiontui.datasets.locate import find_file, how_to_get
from fashiontui.errors import DataCorruptError, DataError, DataMissingError

CHUNK_BYTES = 1 << 18
LARGEST_BYTES = 64 << 20  # no file of a known set is larger, even unpacked
ABANDONED_S = 24 * 3600.0  # a part of this age belongs to a process that was killed
TRIES = 2  # rounds over all mirrors

Progress = Callable[[KnownFile, int, int | None], None]  # file, bytes so far, all bytes if the server tells


@dataclass(frozen=True, slots=True)
class Job:
    """Where the files of a set come from and go to."""

    dataset: KnownSet
    folder: Path
    mirrors: Sequence[str]
    progress: Progress
    timeout_s: float


class _RefusedError(Exception):
    """A mirror gives no sound file; another may."""


def fetch(
    dataset: KnownSet,
    folder: Path,
    progress: Progress = lambda *_: None,
    mirrors: Sequence[str] | None = None,
    timeout_s: float = 20.0,
) -> tuple[Path, ...]:
    """Bring the four files into `folder`, except those that are there already and sound; return their paths.

    Each file is written beside its place, checked, and renamed: whoever looks sees it whole or not at all, also where
    two processes fetch at once. Raises DataMissingError if no mirror gives a sound file, DataError if the folder can't
    be written.
    """
    job = Job(dataset, folder, dataset.mirrors if mirrors is None else mirrors, progress, timeout_s)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        return tuple(_fetch_file(job, file) for file in dataset.files)
    except OSError as error:
        raise DataError(
            f"{folder} can't be written: {error.strerror or error}",
            "Choose another folder, or make room in this one.",
        ) from error


def _remove_abandoned(folder: Path) -> None:
    oldest = time.time() - ABANDONED_S
    for part in folder.glob(".*.part"):
        with contextlib.suppress(FileNotFoundError):  # its process may be moving it into place right now
            if part.stat().st_mtime < oldest:
                part.unlink()


def _fetch_file(job: Job, file: KnownFile) -> Path:
    present = find_file(job.folder, file)
    if present is not None and _is_sound(job.dataset, file, present):
        return present
    target = job.folder / f"{file.name}.gz"
    reasons: dict[str, str] = {}
    for url in [f"{mirror.rstrip('/')}/{target.name}" for mirror in job.mirrors] * TRIES:
        try:
            _download(job, file, url, target)
        except _RefusedError as error:
            reasons[url] = str(error)
            continue
        if present is not None and present != target:
            present.unlink(missing_ok=True)  # damaged, and would be found before the new one
        return target
    told = "".join(f"\n  {url}: {reason}" for url, reason in reasons.items())
    raise DataMissingError(
        f"{job.dataset.title}'s {file.title} could not be downloaded:{told}", how_to_get(job.dataset)
    )


def _is_sound(dataset: KnownSet, file: KnownFile, path: Path) -> bool:
    try:
        check_file(dataset, file, read_idx(path))
    except (DataCorruptError, DataMissingError):
        return False
    return True


def _download(job: Job, file: KnownFile, url: str, target: Path) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as out:
            for chunk, total in _chunks(url, job.timeout_s):
                out.write(chunk)
                job.progress(file, out.tell(), total)
            out.flush()
            os.fsync(out.fileno())
        _verify(job.dataset, file, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _chunks(url: str, timeout_s: float) -> Iterator[tuple[bytes, int | None]]:
    """Pieces of what lies at `url`, each with the size of the whole if the server tells; _RefusedError if it breaks off."""
    received = 0
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as response:  # noqa: S310 - only the mirrors in known.py
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else None
            while chunk := response.read(CHUNK_BYTES):
                received += len(chunk)
                if received > LARGEST_BYTES:
                    raise _RefusedError(f"it sends more than {LARGEST_BYTES:,} bytes")
                yield chunk, total
    except urllib.error.HTTPError as error:
        error.close()
        raise _RefusedError(f"the server answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _RefusedError(_reason(error)) from error
    if total is not None and received != total:
        raise _RefusedError(f"the connection broke off after {received:,} of {total:,} bytes")


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, OSError):
        return cause.strerror or str(cause) or type(cause).__name__
    return str(cause) or type(cause).__name__


def _verify(dataset: KnownSet, file: KnownFile, part: Path) -> None:
    try:
        verdict = check_file(dataset, file, read_idx(part))
    except DataCorruptError as error:
        raise _RefusedError(error.message.replace(str(part), "what came")) from error
    if verdict is not Verdict.VERIFIED:
        raise _RefusedError(f"what came is not the published file (MD5 {file.gzip_md5})")
