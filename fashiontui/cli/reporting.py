"""Errors, as the user sees them: what failed and what to do, on stderr, and an exit code."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator

from fashiontui.errors import FashiontuiError

KEPT_CONTROLS = "\n\t"


@contextlib.contextmanager
def reporting(*, as_json: bool = False) -> Iterator[None]:
    """Turn what a user can mend into words and an exit code; our own mistakes pass through.

    The operating system's refusals (a full disk, a folder without permission) are the user's to mend too.
    """
    try:
        yield
    except FashiontuiError as error:
        raise _reported(error, type(error).__name__, as_json=as_json) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None or error.strerror is None:
            raise
        refused = FashiontuiError(f"{error.filename}: {error.strerror}")
        raise _reported(refused, type(error).__name__, as_json=as_json) from error


def warn(text: str) -> None:
    """Something the user should know, on stderr."""
    sys.stderr.write(_printable(f"{text}\n"))
    sys.stderr.flush()


def _reported(error: FashiontuiError, kind: str, *, as_json: bool) -> SystemExit:
    sys.stderr.write(_printable(f"error: {error}\n"))
    if as_json:
        facts = {
            "event": "error",
            "kind": kind,
            "message": error.message,
            "hint": error.hint,
            "exit_code": error.exit_code,
        }
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
    return SystemExit(error.exit_code)


def _printable(text: str) -> str:
    """Names and messages may come from files: no escape sequence in them reaches the terminal."""
    return "".join(character for character in text if character.isprintable() or character in KEPT_CONTROLS)
