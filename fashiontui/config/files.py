"""Where experiments files are. Costs nothing to import, unlike reading one."""

from __future__ import annotations

from pathlib import Path

from fashiontui.errors import ConfigError

FILE_NAME = "experiments.toml"


def find_config(start: Path) -> Path | None:
    """The experiments.toml in `start` or the nearest folder above it."""
    folder = start.absolute()
    return next(
        (path for parent in (folder, *folder.parents) if (path := parent / FILE_NAME).is_file()), None
    )


def no_such_file(path: Path) -> ConfigError:
    """What is said of an experiments file that is not there."""
    return ConfigError(
        f"there is no experiments file {path}",
        hint="Name one with --config FILE. Without it, the nearest experiments.toml in this folder or above "
        "is taken, else the one that comes with fashiontui.",
    )


def shipped_config() -> Path:
    """The experiments.toml that comes with fashiontui."""
    return Path(__file__).with_name(FILE_NAME)
