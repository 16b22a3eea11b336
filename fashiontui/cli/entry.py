"""Where the program starts: the app at once where nothing else was said, else the command line.

Typer, and pydantic with it, take a quarter of a second to import on a slow machine, which the app's first paint does without.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress

from fashiontui.cli.choices import Places
from fashiontui.cli.reporting import refusing, reporting


def is_terminal() -> bool:
    """Whether there is one to type into, and to draw the app on: Textual draws on stderr."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def main() -> None:
    """Entry point of the `fashiontui` program."""
    _mend_streams()
    if len(sys.argv) == 1 and is_terminal():
        from fashiontui.cli.app import run_app  # noqa: PLC0415 - Textual: no command needs it

        with reporting(), suppress(KeyboardInterrupt):  # Ctrl-C before the keys are the app's
            sys.exit(run_app(Places()))
        sys.exit(130)
    from fashiontui.cli.main import app  # noqa: PLC0415 - see above

    _end_like_ctrl_c()
    with reporting(), refusing():  # commands do that themselves; this is for --help and --version
        app(prog_name="fashiontui")


def _end_like_ctrl_c() -> None:
    """SIGTERM ends a command as Ctrl-C does, until a command takes both for itself: with exit code 130, not by the signal."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _mend_streams() -> None:
    """Have what is told go nowhere where a stream is closed, and letters that it does not know as `?`."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
