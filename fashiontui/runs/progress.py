"""progress.json: where a live run is now. Replaced whole, at most four times a second."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from fashiontui.runs import atomic


class Progress(BaseModel):
    """A glance at a live run. Metrics are None until first measured. Times in seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    phase: str = "loading"  # loading, training, evaluating, testing, done, stopped, failed
    step: int = 0
    steps: int = 0
    epoch: int = 0  # the one in progress, from 1
    epochs: int = 0
    samples_per_second: float | None = None
    eta_seconds: float | None = None
    train_seconds: float = 0.0
    batch_loss: float | None = None
    train_loss: float | None = None
    train_accuracy: float | None = None
    valid_loss: float | None = None
    valid_accuracy: float | None = None
    best_valid_accuracy: float | None = None
    best_epoch: int | None = None
    updated: float = 0.0  # Unix time

    def save(self, path: Path) -> None:
        """Replace the file."""
        atomic.write_text(path, self.model_dump_json(), durable=False)

    @classmethod
    def load(cls, path: Path) -> Progress | None:
        """Read the file; None where there is none yet, or none that can be read."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None
