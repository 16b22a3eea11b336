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


def edit_config(app: FashionApp) -> None:
    """Edit the project's experiments file; where it has none, a copy of the one that is read instead."""
    own, fallback = app.options.config, app.options.fallback_config
    if not own.exists() and fallback is not None:
        try:
            shutil.copyfile(fallback, own)
        except OSError as error:
            app.say(f"{own}: {error.strerror}", "error")
            return
        app.say(f"made {own}, a copy of the one that comes with fashiontui")
    edit(app, own, app.options.editor)


def edit(app: FashionApp, path: Path, command: Sequence[str]) -> None:
    """Give the terminal to an editor until it ends."""
    editor = list(command) or _usual()
    if not editor:
        app.say("no editor found: set $EDITOR", "error")
        return
    problem = ""
    try:
        with app.suspend():  # what is raised in here would leave the terminal with nobody
            problem = _edit([*editor, str(path)])
    except SuspendNotSupported:
        problem = "this terminal can't be given to an editor"
    if problem:
        app.say(problem, "error")


def _edit(command: Sequence[str]) -> str:
    """Wait for an editor to end; what went wrong, if anything did."""
    try:
        status = subprocess.run(command, check=False).returncode
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    return f"{command[0]} ended with {status}" if status else ""


def _usual() -> list[str]:
    found = next((name for name in USUAL if shutil.which(name)), None)
    return [] if found is None else [found]
