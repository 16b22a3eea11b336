"""The experiments file as it is edited: read again whenever it has changed."""

from __future__ import annotations

from pathlib import Path

from fashiontui.config.load import Config, load_config
from fashiontui.errors import ConfigError

Stamp = tuple[int, int, int]  # inode, size, time of the last change


class ExperimentsFile:
    """`config` is what it said when it last had no mistakes; `error` lists those it has now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config: Config | None = None
        self.error = ""
        self._stamp: Stamp | None = None
        self._was_read = False

    def poll(self) -> bool:
        """Read it if it has changed; whether it had."""
        stamp = self._look()
        if self._was_read and stamp == self._stamp:
            return False
        self._was_read, self._stamp = True, stamp
        try:
            self.config, self.error = load_config(self.path), ""
        except ConfigError as error:
            self.error = str(error)
        return True

    def _look(self) -> Stamp | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns
