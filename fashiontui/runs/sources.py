"""The file that a network of one's own is built by: another text is another network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fashiontui.config.spec import CustomSpec, ModelSpec

DIGITS: Final = 16
SOURCE: Final = "model.source"  # as runs are compared by it: decisive, but nothing that can be set


def model_source(spec: ModelSpec, folders: Iterable[str | Path]) -> str:
    """16 hex digits of the module's text, found in these folders as Python would find it, but not imported.

    "" for networks of ours, and for a module that is in none of them, such as one of an installed package. What the module
    imports itself does not enter.
    """
    if not isinstance(spec, CustomSpec):
        return ""
    place = Path(*spec.build.partition(":")[0].split("."))
    for folder in folders:
        for path in (Path(folder) / place / "__init__.py", (Path(folder) / place).with_suffix(".py")):
            try:
                return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]
            except OSError:
                continue
    return ""
