"""run.json: enough to know a run, and to repeat it elsewhere."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticSerializationError

from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import RunError
from fashiontui.runs import atomic
from fashiontui.runs.state import RunState

SCHEMA: Final = 1


class Kept(BaseModel):
    """Frozen like all our data, but keys of a newer version are kept, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Request(Kept):
    """What was asked of the worker besides the spec."""

    device: str = "auto"
    threads: int | None = Field(None, description="CPU threads; None: what PyTorch takes by itself")
    data_dirs: tuple[str, ...] = Field((), description="folders to look for data in, in order")
    import_dirs: tuple[str, ...] = Field(
        (), description="folders custom networks and datasets are imported from"
    )


class DatasetFacts(Kept):
    """The data a run was made with."""

    name: str
    synthetic: bool
    source: str
    fingerprint: str = Field(description="sha256 over all images and labels used")
    classes: tuple[str, ...]
    train_size: int
    valid_size: int
    test_size: int


class LayerFacts(Kept):
    """One line of the layer table."""

    name: str
    kind: str
    output: tuple[int, ...] = Field(description="shape for one image, channels first")
    parameters: int
    multiply_adds: int = Field(description="for one image, forward")


class ModelFacts(Kept):
    """What the network is made of."""

    parameters: int
    multiply_adds: int
    layers: tuple[LayerFacts, ...]
    source: str = ""  # of a network of one's own, a hash of the file that builds it; see `model_source`

    @property
    def before_batch_norm(self) -> frozenset[str]:
        """Names of the layers that batch norm follows, at once or behind a max pooling: it takes their bias away."""
        kinds = [layer.kind.lower().replace("_", "").replace(" ", "") for layer in self.layers]
        found = {at - 1 for at, kind in enumerate(kinds) if at and kind.startswith("batchnorm")}
        found |= {at - 1 for at in found if at and kinds[at].startswith("maxpool")}
        return frozenset(self.layers[at].name for at in found)


class Attempt(Kept):
    """One start of a worker on this run."""

    started: datetime
    device: str
    device_name: str
    threads: int
    pid: int
    from_step: int = 0
    ended: datetime | None = None
    train_seconds: float = Field(0.0, description="training steps alone; of one that was killed, 0")


def _nan_of_null(value: Any) -> Any:
    return math.nan if value is None else value


Loss = Annotated[float, BeforeValidator(_nan_of_null)]
"""One that is no number is null in JSON, and was written so before runs failed by it."""


class Result(Kept):
    """What a finished run is judged by. Test values are of the model best on validation, measured once."""

    test_accuracy: float
    test_loss: Loss
    valid_accuracy: float
    valid_loss: Loss
    train_accuracy: float = Field(
        description="of the best model, on a fixed sample of training images, no augmentation"
    )
    train_loss: Loss
    generalisation_gap: float = Field(description="train_accuracy - valid_accuracy of the best model")
    best_epoch: int
    last_valid_accuracy: float
    last_valid_loss: Loss
    epochs: int = Field(description="epochs trained, fewer than asked when stopped early")
    steps: int
    train_seconds: float = Field(description="training steps alone, without evaluation and logging")
    total_seconds: float = Field(description="from the worker's start, all attempts")
    samples_per_second: float
    weights_sha256: str = Field(description="of the last weights; equal runs have equal hashes")


class MetricSummary(Kept):
    """What a metric's curve comes to. NaN and infinities are never best; None: nothing finite was measured."""

    last: float | None = None
    best: float | None = Field(None, description="in the metric's own direction; of equals the first")
    best_epoch: int | None = None
    min: float | None = None
    max: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return self.model_dump()


class Failure(Kept):
    """Why a run failed, in words for a person."""

    kind: str
    message: str
    hint: str = ""
    exit_code: int = 1


class RunRecord(Kept):
    """All of run.json."""

    schema_version: Literal[1] = SCHEMA
    run_id: str
    experiment: str
    base: str = Field(description="the experiment in experiments.toml it derives from")
    study: str | None = None
    variant: dict[str, Any] = Field(
        default_factory=dict, description="key path = value, where it differs from base"
    )
    created: datetime
    state: RunState = RunState.QUEUED
    state_since: datetime
    spec: ExperimentSpec
    request: Request = Field(default_factory=Request)
    environment: dict[str, Any] = Field(default_factory=dict)
    dataset: DatasetFacts | None = None
    model: ModelFacts | None = None
    attempts: tuple[Attempt, ...] = ()
    result: Result | None = None
    metrics: dict[str, MetricSummary] = Field(
        default_factory=dict, description="by name, of a run that has ended: train_loss, valid_accuracy, …"
    )
    failure: Failure | None = None

    @property
    def source(self) -> str:
        """Of the file that built a network of one's own; "" before it was built, and for networks of ours."""
        return "" if self.model is None else self.model.source

    def in_state(self, state: RunState, now: datetime | None = None, **changes: Any) -> RunRecord:
        """Give this record moved to `state` now, with other fields replaced."""
        now = now or datetime.now(UTC)
        return self.model_copy(update={"state": state, "state_since": now, **changes})

    def save(self, path: Path) -> None:
        """Write run.json, whole or not at all; RunError where a path in it is not UTF-8, and JSON can't tell it."""
        try:
            text = self.model_dump_json(indent=2)
        except PydanticSerializationError as error:
            raise RunError(
                f"{path} can't be written: {self._not_utf8()} is not UTF-8",
                "Rename it, or use another folder.",
            ) from error
        atomic.write_text(path, text + "\n")

    def _not_utf8(self) -> str:
        named = (*self.request.data_dirs, *self.request.import_dirs, self.spec.dataset.dir or "")
        odd = (name for name in named if name.encode(errors="ignore").decode() != name)
        return next((f"the path {name!r}" for name in odd), "some name in it")

    @classmethod
    def load(cls, path: Path) -> RunRecord:
        """Read a run.json; RunError says what is wrong with it."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise RunError(f"{path}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise RunError(
                f"{path} is not a run record: {f'{where}: ' if where else ''}{first['msg']}",
                "It may come from a newer fashiontui, or have been edited.",
            ) from error
