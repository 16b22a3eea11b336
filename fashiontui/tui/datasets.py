"""Which datasets the data screen can show, and how one is asked for. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.text import Text
from textual.content import Content

from fashiontui.analysis.project import Request
from fashiontui.analysis.projection import TITLES, Method, Projection, Sample
from fashiontui.analysis.projector import class_name
from fashiontui.config.load import Config
from fashiontui.config.problems import printable
from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.known import SYNTHETIC
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.palette import COLOURS, MARKERS, Look
from fashiontui.tui.charts.scatter import points
from fashiontui.tui.options import AppOptions

BAR: Final = 20


def datasets_of(config: Config | None) -> tuple[DatasetSpec, ...]:
    """Those of the experiments file, its usual one first; at last the one that needs no files. Each once."""
    specs = [DatasetSpec(), DatasetSpec(name=SYNTHETIC)] if config is None else [*_used(config)]
    if not any(spec.name.lower() == SYNTHETIC for spec in specs):
        specs.append(DatasetSpec(name=SYNTHETIC))
    return tuple({_identity(spec): spec for spec in reversed(specs)}.values())[::-1]


def _used(config: Config) -> Iterator[DatasetSpec]:
    yield config.defaults.dataset
    for experiment in config.experiments.values():
        yield experiment.dataset


def _identity(spec: DatasetSpec) -> str:
    """What decides which images they are; how many are held out does not."""
    return json.dumps([spec.name.lower(), spec.dir, spec.options], sort_keys=True, default=str)


def request_for(spec: DatasetSpec, methods: Sequence[Method], options: AppOptions, cache: Path) -> Request:
    """How to ask for it."""
    folders = tuple(options.data_folders(spec.dir))
    return Request(
        dataset=spec, candidates=folders, import_dirs=(options.project,), cache=cache, methods=tuple(methods)
    )


def headline(sample: Sample | None, spec: DatasetSpec | None) -> Text:
    """What it is, how much, and where it comes from."""
    words = _described(sample) if sample is not None else printable(spec.name) if spec is not None else ""
    return Text(f" {words}", no_wrap=True, overflow="ellipsis")


def _described(sample: Sample) -> str:
    train, valid, test = sample.counts.sum(axis=1).tolist()
    height, width = sample.images.shape[1:]
    own = "" if sample.name == SYNTHETIC else f" ({printable(sample.name)})"
    name = f"SYNTHETIC data{own}" if sample.synthetic else printable(sample.name)
    sizes = (
        f"{train:,} drawn" if sample.synthetic else f"{train:,} train  {valid:,} valid  {test:,} test images"
    )
    return f"{name}   {sizes}   {height}×{width}   {len(sample.classes)} classes   {printable(sample.source)}"


def problem_text(problem: str) -> Text:
    """Why there is nothing to see, and what to do."""
    lines = [printable(line) for line in problem.split("\n")]
    return Text("\n".join([*lines, "", "d another dataset   u try again"] if problem else []))


def projection_title(projection: Projection, sample: Sample, alone: int | None) -> str:
    """The method, of which images, and how much of what there is to see can be seen."""
    images = (
        f"{len(sample.images):,} images" if alone is None else f"only {class_name(sample.classes, alone)}"
    )
    parts = [TITLES[projection.method], images]
    if len(projection.shares):
        parts.append(f"{projection.shares.sum():.0%} of variance")
    return " · ".join(parts)


def class_points(sample: Sample, projection: Projection, alone: int | None) -> tuple[Curve, ...]:
    """The images of each class, or of one alone, as points of one colour."""
    found = []
    for label in range(len(sample.classes)):
        if alone in (None, label):
            xs, ys = projection.points[sample.labels == label].T
            look = Look(label % COLOURS, MARKERS[label % len(MARKERS)])
            found.append(points(class_name(sample.classes, label), xs, ys, look))
    return tuple(found)


def doing_text(doing: str, done: float | None, problem: str, *, is_ascii: bool) -> Content:
    """What is being computed, how far it is, and how to end it; else what went wrong."""
    if not doing:
        return Content(printable(problem.partition("\n")[0]))
    full = 0 if done is None else round(done * BAR)
    signs = "#-" if is_ascii else "━─"
    bar = () if done is None else ((signs[0] * full, "$foreground"), signs[1] * (BAR - full))
    return Content.assemble(f"{doing} ", *bar, "  X cancels")
