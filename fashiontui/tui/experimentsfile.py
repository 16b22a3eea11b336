"""The experiments file as it is edited: read again whenever it has changed."""

from __future__ import annotations

from pathlib import Path

from fashiontui.config.load import Config, load_config
from fashiontui.errors import ConfigError
from fashiontui.tui.outline import Group, outline_of

Stamp = tuple[int, int, int]  # inode, size, time of the last change


class ExperimentsFile:
    """`config` is what it said when it last had no mistakes; `error` lists those it has now.

    Where it is missing, `fallback` is read; once it is there, it is.
    """

    def __init__(self, path: Path, fallback: Path | None = None) -> None:
        self._own = path
        self._fallback = fallback
        self.path = path  # of the one that is read
        self.config: Config | None = None
        self.outline: tuple[Group, ...] = ()
        self.error = ""
        self._stamp: Stamp | None = None
        self._was_read = False

    def poll(self) -> bool:
        """Read it if it has changed; whether it had."""
        self.path = self._own if self._fallback is None or self._own.exists() else self._fallback
        stamp = self._look()
        if self._was_read and stamp == self._stamp:
            return False
        self._was_read, self._stamp = True, stamp
        try:
            self.config = load_config(self.path)
            self.outline, self.error = outline_of(self.config), ""
        except ConfigError as error:
            self.error = str(error)
        return True

    def _look(self) -> Stamp | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns
