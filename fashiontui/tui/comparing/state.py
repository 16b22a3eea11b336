"""What the compare screen is to show. Pure; its methods return changed copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

Lower = Literal["table", "layers", "histograms", "likeness"]

LOWER: Final[tuple[Lower, ...]] = ("table", "layers", "histograms", "likeness")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CompareState:
    """Which runs, and what of them."""

    keys: tuple[str, ...] = ()
    baseline: str = ""  # "": the first
    metric: str = ""  # a tag; "": the first there is
    statistic: str = ""  # of layers; "": the first there is
    spread: str = ""  # tag of histograms; "": the first there is
    other: str = ""  # key of the run whose layers are held against the baseline's; "": the first there is
    folded: bool = False
    everything: bool = False  # in the table: also what is the same in all
    lower: Lower = "table"

    def of(self, keys: Sequence[str]) -> CompareState:
        """Other runs; the baseline stays while it is among them."""
        unique = tuple(dict.fromkeys(keys))
        return replace(self, keys=unique, baseline=self.baseline if self.baseline in unique else "")

    def without(self, keys: Sequence[str]) -> CompareState:
        """Fewer runs."""
        return self.of([key for key in self.keys if key not in keys])

    def remembered(self) -> dict[str, Any]:
        """What is worth keeping until the next time, ready for JSON."""
        return {
            "lower": self.lower,
            "baseline": self.baseline,
            "metric": self.metric,
            "statistic": self.statistic,
            "folded": self.folded,
            "everything": self.everything,
        }

    @classmethod
    def recalled(cls, kept: Mapping[str, Any]) -> CompareState:
        """What was remembered; what makes no sense in it is as at first."""
        usual = cls()
        sound = {
            name: kept[name]
            for name, value in usual.remembered().items()
            if type(kept.get(name)) is type(value)
        }
        if sound.get("lower") not in LOWER:
            sound.pop("lower", None)
        return replace(usual, **sound)


def next_of(choices: Sequence[T], present: T, step: int = 1) -> T:
    """The one after, or before, the present one; the first where that is not among them."""
    if present not in choices:
        return choices[0] if choices else present
    return choices[(choices.index(present) + step) % len(choices)]


def chosen(choices: Sequence[str], wanted: str) -> str:
    """The one wanted if there is one, else the first; empty where there is none."""
    return wanted if wanted in choices else next(iter(choices), "")
