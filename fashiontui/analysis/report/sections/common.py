"""What several sections need: tables of results, curves over seeds, sentences by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fashiontui.analysis.compare import MEASURES, Measure, Measured, compare
from fashiontui.analysis.pareto import front
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.model import ABSENT, NOT_SMOOTHED, Table, seeds_label
from fashiontui.analysis.report.panels import Curve
from fashiontui.analysis.seeds import fold_curves, mean_std
from fashiontui.analysis.table import duration, number_text, value_text

BY_KEY: Final = {measure.key: measure for measure in MEASURES}
FOUR_RESULTS: Final = (
    "test_accuracy",
    "test_loss",
    "valid_accuracy",
    "train_seconds",
    "parameters",
    "epochs",
)
COST: Final = "train_seconds"
STUDY_TITLES: Final = {
    "anns": "Fully connected networks by depth",
    "batch_norm": "Batch normalisation",
    "cnns": "Convolutional networks by depth",
    "dropout": "Dropout",
    "learning_rate": "Learning rate",
    "regularization": "Regularisation",
}


def accuracy_key(groups: Sequence[Group]) -> str:
    """Test accuracy where all have one, else the best validation accuracy: never a mixture."""
    has_test = all(group.measured("test_accuracy") is not None for group in groups)
    return "test_accuracy" if has_test else "valid_accuracy"


def choice_key(groups: Sequence[Group]) -> str:
    """What the best is chosen by: accuracy on validation images where all have it, so that test images choose nothing."""
    has_valid = all(group.measured("valid_accuracy") is not None for group in groups)
    return "valid_accuracy" if has_valid else accuracy_key(groups)


def study_title(name: str) -> str:
    """What stands above its section."""
    return STUDY_TITLES.get(name, f"Study: {name}")


def title_of(key: str) -> str:
    """A result's name."""
    return "validation accuracy" if key == "valid_accuracy" else BY_KEY[key].title


def results_table(
    groups: Sequence[Group], title: str, keys: Sequence[str] = FOUR_RESULTS, first: str = "network"
) -> Table:
    """A line a group, a column a result; the best of each is marked. As `fashiontui compare --fold-seeds` tells it."""
    measures: list[Measure] = [BY_KEY[key] for key in keys]
    comparison = compare([group.subject for group in groups], measures=measures)
    rows = [row for row in comparison.rows if row.kind == "result"]
    lines = tuple(
        (name_of(group), str(len(group.rows)), *(value_text(row, row.cells[place]) for row in rows))
        for place, group in enumerate(groups)
    )
    best = frozenset(
        (line, column + 2)
        for column, row in enumerate(rows)
        for line, cell in enumerate(row.cells)
        if cell.is_best
    )
    return Table(
        title,
        (first, "seeds", *(row.title for row in rows)),
        lines,
        best=best,
        note="; ".join(comparison.notes),
    )


def name_of(group: Group) -> str:
    """Its label, and that it has not finished."""
    return f"{group.label}{unfinished(group)}"


def unfinished(group: Group) -> str:
    """What follows a name or value whose numbers are not final: ` (lost)`."""
    states = dict.fromkeys(row.state for row in group.rows)
    return "" if group.is_finished else f" ({', '.join(states)})"


def measured_text(found: Measured, unit: str = "") -> str:
    """`0.9243 ± 0.0009`."""
    spread = "" if found.std is None else f" ± {number_text(found.std, unit)}"
    return number_text(found.value, unit) + spread


def told(group: Group, key: str) -> str:
    """`0.9243 ± 0.0009 over 3 seeds`, or `0.9243 with one seed`."""
    found = group.measured(key)
    if found is None:
        return ABSENT
    seeds = "with one seed" if found.count == 1 else f"over {found.count} seeds"
    return f"{measured_text(found, BY_KEY[key].unit)} {seeds}"


def told_with_test(group: Group, key: str) -> str:
    """The same, and what it comes to on the test images where these have not chosen it."""
    found = group.measured("test_accuracy")
    beside = (
        "" if found is None or key == "test_accuracy" else f" (on the test images {measured_text(found)})"
    )
    return f"{told(group, key)}{beside}"


def ranked(groups: Sequence[Group], key: str) -> list[Group]:
    """Those that have the result, the best first."""
    sign = -1 if BY_KEY[key].better == "max" else 1
    known = [group for group in groups if group.value(key) is not None]
    return sorted(known, key=lambda group: sign * (group.value(key) or 0.0))


def best_sentence(groups: Sequence[Group], key: str) -> str:
    """Which is best, and whether the next one differs by more than the two deviate."""
    order = ranked(groups, key)
    if len(order) < 2:  # noqa: PLR2004 - a choice
        return f"{order[0].label}: {title_of(key)} {told(order[0], key)}." if order else ""
    first, second = order[:2]
    return (
        f"Best by {title_of(key)}: {first.label}, {told_with_test(first, key)}; then {second.label}, "
        f"{told_with_test(second, key)}. {difference(first, second, key)}"
    )


def difference(first: Group, second: Group, key: str) -> str:
    """Whether two differ by more than they deviate."""
    one, two = first.measured(key), second.measured(key)
    if one is None or two is None or one.std is None or two.std is None:
        return "Without several seeds of both it is not known how much of the difference is chance."
    gap, spread = abs(one.value - two.value), (one.std**2 + two.std**2) ** 0.5
    word = "more" if gap > spread else "no more"
    return f"They differ by {gap:.4f}, which is {word} than seeds make them vary ({spread:.4f})."


