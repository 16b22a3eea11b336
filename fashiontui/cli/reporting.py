"""Errors, as the user sees them: what failed and what to do, on stderr, and an exit code."""

from __future__ import annotations

import contextlib
import errno
import json
import sys
from collections.abc import Iterator
from typing import Final

from fashiontui.errors import FashiontuiError, UsageError

KEPT_CONTROLS = "\n\t"
TAKES_NOTHING: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # a file that we were to write to


@contextlib.contextmanager
def reporting(*, as_json: bool = False) -> Iterator[None]:
    """Turn what a user can mend into words and an exit code; our own mistakes pass through.

    The operating system's refusals (a full disk, a folder without permission) are the user's to mend too. Whoever closes the
    pipe that we write to has had enough: that is no failure.
    """
    try:
        yield
        sys.stdout.flush()  # here, not at exit, where nobody could tell what went wrong
    except FashiontuiError as error:
        raise _reported(error, type(error).__name__, as_json=as_json) from error
    except BrokenPipeError as error:
        _say_no_more()
        raise SystemExit(0) from error
    except OSError as error:
        is_ours = error.filename is None and error.errno in TAKES_NOTHING
        if error.strerror is None or not (error.filename or is_ours):
            raise
        if is_ours:
            _say_no_more()
        refused = FashiontuiError(f"{error.filename or 'standard output'}: {error.strerror}")
        raise _reported(refused, type(error).__name__, as_json=as_json) from error


def warn(text: str) -> None:
    """Something the user should know, on stderr."""
    sys.stderr.write(_printable(f"{text}\n"))
    sys.stderr.flush()


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Have what typer refuses itself, before any command is called, told to scripts as well.

    It has written its words to stderr by then and exits because of an error of its own, whose class is no public one.
    """
    try:
        yield
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # typer has it before we do
            _say_no_more()
            raise SystemExit(0) from ended
        words = getattr(ended.__context__, "format_message", None)
        if words is not None and "--json" in sys.argv:
            _tell_scripts(
                UsageError(words(), "`-h` behind the command lists its options."), UsageError.__name__
            )
        raise


def _reported(error: FashiontuiError, kind: str, *, as_json: bool) -> SystemExit:
    sys.stderr.write(_printable(f"error: {error}\n"))
    if as_json:
        _tell_scripts(error, kind)
    return SystemExit(error.exit_code)


def _tell_scripts(error: FashiontuiError, kind: str) -> None:
    facts = {
        "event": "error",
        "kind": kind,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _say_no_more() -> None:
    from fashiontui.headless.streams import write_no_more  # noqa: PLC0415 - rich: seldom

    write_no_more(sys.stdout)


def _printable(text: str) -> str:
    """Names and messages may come from files: no escape sequence in them reaches the terminal."""
    return "".join(character for character in text if character.isprintable() or character in KEPT_CONTROLS)
