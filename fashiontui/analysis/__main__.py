"""`python -m fashiontui.analysis project REQUEST`: the process that projects a dataset. JSON in, JSON lines out.

With `--attached` it ends as soon as its stdin does: whoever started it has gone, or wants no more of it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, TextIO

from fashiontui.analysis.project import Request, project
from fashiontui.errors import FashiontuiError
from fashiontui.runs.niceness import give_way

USAGE = "usage: python -m fashiontui.analysis project REQUEST [--attached]\n"


def main(arguments: list[str]) -> int:
    """Carry out one request."""
    if len(arguments) < 2 or arguments[0] != "project":  # noqa: PLR2004 - the verb and the request
        sys.stderr.write(USAGE)
        return 2
    give_way()
    if "--attached" in arguments:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    out = _own_stdout()

    def tell(said: dict[str, Any]) -> None:
        out.write(json.dumps(said) + "\n")
        out.flush()

    try:
        project(Request.model_validate_json(arguments[1]), tell)
    except FashiontuiError as error:
        tell({"error": type(error).__name__, "message": error.message, "hint": error.hint})
        return error.exit_code
    except OSError as error:
        tell({"error": "RunError", "message": str(error), "hint": ""})
        return 1
    return 0


def _own_stdout() -> TextIO:
    """Where stdout leads to; what others print, as a dataset of the user's own may, goes to stderr from now on."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def _end_with_stdin() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when the process ends
        pass
    os._exit(130)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
