"""Looks at something again and again in threads, one look at a time, while its owner can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

Look = Callable[[], Iterator[Message]]


class Poller:
    """Every `period_s` calls `look` in a thread and posts what it yields to `owner`, as it comes.

    `look` keeps itself short: the next one waits for it, and so does the end of the app. It must not touch widgets.
    """

    def __init__(self, owner: Widget, name: str, period_s: float, look: Look) -> None:
        self._owner = owner
        self._name = name
        self._period_s = period_s
        self._look = look
        self._timer: Timer | None = None
        self._is_looking = False
        self._is_stale = False  # asked to look at once, while a look was under way

    @property
    def is_active(self) -> bool:
        """Whether it goes on looking."""
        return self._timer is not None

    def resume(self) -> None:
        """Look now, and from now on."""
        if self._timer is None:
            self._timer = self._owner.set_interval(self._period_s, self._tick, name=self._name)
        self.nudge()

    def pause(self) -> None:
        """Look no more; a look under way ends after its next message."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def nudge(self) -> None:
        """Look now, or as soon as the look under way is done; not while paused."""
        self._is_stale = self._is_looking
        self._tick()

    def _tick(self) -> None:
        if self._is_looking or self._timer is None or not self._owner.is_attached:
            return
        self._is_looking = True
        self._owner.run_worker(
            self._run,
            name=self._name,
            group=self._name,
            description=self._name,  # else Textual writes down all that the work is given
            thread=True,
            exit_on_error=True,
        )

    def _run(self) -> None:
        worker = get_current_worker()
        try:
            for message in self._look():
                self._owner.post_message(message)
                if worker.is_cancelled or self._timer is None:
                    break
        finally:
            self._is_looking = False
        if self._is_stale and not worker.is_cancelled:
            self._is_stale = False
            self._owner.app.call_later(self._tick)
