"""`fashiontui data project`: a dataset's images on a plane, as files for a spreadsheet and for TensorBoard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from fashiontui.analysis.project import Request, fitting
from fashiontui.analysis.projecting import Doing, Projecting
from fashiontui.analysis.projection import METHODS, Method, Projection, Sample
from fashiontui.analysis.projector import write_projector
from fashiontui.cli.choices import Places
from fashiontui.cli.data import cache_folder
from fashiontui.cli.places import (
    config_path,
    data_candidates,
    loaded_config,
    project_folder,
    usual_data_candidates,
)
from fashiontui.config.problems import nearest, printable
from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.known import SYNTHETIC, known_set
from fashiontui.errors import RunError, UsageError

CACHE: Final = "projections"  # below the user's cache
BOTH: Final = "both"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said on the command line."""

    name: str | None
    method: str
    size: int
    seed: int
    perplexity: float
    out: Path | None
    data_dir: Path | None


def run_project(asked: Asked, places: Places, out: TextIO, err: TextIO, *, as_json: bool) -> None:
    """Compute what was not computed before, write the files, and their folder to `out`."""
    request = _request(asked, places)
    sample, projections = _projected(request, err)
    folder = asked.out or Path(f"projector-{_as_file_name(sample.name)}")
    written = write_projector(folder, sample, projections)
    if as_json:
        facts = {
            "folder": str(folder),
            "dataset": sample.name,
            "synthetic": sample.synthetic,
            "images": len(sample.images),
            "fingerprint": sample.fingerprint,
            "files": [path.name for path in written],
        }
        out.write(json.dumps(facts) + "\n")
        return
    used = fitting(request.perplexity, len(sample.images))
    if "tsne" in projections and used < request.perplexity:
        err.write(
            f"t-SNE with perplexity {used:.3g}: {len(sample.images):,} images allow no {request.perplexity:g}\n"
        )
    data = "synthetic images" if sample.synthetic else "images"
    err.write(
        f"{len(sample.images):,} {data} of {printable(sample.name)}; see them: tensorboard --logdir {folder}\n"
    )
    out.write(f"{folder}\n")


def _request(asked: Asked, places: Places) -> Request:
    project = project_folder(config_path(places.config))
    if asked.name is None:
        spec = loaded_config(places).defaults.dataset
        candidates = data_candidates(asked.data_dir, spec.dir, project)
    else:
        spec = _dataset(asked.name)
        candidates = usual_data_candidates(asked.data_dir, places)
    return Request(
        dataset=spec,
        candidates=candidates,
        import_dirs=(project,),
        cache=cache_folder() / CACHE,
        methods=_methods(asked.method),
        size=asked.size,
        seed=asked.seed,
        perplexity=asked.perplexity,
    )


def _dataset(name: str) -> DatasetSpec:
    """By its name alone; UnknownNameError proposes the nearest one."""
    if ":" not in name and name.lower() != SYNTHETIC:
        known_set(name)
    return DatasetSpec(name=name)


def _methods(text: str) -> tuple[Method, ...]:
    if text == BOTH:
        return METHODS
    for method in METHODS:
        if text.lower().replace("-", "") == method:
            return (method,)
    near = nearest(text, [*METHODS, BOTH])
    raise UsageError(f"--method {text}: it is pca, tsne or both", f"Did you mean {near}?" if near else "")


def _projected(request: Request, err: TextIO) -> tuple[Sample, dict[Method, Projection]]:
    sample: Sample | None = None
    projections: dict[Method, Projection] = {}
    with Projecting(request.model_dump_json()) as process, _narrating(err) as tell:
        for heard in process.heard():
            match heard:
                case Sample():
                    sample = heard
                case Projection():
                    projections[heard.method] = heard
                case Doing():
                    tell(heard)
    if sample is None or len(projections) < len(request.methods):
        raise RunError(
            "the projection ended without a result", f"Is {request.cache} full, or not to be written?"
        )
    return sample, projections


@contextmanager
def _narrating(err: TextIO) -> Iterator[Callable[[Doing], None]]:
    """One line that is rewritten on a terminal; elsewhere a line for each thing that is done."""
    on_terminal = err.isatty()
    said: set[str] = set()

    def tell(doing: Doing) -> None:
        share = "" if doing.done is None else f" {doing.done:.0%}"
        if on_terminal:
            err.write(f"\r\x1b[K{doing.words}{share}")
        elif doing.words not in said:
            err.write(f"{doing.words}\n")
        said.add(doing.words)
        err.flush()

    try:
        yield tell
    finally:
        if on_terminal and said:
            err.write("\r\x1b[K")
            err.flush()


def _as_file_name(name: str) -> str:
    kept = "".join(char if char.isalnum() or char in "._-" else "-" for char in name)
    return kept.strip(".-") or "data"
