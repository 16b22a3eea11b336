"""Where a command finds its config, its runs and its data. The environment is read here and nowhere below."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fashiontui.cli.choices import Places, expanded
from fashiontui.cli.data import candidate_folders
from fashiontui.config.files import find_config, no_such_file, shipped_config
from fashiontui.config.problems import nearest, printable
from fashiontui.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from fashiontui.config.load import Config


def config_path(given: Path | None) -> Path:
    """The file given, else the nearest one from here upwards, else the one that comes with the program.

    ConfigError where the one given is not there: also where nothing of it is read, it says where the runs are.
    """
    if given is not None and not given.exists():
        raise no_such_file(given)
    return given or find_config(Path.cwd()) or shipped_config()


def project_folder(config: Path) -> Path:
    """Where a config's runs and modules are: beside it; here, for the config that comes with the program."""
    return Path.cwd() if config == shipped_config() else config.absolute().parent


def logs_folder(places: Places, config: Path) -> Path:
    """The folder given, else logs/ beside the config."""
    return (places.logs or project_folder(config) / "logs").absolute()


def logs_of(places: Places) -> Path:
    """The logs folder of a command that reads no config, and makes no folder."""
    want_folder(places.logs)
    return logs_folder(places, config_path(places.config))


def want_folder(logs: Path | None) -> None:
    """UsageError where a folder was given and is none: it is more often misspelt than meant to be new."""
    if logs is None or logs.is_dir():
        return
    name = printable(str(logs))
    if logs.exists():
        raise UsageError(f"--logs: {name} is a file, not a folder", "Name the folder it is in.")
    near = nearest(logs.name, [path.name for path in logs.absolute().parent.glob("*") if path.is_dir()])
    hint = f"Did you mean {printable(str(logs.with_name(near)))}?" if near else ""
    raise UsageError(
        f"--logs: there is no folder {name}", hint or f"`fashiontui run NAME --logs {name}` makes it."
    )


def loaded_config(places: Places) -> Config:
    """The config of a command; says where it comes from if that is not plain."""
    from fashiontui.config.load import load_config  # noqa: PLC0415 - pydantic: the app's first paint does without

    path = config_path(places.config)
    if path == shipped_config():
        sys.stderr.write("no experiments.toml here or above: using the one that comes with fashiontui\n")
    return load_config(path)


def data_candidates(given: Path | None, configured: str | None, project: Path) -> tuple[Path, ...]:
    """Folders to look for a dataset in, in order. One given on the command line is the only one.

    `configured` is the config's `dataset.dir`, relative to the `project` folder.
    """
    if given is not None:
        return (expanded(given).absolute(),)
    config_dir = None if configured is None else project / expanded(Path(configured))
    return tuple(folder.absolute() for folder in candidate_folders(None, os.environ, config_dir))


def usual_data_candidates(given: Path | None, places: Places) -> tuple[Path, ...]:
    """Where data are looked for when no experiment is named; a config with mistakes is passed over."""
    from fashiontui.config.load import load_config  # noqa: PLC0415 - as above

    path = config_path(places.config)
    try:
        configured = load_config(path).defaults.dataset.dir
    except ConfigError:
        if places.config is not None:
            raise
        configured = None
    return data_candidates(given, configured, project_folder(path))


def run_or_path(text: str, places: Places) -> Path:
    """A path that exists, else the folder of a run; RunNotFoundError where it is neither, or nothing at all."""
    if text and Path(text).exists():
        return Path(text)
    from fashiontui.runs.find import find_run  # noqa: PLC0415 - as above

    return find_run(logs_of(places), text).root
