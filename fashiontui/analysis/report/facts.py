"""All that sections are made of, of one dataset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.projection import Method, Projection, Sample
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.groups import Data, Group
from fashiontui.analysis.report.published import Published
from fashiontui.analysis.report.rows import RunRow
from fashiontui.analysis.report.studies import Study


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """An image of the test set that a network took for another class."""

    image: NDArray[np.uint8]  # (height, width)
    label: int
    predicted: int
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Runs on one dataset, and what was read of their files."""

    data: Data
    rows: tuple[RunRow, ...]
    groups: tuple[Group, ...]
    digests: Mapping[str, Digest] = field(
        default_factory=dict
    )  # by run id; none for runs of which neither files nor digests are here
    studies: tuple[Study, ...] = ()
    published: Published | None = None  # None: for other images
    sample: Sample | None = None
    projections: Mapping[Method, Projection] = field(default_factory=dict)
    mistakes: Mapping[str, tuple[Mistake, ...]] = field(default_factory=dict)  # by run id
    tag: str = ""  # ends the names of figures where there is more than one dataset

    @property
    def plain(self) -> tuple[Group, ...]:
        """Experiments, without the variants of studies; all, where there are but variants that no study explains."""
        found = tuple(group for group in self.groups if group.is_plain)
        return found or tuple(group for group in self.groups if not group.studies)

    def of_study(self, name: str) -> tuple[Group, ...]:
        """The groups that are part of a study."""
        return tuple(group for group in self.groups if name in group.studies)

    def digests_of(self, group: Group) -> tuple[Digest, ...]:
        """Of those of its runs whose files are here."""
        return tuple(self.digests[run_id] for run_id in group.run_ids if run_id in self.digests)

    def shown(self, group: Group) -> Digest | None:
        """The run that stands for the group where one run is shown in detail."""
        return next((each for each in self.digests_of(group) if each.is_detailed), None)

    def named(self, name: str) -> str:
        """The name of a figure's file."""
        return f"{name}-{self.tag}" if self.tag else name


def representative(group: Group, here: Collection[str]) -> str | None:
    """The run to show in detail: of those that can be, the one with the lowest seed."""
    rows = sorted((row for row in group.rows if row.run_id in here), key=lambda row: row.seed)
    return rows[0].run_id if rows else None
