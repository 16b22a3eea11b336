"""An experiment: what it is, its layers, what is special about it, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from fashiontui.config.problems import printable
from fashiontui.errors import ConfigError
from fashiontui.runs.registry.entry import Entry
from fashiontui.tui.cards.run import error_lines
from fashiontui.tui.lines import EMPTY, Line, beside, cells, line, table, wrapped
from fashiontui.tui.outline import Member
from fashiontui.tui.summaries import Summary
from fashiontui.tui.words import ABSENT, TONES, count, large, roughly, score, setting, short_id, span

if TYPE_CHECKING:
    from fashiontui.config.architecture import Architecture
    from fashiontui.config.spec import ExperimentSpec

TWO_COLUMNS: Final = 64  # from this width on, settings stand beside the layers
GAP: Final = 4


def experiment_lines(
    member: Member,
    summary: Summary,
    defaults: ExperimentSpec | None,
    *,
    now: float,
    width: int,
) -> list[Line]:
    """All that is to be said of an experiment."""
    spec = member.spec
    if spec is None:
        gone = line(
            "The experiments file has no such experiment (any more); its runs are still here.", "muted"
        )
        return [gone, EMPTY, *result_lines(summary, now, width)]
    network = network_of(spec)
    differs = [line("differs from the defaults", "muted"), *difference_lines(spec, defaults)]
    results = result_lines(summary, now, width)
    layers = layer_lines(network) if network else []
    head = [*wrapped(printable(spec.description), width), *_size_lines(spec, network, summary, width), EMPTY]
    if width < TWO_COLUMNS or not layers:
        blocks = [results, differs, layers]
        return head + [part for block in blocks if block for part in (*block, EMPTY)]
    left = max(map(cells, layers))
    return [*head, *results, EMPTY, *beside(layers, differs, left, GAP)]


def network_of(spec: ExperimentSpec) -> Architecture | None:
    """The layers, where they are known before images are loaded."""
    from fashiontui.config.architecture import architecture  # noqa: PLC0415 - pydantic: not before the first paint
    from fashiontui.config.spec import DATASETS  # noqa: PLC0415 - as above

    try:
        return architecture(spec.model) if spec.dataset.name in DATASETS else None
    except ConfigError:
        return None


def _size_lines(
    spec: ExperimentSpec, network: Architecture | None, summary: Summary, width: int
) -> list[Line]:
    known = next((run.facts for run in summary.runs if run.facts.get("parameters")), {})
    parameters = network.parameters if network else known.get("parameters")
    products = network.multiply_adds if network else known.get("multiply_adds")
    words = (
        f"   {count(parameters, 'parameter')}   {large(products)} multiply-adds an image"
        if parameters
        else ""
    )
    return wrapped(f"{spec.model.kind}{words}", width)


def layer_lines(network: Architecture) -> list[Line]:
    """A line a layer: its name, the shape it gives, and how many numbers it learns."""
    rows = [
        (
            layer.name,
            "×".join(map(str, layer.output)),
            f"{layer.parameters:,}" if layer.parameters else ABSENT,
        )
        for layer in network.layers
        if layer.kind not in ("flatten", "activation", "dropout", "channel_dropout", "pad")
    ]
    return table(("layer", "output", "parameters"), rows, right=(2,))


def difference_lines(spec: ExperimentSpec, defaults: ExperimentSpec | None) -> list[Line]:
    """Key paths and values of what is not as in the file's defaults."""
    from fashiontui.config.settings import differences  # noqa: PLC0415 - pydantic: not before the first paint

    settings = differences(spec, defaults) if defaults is not None else {}
    if not settings:
        return [line("nothing")]
    width = max(map(len, settings))
    return [
        ((f"{printable(path):{width}}  ", "plain"), (setting(value), "strong"))
        for path, value in settings.items()
    ]


def result_lines(summary: Summary, now: float, width: int) -> list[Line]:
    """The best and the latest, the mean over seeds, how many runs there are, and why the newest came to nothing if so.

    Where settings differ, the best is one of those that have the file's.
    """
    lines: list[Line] = []
    if summary.best is not None:
        lines.append((("best    ", "muted"), *_result(summary.best, now)))
    if summary.latest is not None:
        lines.append((("latest  ", "muted"), *_result(summary.latest, now)))
    if summary.best is not None and summary.latest is not None and _looks_worse(summary.best, summary.latest):
        lines.append(line("        best by its validation accuracy, not by the test images", "muted"))
    if summary.spread is not None:
        spread = summary.spread
        mean = f"{spread.mean:.4f} ± {spread.deviation:.4f}"
        lines.append((("mean    ", "muted"), (mean, "strong"), (f" test over {spread.seeds} seeds", "plain")))
    others = _other_runs(summary.runs)
    if others:
        lines.append((("runs    ", "muted"), (others, "plain")))
        lines += _trouble(summary.newest, now, width)
    return lines or [line("not run yet", "muted")]


def _looks_worse(best: Entry, latest: Entry) -> bool:
    """Whether one might take it for a mistake that the best is called so."""
    mine, other = best.facts.get("test_accuracy"), latest.facts.get("test_accuracy")
    return mine is not None and other is not None and float(mine) < float(other)


def _trouble(newest: Entry, now: float, width: int) -> list[Line]:
    """`newest  failed  k3f  2h ago`, and why; nothing where nothing is wrong with it."""
    error = error_lines(newest, width)
    words = f"  {short_id(newest.run_id)}  {roughly(now - newest.created)} ago"
    head: Line = (("newest  ", "muted"), (newest.state.value, TONES[newest.state]), (words, "plain"))
    return [head, EMPTY, *error] if error else []


def _result(run: Entry, now: float) -> Line:
    """`0.9257 test  epoch 31  9m 02s  k3f  2h ago`."""
    facts = run.facts
    data = "  SYNTHETIC data" if run.is_synthetic else ""
    epoch = facts.get("best_epoch")
    words = [
        ABSENT if epoch is None else f"epoch {epoch}",
        span(facts.get("train_seconds")),
        short_id(run.run_id),
        f"{roughly(now - run.created)} ago",
    ]
    about = f" test  {'  '.join(words)}"
    return (score(facts.get("test_accuracy")), "strong"), (about, "plain"), (data, "warning")


def _other_runs(runs: Sequence[Entry]) -> str:
    """`3 finished, 1 running`."""
    states = [run.state.value for run in runs]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
