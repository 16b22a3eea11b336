"""Where the program starts: the app at once where nothing else was said, else the command line.

Typer, and pydantic with it, take a quarter of a second to import on a slow machine, which the app's first paint does without.
"""

from __future__ import annotations

import sys
from contextlib import suppress

from fashiontui.cli.choices import Places
from fashiontui.cli.reporting import reporting


def is_terminal() -> bool:
    """Whether there is one to type into, and to draw the app on: Textual draws on stderr."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def main() -> None:
    """Entry point of the `fashiontui` program."""
    if len(sys.argv) == 1 and is_terminal():
        from fashiontui.cli.app import run_app  # noqa: PLC0415 - Textual: no command needs it

        with reporting(), suppress(KeyboardInterrupt):  # Ctrl-C before the keys are the app's
            sys.exit(run_app(Places()))
        sys.exit(130)
    from fashiontui.cli.main import app  # noqa: PLC0415 - see above

    app(prog_name="fashiontui")
