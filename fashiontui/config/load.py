"""experiments.toml → specs, or every mistake in it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fashiontui.config.files import no_such_file
from fashiontui.config.lines import key_lines, line_of
from fashiontui.config.reader import Reader
from fashiontui.config.spec import ExperimentSpec, StudySpec
from fashiontui.errors import ConfigError

TOML_PLACE = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Config:
    """A file without mistakes: every experiment with all defaults filled in, in the file's order."""

    path: Path
    defaults: ExperimentSpec
    experiments: Mapping[str, ExperimentSpec]
    studies: Mapping[str, StudySpec]
    devices: Mapping[str, int]  # how many runs each takes at once; empty where the file does not say


def load_config(path: Path) -> Config:
    """Read and check a whole file; ConfigError lists every mistake with its line."""
    text = _read(path)
    reader = Reader(_parse(path, text), key_lines(text))
    if reader.problems:
        count = "1 mistake" if len(reader.problems) == 1 else f"{len(reader.problems)} mistakes"
        line = min((problem.line for problem in reader.problems if problem.line is not None), default=None)
        raise ConfigError(f"{path} has {count}:", [str(problem) for problem in reader.problems], line=line)
    return Config(
        path,
        reader.defaults,
        MappingProxyType(reader.experiments),
        MappingProxyType(reader.studies),
        MappingProxyType(reader.devices),
    )


def line_to_look_at(path: Path, where: str) -> int | None:
    """The line of the file's first mistake; where it has none, of the key path, or of what is nearest around it."""
    try:
        load_config(path)
        return line_of(key_lines(_read(path)), where)
    except ConfigError as error:
        return error.line


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise no_such_file(path) from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path} is not UTF-8 text", [f"line {line}: {error.reason}"], line=line) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told, line = _told(str(error), text)
        raise ConfigError(f"{path} is not TOML:", [told], line=line) from error


def _told(error: str, text: str) -> tuple[str, int | None]:
    """The message of `tomllib` with the place first, and its line."""
    match = TOML_PLACE.match(error)
    if match is None:
        return error, None
    line = int(match["line"] or text.count("\n") + 1)
    column = f", column {match['column']}" if match["column"] else ""
    what = match["what"].replace("Cannot overwrite a value", "this key is there already")
    return f"line {line}{column}: {what}", line
