"""A terminal to type into and to read: tmux with a server of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PATIENCE_S = 90.0
HAS_TMUX = shutil.which("tmux") is not None
PROMPT = "ready>"
LOCALE = {"LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}


class Terminal:
    """A shell in a pane; `close` ends it, and all that runs in it."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], size: tuple[int, int] = (120, 40)
    ) -> None:
        self._tmux = ("tmux", "-u", "-L", f"fashiontui-{os.getpid()}-{id(self):x}", "-f", "/dev/null")
        self._folder = folder
        inherited = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self._environment = {**inherited, **LOCALE}  # the pane's own size counts
        columns, lines = size
        self._call("new-session", "-d", "-x", str(columns), "-y", str(lines), "sh")
        self.type("PS1='rea''dy> '")
        self.press("Enter")
        self.until(lambda text: text.rstrip().endswith(PROMPT))

    def _call(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @property
    def text(self) -> str:
        """What is to be seen now."""
        return self._call("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Keys by tmux's names."""
        self._call("send-keys", *keys)

    def type(self, words: str) -> None:
        """Characters as they are."""
        self._call("send-keys", "-l", words)

    def until(self, is_there: Callable[[str], bool]) -> str:
        """Wait for something to be seen; gives back all that is seen then."""
        deadline = time.monotonic() + PATIENCE_S
        while not is_there(text := self.text):
            assert time.monotonic() < deadline, f"it never showed:\n{text}"
            time.sleep(0.05)
        return text

    def until_shows(self, *words: str) -> str:
        """Wait for all of these."""
        return self.until(lambda text: all(each in text for each in words))

    def close(self) -> None:
        """End it; one that has ended is let be."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)
