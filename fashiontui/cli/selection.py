"""What a command's RUN… arguments mean.

An argument is a path if there is a run in that folder; a filter if it has a character that no name has (blanks,
`= < > : ! ( ) * ? [ ,` and quotes), or is `and`, `or` or `not`; else a name: an id, `experiment/id`, the beginning of
one, or an experiment, which means its newest run. Several names mean several runs. Several filters mean one: all of
them have to fit. Names and filters together could mean either, so they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fashiontui.errors import RunNotFoundError, UsageError
from fashiontui.runs.find import find_run, run_at
from fashiontui.runs.paths import RunPaths

NO_NAME_HAS: Final = re.compile(r"""[\s=<>:!()*?\[\],"']""")
KEYWORDS: Final = ("and", "or", "not")
INNER_OR: Final = re.compile(r"\S\s+or\s+\S", re.IGNORECASE)


def is_filter(argument: str, logs: Path) -> bool:
    """Whether an argument is a filter, not the name or path of a run."""
    if not argument.strip() or run_at(argument, logs) is not None:
        return False
    return argument.lower() in KEYWORDS or NO_NAME_HAS.search(argument) is not None


def filter_text(arguments: Sequence[str]) -> str:
    """Arguments as one filter that asks for all of them; an `or` within one stays there."""
    if len(arguments) == 1:
        return arguments[0]
    return " ".join(f"({text})" if INNER_OR.search(text) else text for text in arguments)


def filter_in(arguments: Sequence[str], logs: Path) -> str | None:
    """The filter that the arguments are; None where they are names. UsageError where they are both."""
    filters = [text for text in arguments if is_filter(text, logs)]
    names = [text for text in arguments if text not in filters]
    if not filters:
        return None
    if names:
        raise UsageError(
            f"{names[0]!r} names a run and {filters[0]!r} is a filter: both together are not clear",
            "In a filter write run:ID or experiment:NAME. Or give the command twice.",
        )
    return filter_text(filters)


def _only_one(logs: Path, name: str) -> list[RunPaths]:
    return [find_run(logs, name)]


def named_runs(
    names: Sequence[str], logs: Path, find: Callable[[Path, str], Sequence[RunPaths]] = _only_one
) -> list[RunPaths]:
    """The runs that names and paths mean, each once; RunNotFoundError tells all that are unknown.

    `find` says which runs one name means, of which there may be several where deleted ones are meant too.
    """
    found: dict[str, RunPaths] = {}
    unknown: list[RunNotFoundError] = []
    for name in names:
        try:
            found |= {str(paths.root): paths for paths in find(logs, name)}
        except RunNotFoundError as error:
            unknown.append(error)
    if len(names) == len(unknown) == 1:
        raise unknown[0]
    if unknown:
        raise RunNotFoundError("\n".join(map(str, unknown)), "Nothing was done." if found else "")
    return list(found.values())
