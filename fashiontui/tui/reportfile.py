"""The report that is read: a folder's Markdown, looked at again where it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.tui.reportpages import Page, pages_of

NAME: Final = "README.md"
MOST_BYTES: Final = 16 << 20  # a larger one is none of ours

Stamp = tuple[int, int, int]


class ReportFile:
    """For one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: Stamp | str | None = None  # a text: why it can't be read

    def look(self) -> tuple[Page, ...] | str | None:
        """Its sections, or why there are none; None where that is what was said the last time."""
        path = self.folder / NAME
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._seen:
                return None
            text = path.read_text(encoding="utf-8", errors="replace") if status.st_size <= MOST_BYTES else ""
        except FileNotFoundError:
            return self._told("There is no report in this folder yet.")
        except OSError as error:
            return self._told(f"It can't be read: {error.strerror}.")
        pages = pages_of(text)
        if not pages:
            return self._told(f"{NAME} in this folder is no report of fashiontui.")
        self._seen = stamp
        return tuple(
            Page(printable(page.title), tuple("\n".join(map(printable, b.split("\n"))) for b in page.blocks))
            for page in pages
        )

    def _told(self, problem: str) -> str | None:
        if problem == self._seen:
            return None
        self._seen = problem
        return problem
