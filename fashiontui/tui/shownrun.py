"""A run as the run screen shows it, and what is plain to say about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from fashiontui.analysis.overfitting import Overfitting, overfitting
from fashiontui.runs.metrics import EPOCHS
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.runview import RunView

if TYPE_CHECKING:
    from fashiontui.runs.record import RunRecord
    from fashiontui.runs.registry.entry import Entry

MOST_POINTS: Final = 20_000  # of a curve that is looked at for overfitting: epochs, not steps
LEARNING_RATE: Final = "optimizer/learning_rate"


@dataclass(frozen=True, slots=True, eq=False)
class ShownRun:
    """One run at one moment: what the registry, its record and its event files say."""

    key: str
    root: Path
    entry: Entry | None = None
    record: RunRecord | None = None  # None: not read yet, or another program's run
    view: RunView = field(default_factory=RunView)
    problem: str = ""  # why something of it can't be read

    @property
    def is_live(self) -> bool:
        """Whether a worker has it."""
        return self.entry is not None and self.entry.state.is_live

    @property
    def may_get_on(self) -> bool:
        """Whether there may be more of it to come: it has not ended, or others write it."""
        return self.entry is None or self.is_foreign or not self.entry.state.is_ended

    @property
    def is_foreign(self) -> bool:
        """Whether another program wrote it."""
        return self.entry is not None and bool(self.entry.facts.get(FOREIGN))

    @property
    def is_synthetic(self) -> bool:
        """Whether its images were drawn by code."""
        return self.entry is not None and self.entry.is_synthetic

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; none where they are not known."""
        dataset = self.record.dataset if self.record is not None else None
        return dataset.classes if dataset is not None else ()

    @property
    def has_layers(self) -> bool:
        """Whether statistics of layers were logged."""
        return any(tag.startswith("layer_") for tag in self.view.scalars)

    @property
    def epochs(self) -> ScalarSeries | None:
        """At the step of each epoch's end, its number."""
        return self.view.scalars.get(EPOCHS)

    def epoch_at(self, step: int) -> int | None:
        """The epoch that ended at a step, or the next that did, 0 before training; None where epochs are not known."""
        epochs = self.epochs
        if epochs is None or not len(epochs):
            return None
        if step < min(1, int(epochs.steps[0])):
            return 0
        place = min(int(np.searchsorted(epochs.steps, step)), len(epochs) - 1)
        value = float(epochs.values[place])
        return round(value) if np.isfinite(value) else None

    def when(self, step: int) -> str:
        """`epoch 12`, or `step 6000` where epochs are not known."""
        epoch = self.epoch_at(step)
        return f"step {step:,}" if epoch is None else f"epoch {epoch}"

    @property
    def before_batch_norm(self) -> frozenset[str]:
        """Names of the layers that batch norm follows."""
        model = self.record.model if self.record is not None else None
        return model.before_batch_norm if model is not None else frozenset()


@dataclass(frozen=True, slots=True)
class LossTags:
    """Which curves of a run are its loss and accuracy, in training and on held out images; "" where there is none."""

    train_loss: str = ""
    valid_loss: str = ""
    train_accuracy: str = ""
    valid_accuracy: str = ""

    @property
    def loss(self) -> tuple[str, ...]:
        """Those there are."""
        return tuple(tag for tag in (self.train_loss, self.valid_loss) if tag)

    @property
    def accuracy(self) -> tuple[str, ...]:
        """Those there are."""
        return tuple(tag for tag in (self.train_accuracy, self.valid_accuracy) if tag)


OURS: Final = LossTags("loss/train", "loss/valid", "accuracy/train", "accuracy/valid")
OVER_BATCHES: Final = "_vs_iterations"  # Keras writes a curve of epochs once more, over batches
HELD_OUT: Final = ("val", "test", "dev", "eval", "held")


def loss_tags(scalars: Mapping[str, ScalarSeries]) -> LossTags:
    """Ours; else the tags that others would call so: `train_loss`, `val_acc`, `epoch_loss`, `Loss/test`, …

    Where several would do, the one logged most seldom: by epoch rather than by step; of equals the shorter name.
    """
    if OURS.train_loss in scalars or OURS.valid_loss in scalars:
        ours = (OURS.train_loss, OURS.valid_loss, OURS.train_accuracy, OURS.valid_accuracy)
        return LossTags(*(tag if tag in scalars else "" for tag in ours))
    found = {
        (word, held_out): _plainest(scalars, word, held_out=held_out)
        for word in ("loss", "acc")
        for held_out in (False, True)
    }
    return LossTags(found["loss", False], found["loss", True], found["acc", False], found["acc", True])


def is_held_out(tag: str) -> bool:
    """Whether a curve is of images the network is not trained on, as far as its name tells."""
    return any(sign in tag.lower() for sign in HELD_OUT)


def _plainest(scalars: Mapping[str, ScalarSeries], word: str, *, held_out: bool) -> str:
    fitting = [
        tag
        for tag in scalars
        if word in tag.lower() and not tag.endswith(OVER_BATCHES) and is_held_out(tag) is held_out
    ]
    several = [tag for tag in fitting if len(scalars[tag]) > 1] or fitting
    return min(several, key=lambda tag: (len(scalars[tag]), len(tag), tag), default="")


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should know of a run."""

    kind: str  # "nan", "overfitting", "damage": the same alert again has the same kind
    words: str


def alerts_of(run: ShownRun) -> tuple[Alert, ...]:
    """What is odd about a run, the worst first."""
    alerts = [alert for alert in (_nan_alert(run), overfitting_alert(run)) if alert is not None]
    if run.view.damaged_bytes:
        alerts.append(
            Alert("damage", f"{run.view.damaged_bytes:,} damaged bytes of its event files were skipped")
        )
    return tuple(alerts)


def _nan_alert(run: ShownRun) -> Alert | None:
    """The earliest value of any loss that is not finite."""
    found: list[tuple[int, str, float]] = []
    for tag, series in run.view.scalars.items():
        if "loss" in tag.lower() and len(series) and not np.isfinite(series.values[-1]):
            first = int(np.flatnonzero(~np.isfinite(series.values))[0])
            found.append((int(series.steps[first]), tag, float(series.values[first])))
    if not found:
        return None
    step, tag, value = min(found)
    return Alert("nan", f"{tag} became {value} at {run.when(step)}")


def overfitting_of(run: ShownRun, tags: LossTags) -> Overfitting | None:
    """Where overfitting set in, by epoch, or by step where epochs are not known."""
    train, valid = (run.view.scalars.get(tag) for tag in (tags.train_loss, tags.valid_loss))
    if train is None or valid is None or max(len(train), len(valid)) > MOST_POINTS:
        return None
    steps, places, others = np.intersect1d(train.steps, valid.steps, return_indices=True)
    xs = [run.epoch_at(step) or step for step in steps.tolist()] if run.epochs is not None else steps
    return overfitting(np.asarray(xs, dtype=np.float64), train.values[places], valid.values[others])


def overfitting_alert(run: ShownRun) -> Alert | None:
    """Since when it overfits, and how much."""
    found = overfitting_of(run, loss_tags(run.view.scalars))
    if found is None:
        return None
    when = f"epoch {found.since:.0f}" if run.epochs is not None else f"step {found.since:,.0f}"
    return Alert(
        "overfitting",
        f"overfitting since {when}: valid loss {found.rise:+.0%}, train loss {-found.fall:+.0%}",
    )
