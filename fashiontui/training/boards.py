"""What TensorBoard shows besides curves: the config as text, hparams, chart layout, the graph."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn
from torch.utils.tensorboard import summary as plugins

from fashiontui.config.settings import flatten
from fashiontui.runs.record import RunRecord
from fashiontui.training.event_writer import EventWriter
from fashiontui.training.job import say
from fashiontui.training.passes import evaluating

CHARTS = {
    "learning": {
        "loss": ["loss/train", "loss/valid"],
        "accuracy": ["accuracy/train", "accuracy/valid"],
        "generalisation gap": ["gap/accuracy"],
        "validation accuracy by class": [r"class_accuracy/.*"],
        "running training loss": ["loss/batch"],
    },
    "layers": {
        "norm": [r"layer_norm/.*"],
        "gradient norm": [r"layer_gradient_norm/.*"],
        "update to weight ratio": [r"layer_update_ratio/.*"],
        "distance from initialisation": [r"layer_distance_from_init/.*"],
        "dead units": [r"layer_dead_units/.*"],
    },
}
METRICS = ("accuracy/test", "accuracy/valid", "loss/test", "loss/valid")


def write_boards(writer: EventWriter, record: RunRecord) -> None:
    """Everything that is known before the first step."""
    writer.add_text(0, "config", config_text(record))
    writer.add_summary(plugins.custom_scalars(_layout()))  # type: ignore[no-untyped-call]
    experiment, start, _ = _hparams(record)
    writer.add_summary(experiment)
    writer.add_summary(start)
    writer.flush()


def write_end(writer: EventWriter, record: RunRecord) -> None:
    """Tell the hparams tab that the run is complete."""
    writer.add_summary(_hparams(record)[2])
    writer.flush()


def _hparams(record: RunRecord) -> tuple[Any, Any, Any]:
    settings = {key: _plain(value) for key, value in flatten(record.spec).items() if value is not None}
    return plugins.hparams(settings, dict.fromkeys(METRICS, 0.0))  # type: ignore[no-untyped-call,no-any-return]


def config_text(record: RunRecord) -> str:
    """The resolved config as a Markdown table."""
    lines = [
        f"**{record.experiment}** {record.spec.description}",
        "",
        *(f"{key}: `{value}`  " for key, value in record.variant.items()),
        "",
        "| setting | value |",
        "|---|---|",
        *(f"| {key} | `{value}` |" for key, value in flatten(record.spec).items()),
    ]
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _layout() -> dict[str, dict[str, list[Any]]]:
    return {
        category: {name: ["Multiline", [f"^{tag}$" for tag in tags]] for name, tags in charts.items()}
        for category, charts in CHARTS.items()
    }


def write_graph(writer: EventWriter, model: nn.Module, example: torch.Tensor) -> None:
    """The computation graph, by PyTorch's own converter; a network that can't be traced goes without."""
    from torch.utils.tensorboard._pytorch_graph import graph  # noqa: PLC0415 - slow, and needed once a run

    try:
        with evaluating(model), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tracing is deprecated, but the only way to TensorBoard's graph
            definition, _ = graph(model, (example,))  # type: ignore[no-untyped-call]
        writer.add_graph(definition.SerializeToString())
    except Exception as error:  # noqa: BLE001 - a picture must not cost a run
        say(f"no graph for TensorBoard: {(str(error).splitlines() or [type(error).__name__])[0]}")
