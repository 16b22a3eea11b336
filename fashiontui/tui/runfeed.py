"""Reads the event files of some runs while they are shown, and posts what is new in them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from textual.message import Message
from textual.widget import Widget

from fashiontui.tui.poller import Poller
from fashiontui.tui.runview import RunFolder, RunView

LIVE_S: Final = 0.5
SIDE_BY_SIDE_S: Final = 1.0  # the same of several runs' scalars, whose drawing waits longer than that
FRUGAL_S: Final = 3.0
QUIET_S: Final = 3.0  # between looks at runs that are not live: they may be resumed, or another program's
LOOK_S: Final = 0.5  # most that one look reads, so that every run gets its turn


class RunFeed:
    """Follows run folders for a widget that can be seen: `follow` says which, `resume` and `pause` when."""

    class RunRead(Message):
        """There is something new in a run."""

        def __init__(self, key: str, view: RunView) -> None:
            super().__init__()
            self.key = key
            self.view = view

    class RunUnreadable(Message):
        """A run's folder can't be read; it is tried again."""

        def __init__(self, key: str, problem: str) -> None:
            super().__init__()
            self.key = key
            self.problem = problem

    def __init__(
        self,
        owner: Widget,
        *,
        scalars_only: bool = False,
        low_bandwidth: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scalars_only = scalars_only
        self._clock = clock
        self._folders: dict[str, _Followed] = {}
        usual_s = SIDE_BY_SIDE_S if scalars_only else LIVE_S
        self._poller = Poller(owner, "run-feed", FRUGAL_S if low_bandwidth else usual_s, self._look)

    def follow(self, folders: Mapping[str, Path], live: Collection[str] = ()) -> None:
        """Read these from now on, by key, and no others; those that are `live` often. At once, if they are others."""
        kept, before = self._folders, self._followed
        self._folders = {
            key: kept[key]
            if key in kept and kept[key].root == root
            else _Followed(root, scalars_only=self._scalars_only)
            for key, root in folders.items()
        }
        for key, followed in self._folders.items():
            followed.is_live = key in live
        if self._followed != before and self._poller.is_active:
            self._poller.nudge()

    @property
    def _followed(self) -> dict[str, tuple[Path, bool]]:
        return {key: (followed.root, followed.is_live) for key, followed in self._folders.items()}

    def is_following(self, key: str) -> bool:
        """Whether it is one of those; messages about others may still be under way."""
        return key in self._folders

    def resume(self) -> None:
        """Go on reading."""
        self._poller.resume()

    def pause(self) -> None:
        """Read no more, but keep what was read."""
        self._poller.pause()

    def _look(self) -> Iterator[Message]:
        until = self._clock() + LOOK_S
        waiting = [
            (key, followed) for key, followed in self._folders.items() if followed.is_due(self._clock())
        ]
        while waiting and self._clock() < until:
            key, followed = waiting.pop(0)
            message = self._read(key, followed)
            if message is not None:
                yield message
            if isinstance(message, RunFeed.RunRead) and not message.view.is_whole:
                waiting.append((key, followed))
        if waiting:
            self._poller.nudge()

    def _read(self, key: str, followed: _Followed) -> Message | None:
        try:
            view = followed.look(self._clock)
        except OSError as error:
            followed.wait(self._clock())
            return self.RunUnreadable(key, f"{error.filename or followed.root}: {error.strerror or error}")
        return None if view is None else self.RunRead(key, view)


class _Followed:
    """A folder, and when to look at it again."""

    def __init__(self, root: Path, *, scalars_only: bool) -> None:
        self.root = root
        self.is_live = False
        self._folder = RunFolder(root, scalars_only=scalars_only)
        self._due = 0.0

    def is_due(self, now: float) -> bool:
        return self.is_live or now >= self._due

    def look(self, clock: Callable[[], float]) -> RunView | None:
        view = self._folder.look(clock=clock)
        self._due = clock() + QUIET_S if view is None or view.is_whole else 0.0
        return view

    def wait(self, now: float) -> None:
        self._due = now + QUIET_S
