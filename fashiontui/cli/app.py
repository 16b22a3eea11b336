"""`fashiontui` without a command: the app, on this terminal. The environment is read here and nowhere below."""

from __future__ import annotations

import locale
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fashiontui.cli.choices import Places
from fashiontui.cli.data import cache_folder
from fashiontui.cli.places import data_candidates, logs_folder, project_folder, want_folder
from fashiontui.config.files import FILE_NAME, find_config, shipped_config
from fashiontui.config.problems import printable
from fashiontui.errors import ConfigError, UsageError
from fashiontui.runs.state import RunState
from fashiontui.tui.options import AppOptions, Charset

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SETTINGS: Final = "settings.toml"
PROJECTIONS: Final = "projections"  # below the user's cache


@dataclass(frozen=True, slots=True)
class AppChoices:
    """What was said on the command line of how the app is to be."""

    read_only: bool = False
    mouse: bool = True
    low_bandwidth: bool = False
    ascii_only: bool = False
    theme: str | None = None


def run_app(places: Places, choices: AppChoices | None = None, open_runs: Sequence[str] = ()) -> int:
    """Show the app until the user leaves; the exit code."""
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "this terminal can't show the app: TERM is dumb", "`fashiontui --help` lists commands."
        )
    choices = choices or AppChoices()
    options = app_options(places, choices, open_runs)
    from fashiontui.tui import calm  # noqa: PLC0415 - what is wrong with options is said without Textual

    calm.begin()
    from fashiontui.tui.app import FashionApp  # noqa: PLC0415 - as above

    app = FashionApp(options)
    app.run(mouse=choices.mouse)
    _say_what_goes_on(app)
    return app.return_code or 0


def app_options(places: Places, choices: AppChoices, open_runs: Sequence[str] = ()) -> AppOptions:
    """All that the app is to know of the command line and the environment."""
    want_folder(places.logs)
    found = places.config or find_config(Path.cwd())
    config = (found or Path.cwd() / FILE_NAME).absolute()
    project = project_folder(config)
    settings = user_settings()

    def data_folders(configured: str | None) -> Sequence[Path]:
        return data_candidates(None, configured, project)

    return AppOptions(
        logs=logs_folder(places, config),
        config=config,
        project=project,
        fallback_config=None if found else shipped_config(),
        read_only=choices.read_only,
        low_bandwidth=choices.low_bandwidth,
        charset=charset(choices.ascii_only),
        theme=choices.theme or _text(settings.get("theme")),
        open_runs=tuple(open_runs),
        editor=tuple(shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")),
        keys=own_keys(settings.get("keys", {})),
        data_folders=data_folders,
        cache=cache_folder() / PROJECTIONS,
        host=platform.node() or "this-machine",
        argv=tuple(sys.argv),
        owns_process=True,
    )


def charset(ascii_only: bool) -> Charset:
    """What the terminal can show: no Unicode without a UTF-8 locale, no braille on the Linux console."""
    if ascii_only or "utf" not in locale.getpreferredencoding().lower():
        return "ascii"
    return "block" if os.environ.get("TERM") == "linux" else "braille"


def user_settings() -> dict[str, Any]:
    """The user's own settings.toml; ConfigError where it is none."""
    from platformdirs import user_config_path  # noqa: PLC0415 - only the app needs it

    path = user_config_path("fashiontui", appauthor=False) / SETTINGS
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    import tomllib  # noqa: PLC0415 - not before the first paint where there is nothing to read

    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"{path} is not TOML:", [printable(str(error))]) from error


def own_keys(table: object) -> Mapping[str, str]:
    """Keys by binding id; a table in it is a prefix: `[keys.chart]` has `log = "ctrl+l"`."""
    if not isinstance(table, dict):
        raise ConfigError(f"{SETTINGS}: keys must be a table, such as [keys]")
    keys: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            keys |= {f"{name}.{rest}": text for rest, text in own_keys(value).items()}
        elif isinstance(value, str) and value.strip():
            keys[name] = value
        else:
            raise ConfigError(
                f"{SETTINGS}: keys.{printable(name)}: must be a text such as `ctrl+r` or `f5,r`"
            )
    return keys


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _say_what_goes_on(app: FashionApp) -> None:
    """Runs outlive the app: say how many there are."""
    live = sum(entry.state.is_live for entry in app.snapshot.entries)
    waiting = sum(entry.state is RunState.QUEUED for entry in app.snapshot.entries)
    words = [f"{live} {'run goes' if live == 1 else 'runs go'} on"] * bool(live)
    words += [f"{waiting} {'waits' if waiting == 1 else 'wait'}"] * bool(waiting)
    if words:
        sys.stderr.write(
            f"{', '.join(words)}; `fashiontui` comes back to {'it' if live + waiting == 1 else 'them'}\n"
        )
