"""What was said on the command line, as values: typer has no part in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fashiontui.errors import UsageError


@dataclass(frozen=True, slots=True)
class Places:
    """What was said on the command line about where things are."""

    config: Path | None = None
    logs: Path | None = None

    def or_else(self, other: Places) -> Places:
        """These, filled up from others."""
        return Places(self.config or other.config, self.logs or other.logs)

    def expanded(self) -> Places:
        """Shells leave the `~` of `--logs=~/x` to us."""
        return Places(*(path and expanded(path) for path in (self.config, self.logs)))


def expanded(path: Path) -> Path:
    """A path that may begin with `~` or `~name`; UsageError where nobody's home is meant by that."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{path}: whose home {path.parts[0]} is can't be found out", "Write the path in full."
        ) from error


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What was said on the command line; None where nothing was."""

    names: tuple[str, ...] = ()
    device: str | None = None
    settings: tuple[str, ...] = ()
    epochs: int | None = None
    seed: int | None = None
    seeds: int | None = None
    dataset: str | None = None
    data_dir: Path | None = None
    threads: int | None = None
    assertions: tuple[str, ...] = ()
    resume: str | None = None
    detach: bool = False
    missing: bool = False
    missing_from: tuple[Path, ...] = ()  # implies `missing`
    as_json: bool = False
