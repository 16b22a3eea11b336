"""What the app remembers of a project: a JSON file in its logs folder, which nothing depends on."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Final, TypeVar

from fashiontui.runs import atomic

NAME: Final = ".fashiontui-app.json"

T = TypeVar("T")


class Preferences:
    """Values by section and name. A file that can't be read is none; one that can't be written is let be."""

    def __init__(self, path: Path | None, values: dict[str, dict[str, Any]]) -> None:
        self._path = path
        self._values = values
        self._is_changed = False

    @classmethod
    def load(cls, logs: Path, *, read_only: bool = False) -> Preferences:
        """Those of a logs folder."""
        path = logs / NAME
        return cls(None if read_only else path, _read(path))

    def get(self, section: str, name: str, default: T) -> T:
        """What is remembered, if it is of the default's type; else the default."""
        value = self._values.get(section, {}).get(name, default)
        return value if type(value) is type(default) else default

    def section(self, section: str) -> dict[str, Any]:
        """All that is remembered in a section."""
        return dict(self._values.get(section, {}))

    def put(self, section: str, name: str, value: object) -> None:
        """Remember something JSON can hold."""
        values = self._values.setdefault(section, {})
        if name not in values or values[name] != value:
            values[name] = value
            self._is_changed = True

    def save(self) -> None:
        """Write what has changed, if there is a logs folder to write it to."""
        if not self._is_changed or self._path is None or not self._path.parent.is_dir():
            return
        self._is_changed = False
        with contextlib.suppress(OSError):
            atomic.write_text(self._path, json.dumps(self._values, indent=1) + "\n", durable=False)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {key: value for key, value in values.items() if isinstance(value, dict)}
