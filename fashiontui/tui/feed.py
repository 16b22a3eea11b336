"""Keeps looking at a project, in a thread of its own, and hands on what is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from fashiontui.tui.options import AppOptions
from fashiontui.tui.project import ProjectSnapshot

LOOK_S: Final = 0.5
FRUGAL_LOOK_S: Final = 2.0
SHARE: Final = 8  # of the time a look takes, it is waited so many times: thousands of runs may be there

Post = Callable[[ProjectSnapshot], object]


class ProjectFeed:
    """`run` goes on until `stop`. `nudge` has it look at once: something was just done."""

    def __init__(self, options: AppOptions, post: Post, warn: Callable[[str], None]) -> None:
        self._options = options
        self._post = post
        self._warn = warn
        self._wake = threading.Event()
        self._is_stopped = False
        self._pause_s = FRUGAL_LOOK_S if options.low_bandwidth else LOOK_S

    def nudge(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """Look no more."""
        self._is_stopped = True
        self._wake.set()

    def run(self) -> None:
        """Look, hand on, wait."""
        from fashiontui.tui.reader import ProjectReader  # noqa: PLC0415 - after the first paint: it costs 0.2 s

        reader = ProjectReader(self._options, self._warn)
        try:
            while not self._is_stopped:
                begun = time.monotonic()
                snapshot = reader.read(time.time())
                took_s = time.monotonic() - begun
                if snapshot is not None:
                    self._post(snapshot)
                reader.attend(time.time())
                self._wake.wait(max(self._pause_s, SHARE * took_s))
                self._wake.clear()  # before it is looked whether to stop: one that comes just now is heard
        finally:
            reader.close()
