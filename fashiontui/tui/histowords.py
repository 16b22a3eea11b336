"""Which histograms a run has: of what kind, and of which parameter. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

KINDS: Final = ("weights", "biases", "gradients")
ALL: Final = "all"


def kind_of(tag: str) -> str:
    """`weights`, `biases` or `gradients` of ours; of other programs', by the words they use."""
    head, slash, _ = tag.partition("/")
    if slash and head in KINDS:
        return head
    name = tag.lower()
    if "grad" in name:
        return "gradients"
    return "biases" if "bias" in name else "weights"


def parameter_of(tag: str) -> str:
    """`conv1.weight` of `gradients/conv1.weight`; other programs' tags as they are."""
    head, slash, rest = tag.partition("/")
    return rest if slash and head in KINDS else tag


def by_kind(tags: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The kinds there are, in their order, each with its tags."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for tag in tags:
        found[kind_of(tag)].append(tag)
    return {kind: tuple(tags) for kind, tags in found.items() if tags}


def nearest(tags: Iterable[str], parameter: str) -> str | None:
    """The tag of a parameter, else of its layer."""
    known = list(tags)
    layer = parameter.rpartition(".")[0]
    same = [tag for tag in known if parameter_of(tag) == parameter]
    alike = [tag for tag in known if layer and parameter_of(tag).rpartition(".")[0] == layer]
    return next(iter([*same, *alike]), None)
