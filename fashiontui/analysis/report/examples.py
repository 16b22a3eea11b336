"""The images that the best network was surest about, and wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.facts import Mistake
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.keeping import Keep
from fashiontui.analysis.report.sections.common import accuracy_key, ranked
from fashiontui.datasets.pick import Picker
from fashiontui.errors import DataError, UnknownNameError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord

MISTAKES: Final = 16


@dataclass(frozen=True, slots=True)
class Site:
    """Where things are: folders that may hold datasets, the folder of projections, and that of digests."""

    candidates: tuple[Path, ...] = ()
    projections: Path | None = None
    digests: Keep | None = None


def mistakes_of(
    groups: Sequence[Group], digests: Mapping[str, Digest], folders: Mapping[str, RunPaths], site: Site
) -> tuple[dict[str, tuple[Mistake, ...]], list[str]]:
    """Of the best network whose predictions are here, the mistakes it was surest about."""
    plain = [group for group in groups if group.is_plain] or list(groups)
    for group in ranked(plain, accuracy_key(plain)) if plain else []:
        for run_id in group.run_ids:
            found = digests.get(run_id)
            if found is not None and found.predictions is not None:
                dirs = RunRecord.load(folders[run_id].record).request.data_dirs if run_id in folders else ()
                candidates = (*site.candidates, *map(Path, dirs))
                try:
                    return {run_id: surest_mistakes(found, candidates)}, []
                except (DataError, UnknownNameError) as error:
                    return {}, [f"no images of mistakes: {error.message}"]
    return {}, []


def surest_mistakes(found: Digest, candidates: Sequence[Path], many: int = MISTAKES) -> tuple[Mistake, ...]:
    """With their images; none where these are not the ones that were predicted. Raises DataError, UnknownNameError."""
    predictions = found.predictions
    if predictions is None or found.images is None:
        return ()
    wrong = np.flatnonzero(predictions.labels != predictions.predicted)
    rows = wrong[np.argsort(-predictions.confidence[wrong].astype(np.float64), kind="stable")][:many]
    if not len(rows):
        return ()
    picked = Picker(found.images, candidates, "test").pick(rows.tolist())
    if not np.array_equal(picked.labels, predictions.labels[rows]):
        return ()
    return tuple(
        Mistake(image, int(label), int(predictions.predicted[row]), float(predictions.confidence[row]))
        for image, label, row in zip(picked.images, picked.labels, rows, strict=True)
    )
