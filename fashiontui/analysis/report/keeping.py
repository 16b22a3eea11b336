"""Digests kept beside a report's table, a small file a run: so that the next report, here or on another machine, draws what
this one drew, though the run folders are gone.

Arrays alone, in NumPy's own format, and one of JSON: reading them runs no code. Nothing in them says where a run's files were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.health import Health, Verdict
from fashiontui.analysis.report.digest import Curve, Digest, Frame, Spread
from fashiontui.analysis.report.seen import Seen
from fashiontui.analysis.tracks import Track
from fashiontui.config.spec import DatasetSpec
from fashiontui.errors import RunError
from fashiontui.runs.arrays import Arrays, load_arrays, save_arrays
from fashiontui.runs.predictions import Predictions
from fashiontui.runs.record import DatasetFacts
from fashiontui.runs.representations import Representations

VERSION: Final = 1
ENDING: Final = ".npz"
RUN_ID: Final = re.compile(r"\d{8}-\d{6}-[a-z0-9]+")
PREDICTIONS: Final = "predictions."
SEEN: Final = "seen."

Series = tuple[tuple[str, ...], NDArray[Any], NDArray[Any]]  # name in parts, (n,) x, (n,) y
Blob = tuple[tuple[str, ...], float, bytes]  # name in parts, epoch, an encoded picture


@dataclass(frozen=True, slots=True)
class Keep:
    """A folder of digests."""

    folder: Path

    def path(self, run_id: str) -> Path:
        """Where a run's digest is kept."""
        return self.folder / f"{run_id}{ENDING}"

    def load(self, run_ids: Iterable[str]) -> tuple[dict[str, Digest], list[str]]:
        """Of these runs what is kept, by run id; and what could not be read."""
        found, problems = {}, []
        for run_id in run_ids:
            try:
                found[run_id] = kept(self.path(run_id))
            except FileNotFoundError:
                continue
            except RunError as error:
                problems.append(error.message)
        return found, problems

    def save(self, digests: Iterable[Digest], known: Collection[str]) -> None:
        """Keep these, and of others those of runs that are known; OSError where the disk does not take it.

        What is not called like a run is nothing of ours.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for each in digests:
            keep(each, self.path(each.run_id))
        for path in self.folder.glob(f"*{ENDING}"):
            if path.stem not in known and RUN_ID.fullmatch(path.stem):
                path.unlink(missing_ok=True)


def keep(found: Digest, path: Path) -> None:
    """Write what was read of a run, but for what was wrong with its files."""
    series, blobs = list(_series(found)), list(_blobs(found))
    arrays: dict[str, NDArray[Any]] = {
        "facts": np.array(json.dumps(_facts(found, series, blobs))),
        "x": np.concatenate([x for _, x, _ in series]).astype(np.float64) if series else np.empty(0),
        "y": np.concatenate([y for _, _, y in series]).astype(np.float64) if series else np.empty(0),
        "blobs": np.frombuffer(b"".join(blob for *_, blob in blobs), dtype=np.uint8),
    }
    if found.predictions is not None:
        arrays |= {f"{PREDICTIONS}{name}": array for name, array in found.predictions.arrays().items()}
    if found.seen is not None:
        arrays |= {f"{SEEN}{name}": array for name, array in _seen_arrays(found.seen).items()}
    save_arrays(path, arrays, compressed=True)


def kept(path: Path) -> Digest:
    """Read a digest; RunError says what is wrong with the file, FileNotFoundError that there is none."""
    return load_arrays(path, None, _made_of, "digest of a run")


def _facts(found: Digest, series: Sequence[Series], blobs: Sequence[Blob]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "run_id": found.run_id,
        "description": found.description,
        "data": None if found.data is None else {**found.data.model_dump(mode="json"), "source": ""},
        "images": None if found.images is None else found.images.model_dump(mode="json", exclude={"dir"}),
        "series": [[list(name), len(x)] for name, x, _ in series],
        "blobs": [[list(name), epoch, len(blob)] for name, epoch, blob in blobs],
        "verdicts": {
            name: [verdict.health.value, verdict.reason, verdict.since]
            for name, verdict in found.verdicts.items()
        },
        "estimated": [track.name for track in found.tracks if track.is_estimated],
    }


def _series(found: Digest) -> Iterator[Series]:
    for name, curve in found.curves.items():
        yield ("curve", name), *curve
    for name, curve in found.class_accuracy.items():
        yield ("class", name), *curve
    for track in found.tracks:
        yield ("epochs", track.name), track.steps, found.track_epochs[track.name]
        for statistic, values in track.values.items():
            yield ("track", track.name, statistic), track.steps, values
    for tag, spread in found.spreads.items():
        for number, values in enumerate(spread.percentiles.T):
            yield ("spread", tag, str(number)), spread.epochs, values


def _blobs(found: Digest) -> Iterator[Blob]:
    for layer, frames in found.films.items():
        for frame in frames:
            yield ("film", layer), frame.epoch, frame.encoded
    for layer, frame in found.feature_maps.items():
        yield ("maps", layer), frame.epoch, frame.encoded


def _seen_arrays(seen: Seen) -> Arrays:
    return {
        "epochs": np.array(seen.epochs, dtype=np.int64),
        "epochs_of_layer": np.stack([seen.epochs_of_layer[layer] for layer in seen.layers]),
        "layers_matrix": seen.layers_matrix,
        **{f"best.{name}": array for name, array in seen.best.arrays().items()},
    }


def _made_of(arrays: Arrays) -> Digest:
    facts = json.loads(str(arrays["facts"]))
    if not isinstance(facts, dict) or facts.get("version") != VERSION:
        raise ValueError("it is of another version of this program")
    series = {tuple(name): curve for name, curve in _unpacked(facts["series"], arrays["x"], arrays["y"])}
    frames = list(_frames(facts["blobs"], arrays["blobs"].tobytes()))
    return Digest(
        run_id=str(facts["run_id"]),
        curves=_of_kind(series, "curve"),
        class_accuracy=_of_kind(series, "class"),
        tracks=tuple(_tracks(series, facts["estimated"])),
        track_epochs={name: epochs for name, (_, epochs) in _of_kind(series, "epochs").items()},
        verdicts={
            name: Verdict(Health(health), str(reason), since)
            for name, (health, reason, since) in facts["verdicts"].items()
        },
        spreads=_spreads(series),
        films=_films(frames),
        feature_maps={name[1]: frame for name, frame in frames if name[0] == "maps"},
        predictions=Predictions.made_of(found) if (found := _below(PREDICTIONS, arrays)) else None,
        seen=_seen(found) if (found := _below(SEEN, arrays)) else None,
        data=None if facts["data"] is None else DatasetFacts.model_validate(facts["data"]),
        images=None if facts["images"] is None else DatasetSpec.model_validate(facts["images"]),
        description=str(facts["description"]),
    )


def _unpacked(
    names: Sequence[tuple[list[str], int]], xs: NDArray[Any], ys: NDArray[Any]
) -> Iterator[tuple[list[str], Curve]]:
    start = 0
    for name, length in names:
        yield name, (xs[start : start + length], ys[start : start + length])
        start += length
    if start != len(xs) or len(xs) != len(ys):
        raise ValueError("its curves do not fit their names")


def _frames(
    names: Sequence[tuple[list[str], float, int]], content: bytes
) -> Iterator[tuple[list[str], Frame]]:
    start = 0
    for name, epoch, length in names:
        yield name, Frame(epoch, content[start : start + length])
        start += length
    if start != len(content):
        raise ValueError("its pictures do not fit their names")


def _of_kind(series: Mapping[tuple[str, ...], Curve], kind: str) -> dict[str, Curve]:
    return {name[1]: curve for name, curve in series.items() if name[0] == kind}


def _below(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _tracks(series: Mapping[tuple[str, ...], Curve], estimated: Sequence[str]) -> Iterator[Track]:
    for name, (steps, _) in _of_kind(series, "epochs").items():
        values = {key[2]: curve[1] for key, curve in series.items() if key[:2] == ("track", name)}
        yield Track(name, steps.astype(np.int64), values, is_estimated=name in estimated)


def _spreads(series: Mapping[tuple[str, ...], Curve]) -> dict[str, Spread]:
    columns: dict[str, list[Curve]] = {}
    for name, curve in series.items():
        if name[0] == "spread":
            columns.setdefault(name[1], []).append(curve)
    return {
        tag: Spread(found[0][0], np.stack([values for _, values in found], axis=1))
        for tag, found in columns.items()
    }


def _films(frames: Sequence[tuple[list[str], Frame]]) -> dict[str, tuple[Frame, ...]]:
    found: dict[str, list[Frame]] = {}
    for name, frame in frames:
        if name[0] == "film":
            found.setdefault(name[1], []).append(frame)
    return {layer: tuple(those) for layer, those in found.items()}


def _seen(arrays: Arrays) -> Seen:
    best = Representations.made_of(_below("best.", arrays))
    return Seen(
        epochs=tuple(arrays["epochs"].tolist()),
        layers=best.layers,
        epochs_of_layer=dict(zip(best.layers, arrays["epochs_of_layer"], strict=True)),
        layers_matrix=arrays["layers_matrix"],
        best=best,
    )