@dataclass(frozen=True, slots=True)
class Costs:
    """Training times that can be compared: of runs on one machine, with as many threads."""

    place: str  # "" where all runs are of one
    seconds: Mapping[str, Measured]  # by the group's label; groups without a run there are not in it

    @property
    def where(self) -> str:
        """` on Intel Xeon, 2 threads`, to follow a word such as time."""
        return f" on {self.place}" if self.place else ""

    def of(self, group: Group) -> float | None:
        """The mean."""
        found = self.seconds.get(group.label)
        return None if found is None else found.value


def costs_of(groups: Sequence[Group]) -> Costs:
    """Where several machines trained them, the times on the one that trained most of them, then that made most runs."""
    times: dict[str, dict[str, list[float]]] = {}
    for group in groups:
        for row in group.rows:
            if COST in row.results:
                here = times.setdefault(place_of(row.machine), {})
                here.setdefault(group.label, []).append(row.results[COST])
    if not times:
        return Costs("", {})
    chosen = max(times, key=lambda place: (len(times[place]), sum(map(len, times[place].values()))))
    seconds = {label: mean_std(values) for label, values in times[chosen].items()}
    return Costs(chosen if len(times) > 1 else "", seconds)


def place_of(machine: Mapping[str, Any]) -> str:
    """What decides how long a run takes: `Intel(R) Xeon(R) Processor, 2 threads`."""
    names = dict.fromkeys(str(machine[each]) for each in ("device_name", "cpu") if machine.get(each))
    if not names:
        return ""
    count = machine.get("threads")
    return ", ".join([*names, *([f"{count} thread{'s' * (count != 1)}"] if count else [])])


def front_of(groups: Sequence[Group], costs: Costs, key: str) -> list[Group]:
    """Those on the Pareto front of training time and accuracy, the cheapest first."""
    places = front([costs.of(group) for group in groups], [group.value(key) for group in groups])
    return [groups[place] for place in places]


def choice_sentences(groups: Sequence[Group], key: str) -> list[str]:
    """The Pareto front in words, and the cheapest network that is as good as the best by its own deviation."""
    costs = costs_of(groups)
    on_front = front_of(groups, costs, key)
    if len(groups) < 2 or not on_front:  # noqa: PLR2004 - a choice
        return []
    listed = "; ".join(
        f"{group.label} ({duration(costs.of(group) or 0.0)}, {group.value(key):.4f})" for group in on_front
    )
    said = [f"On the Pareto front of training time{costs.where} and {title_of(key)}: {listed}."]
    apart = [group.label for group in groups if costs.place and costs.of(group) is None]
    there = " there" if apart else ""
    if apart:
        said.append(f"Not trained there, and so on no front: {', '.join(apart)}.")
    best = on_front[-1]
    found, cost = best.measured(key), costs.of(best)
    if found is not None and found.std is not None and cost:
        enough = next(group for group in on_front if (group.value(key) or 0.0) >= found.value - found.std)
        share = (costs.of(enough) or 0.0) / cost
        if enough is not best:
            said.append(
                f"The cheapest within one standard deviation of the best{there} ({best.label}) is {enough.label}: "
                f"{enough.value(key):.4f} for {share:.0%} of its training time."
            )
        else:
            said.append(
                f"No cheaper one comes within one standard deviation of the best{there}, {best.label}."
            )
    return said


def band(facts: Facts, group: Group, metric: str, *, label: str = "", dashed: bool = False) -> Curve | None:
    """A metric over epochs: the mean of all runs whose files are here, with their deviation where they are several."""
    found = [each.curves[metric] for each in facts.digests_of(group) if metric in each.curves]
    finite = [_finite(xs, ys) for xs, ys in found]
    # Without those of runs that diverged at once: they hide no other.
    folded = fold_curves([each for each in finite if len(each[0])])
    if folded is None:
        return None
    std = folded.std if folded.count > 1 else None
    return Curve(
        label or group.label, folded.xs, folded.mean, group.look.colour, group.look.marker * (not dashed),
        dashed=dashed, std=None if std is None or dashed else std,
    )  # fmt: skip


def _finite(xs: np.ndarray, ys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kept = np.isfinite(ys)
    return xs[kept], ys[kept]


def curves(facts: Facts, groups: Sequence[Group], metric: str) -> tuple[Curve, ...]:
    """One a group; groups without a curve are left out."""
    found = (band(facts, group, metric) for group in groups)
    return tuple(curve for curve in found if curve is not None)


def label(facts: Facts, groups: Sequence[Group], smoothing: str = NOT_SMOOTHED) -> str:
    """What stands at a chart of these groups."""
    return seeds_label(facts.data.label, [seed for group in groups for seed in group.seeds], smoothing)


def ids(groups: Sequence[Group]) -> tuple[str, ...]:
    """Of all runs behind them."""
    return tuple(run_id for group in groups for run_id in group.run_ids)


def drawn_ids(facts: Facts, groups: Sequence[Group]) -> tuple[str, ...]:
    """Of those whose files are here."""
    return tuple(run_id for run_id in ids(groups) if run_id in facts.digests)
