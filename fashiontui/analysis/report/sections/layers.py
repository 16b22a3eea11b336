"""Inside the layers: whether all of them learn, how far they go, how their weights spread."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from fashiontui.analysis.health import RULES, Health
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.looks import look_at
from fashiontui.analysis.report.model import ABSENT, Figure, Part, Section, Table, seeds_label
from fashiontui.analysis.report.panels import Curve, Panel, Panels
from fashiontui.analysis.tracks import Floats, Track
from fashiontui.tfevents.order import median

QUESTION: Final = "Do all layers learn, and how far do their weights go?"
MOST: Final = 12  # networks, a figure or two each
LONGEST_NAME: Final = 64
HASH_DIGITS: Final = 8
PANELS: Final = (
    ("distance_from_init", "distance from initialisation", False),
    ("update_ratio", "update / weight", True),
    ("gradient_norm", "gradient norm", True),
    ("dead_units", "share of dead units", False),
)
NEXT_TO_NOTHING: Final = 1e-3  # of the median
MEASURES: Final = (
    "distance: from initialisation, as a share of the norm there; of what begins at 0, such as batch norm's shifts, the norm itself; "
    "update / weight: the median over the run; all else as it was last"
)
Detail = tuple[Group, Digest]


def section(facts: Facts) -> Section | None:
    """One run of each network of which layers were measured."""
    shown = [
        (group, found) for group in facts.plain if (found := facts.shown(group)) is not None and found.tracks
    ]
    if not shown:
        return None
    said = list(_paragraphs(shown))
    if len(shown) > MOST:
        said.append(f"Figures are drawn for the first {MOST} of {len(shown)} networks; the table has all.")
    parts: list[Part] = [health_table(shown)]
    for group, found in shown[:MOST]:
        parts += _figures(facts, group, found)
    return Section("layers", "Inside the layers", QUESTION, tuple(said), tuple(parts))


def _paragraphs(shown: Sequence[Detail]) -> Iterator[str]:
    bad = [
        (group.label, name, verdict)
        for group, found in shown
        for name, verdict in found.verdicts.items()
        if verdict.health.is_bad
    ]
    words = [verdict.health for _, found in shown for verdict in found.verdicts.values()]
    told = len(words) - words.count(Health.UNKNOWN)
    if not bad and told:
        yield f"No parameter of {told} in {len(shown)} networks is frozen, vanishing, exploding or dead at the end of its run."
    if told < len(words):
        yield f"Of {len(words) - told} parameters it can't be told yet: they were measured too seldom."
    for network, name, verdict in bad:
        yield f"{network}: {name} is {verdict.health.value}: {verdict.reason}."
    for group, found in shown:
        moved = [(track.last("distance_from_init"), track.name) for track in found.tracks if track.is_weight]
        known = sorted(each for each in moved if np.isfinite(each[0]))
        if len(known) > 1:
            (least, slow), (most, fast) = known[0], known[-1]
            yield (
                f"{group.label}: of its weights, {fast} went farthest from where it began ({most:.2f} of its norm there), "
                f"{slow} least ({least:.2f})."
            )


def health_table(shown: Sequence[Detail]) -> Table:
    """A line a parameter: what was measured last, and the word for it.

    Of updates the median over the run: a learning rate that falls to nothing ends in updates of nothing.
    """
    lines = []
    for group, found in shown:
        for track in found.tracks:
            verdict = found.verdicts[track.name]
            lines.append(
                (
                    group.label,
                    track.name,
                    verdict.health.value,
                    _number(track.last("distance_from_init"), "{:.3f}"),
                    _number(_median(track.series("update_ratio")), "{:.1e}"),
                    _number(track.last("gradient_norm"), "{:.1e}"),
                    _number(track.last("dead_units"), "{:.0%}"),
                )
            )
    words = dict.fromkeys(verdict.health for _, found in shown for verdict in found.verdicts.values())
    rules = "; ".join(
        f"{word.value}: {RULES[word]}" for word in words if word in RULES and word is not Health.UNKNOWN
    )
    columns = ("network", "parameter", "health", "distance", "update / weight", "gradient norm", "dead units")
    rules = "; ".join([*([rules] if rules else []), MEASURES])
    bad = frozenset((row, 2) for row, line in enumerate(lines) if Health(line[2]).is_bad)
    return Table("At the end of one run of each network", columns, tuple(lines), 3, bad, rules)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return median(known) if len(known) else float("nan")


def _number(value: float, form: str) -> str:
    return form.format(value) if np.isfinite(value) else ABSENT


def _figures(facts: Facts, group: Group, found: Digest) -> Iterator[Figure]:
    seed = next(row.seed for row in group.rows if row.run_id == found.run_id)
    label = seeds_label(facts.data.label, [seed])
    name = file_name(group.label)
    weights = [track for track in found.tracks if track.is_weight]
    panels = [panel for each in PANELS if (panel := _panel(found, weights, *each)).curves]
    if panels:
        title = f"{group.label}: how its weights learn, layer by layer"
        chart = Panels(tuple(panels), columns=min(2, len(panels)))
        note = "Updates below a thousandth of their median, as at the end of a falling learning rate, are not drawn."
        yield Figure(facts.named(f"layers-{name}"), title, chart, label, (found.run_id,), note)
    spreads = [_spread_panel(tag, found) for tag in found.spreads]
    if spreads:
        yield Figure(
            facts.named(f"weights-{name}"),
            f"{group.label}: how weights and biases are spread, over training",
            Panels(tuple(spreads), columns=3 if len(spreads) > 2 else len(spreads)),  # noqa: PLR2004
            label,
            (found.run_id,),
            "Line: median; bands: the middle 50 % and 90 % of all values, from histograms.",
        )


def _panel(found: Digest, tracks: Sequence[Track], statistic: str, title: str, log_y: bool) -> Panel:
    if statistic == "dead_units":
        tracks = list({track.layer: track for track in tracks}.values())
    curves = []
    for place, track in enumerate(tracks):
        ys = track.series(statistic)
        kept = np.isfinite(ys) & ((ys > 0) | (not log_y))
        if statistic == "update_ratio":
            kept &= ys > NEXT_TO_NOTHING * _median(ys)
        if kept.any():
            look = look_at(place)
            label = (
                track.layer
                if all(each.layer != track.layer or each is track for each in tracks)
                else track.name
            )
            xs = found.track_epochs[track.name][kept]
            curves.append(Curve(label, xs, ys[kept], look.colour, look.marker))
    return Panel(title, "epoch", "", tuple(curves), log_y=log_y)


def _spread_panel(tag: str, found: Digest) -> Panel:
    spread = found.spreads[tag]
    parts = spread.percentiles.T  # (5, n)
    look = look_at(0 if tag.startswith("weights/") else 1)
    bands = ((parts[0], parts[4]), (parts[1], parts[3]))
    curve = Curve("", spread.epochs, parts[2], look.colour, between=bands)
    return Panel(tag.partition("/")[2], "epoch", "", (curve,))


def file_name(label: str) -> str:
    """A label as part of a file's name: of a long one its beginning, and a hash that keeps it apart from others.

    Two of them and some words make a name, of which file systems take 255 bytes.
    """
    kept = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in label)
    while "--" in kept:
        kept = kept.replace("--", "-")
    kept = kept.strip("-.") or "network"
    if len(kept) <= LONGEST_NAME:
        return kept
    digest = hashlib.sha256(label.encode()).hexdigest()[:HASH_DIGITS]
    return f"{kept[: LONGEST_NAME - HASH_DIGITS - 1]}-{digest}"
