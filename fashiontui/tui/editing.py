"""The experiments file in the user's own editor."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

USUAL: Final = ("nano", "vim", "vi")
PLUS: Final = frozenset(
    [
        "vi",
        "vim",
        "nvim",
        "ex",
        "view",
        "nano",
        "pico",
        "emacs",
        "emacsclient",
        "mg",
        "micro",
        "joe",
        "kak",
        "ne",
        "mcedit",
    ]
)  # editors that take `+12 FILE` for its line 12
COLON: Final = frozenset({"hx", "helix", "subl", "zed"})  # that take `FILE:12`
GOTO: Final = frozenset({"code", "code-insiders", "codium", "cursor"})  # that take `--goto FILE:12`


def edit_config(app: FashionApp, where: str) -> None:
    """Edit the project's experiments file; where it has none, a copy of the one that is read instead.

    An editor known to us opens it at its first mistake, or at the key path `where`.
    """
    own, fallback = app.options.config, app.options.fallback_config
    if not own.exists() and fallback is not None:
        try:
            shutil.copyfile(fallback, own)
        except OSError as error:
            app.say(f"{own}: {error.strerror}", "error")
            return
        app.say(f"made {own}, a copy of the one that comes with fashiontui")
    from fashiontui.config.load import line_to_look_at  # noqa: PLC0415 - pydantic: not before the first paint

    _edit(app, own, app.options.editor, line_to_look_at(own, where))


def _edit(app: FashionApp, path: Path, command: Sequence[str], line: int | None) -> None:
    """Give the terminal to an editor until it ends."""
    editor = list(command) or _usual()
    if not editor:
        app.say("no editor found: set $EDITOR", "error")
        return
    problem = ""
    try:
        with app.suspend():  # what is raised in here would leave the terminal with nobody
            problem = _wait([*editor, *at_line(editor[0], str(path), line)])
    except SuspendNotSupported:
        problem = "this terminal can't be given to an editor"
    if problem:
        app.say(problem, "error")


def at_line(editor: str, path: str, line: int | None) -> tuple[str, ...]:
    """What an editor is to be given to open the file at a line, counted from 1; of one that we don't know, the file."""
    name = Path(editor).name
    if line is None or name not in PLUS | COLON | GOTO:
        return (path,)
    if name in PLUS:
        return (f"+{line}", path)
    return (*(["--goto"] if name in GOTO else []), f"{path}:{line}")


def _wait(command: Sequence[str]) -> str:
    """Wait for an editor to end; what went wrong, if anything did."""
    try:
        status = subprocess.run(command, check=False).returncode
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    return f"{command[0]} ended with {status}" if status else ""


def _usual() -> list[str]:
    found = next((name for name in USUAL if shutil.which(name)), None)
    return [] if found is None else [found]
