"""Looks at something again and again in a thread of its own, while its owner can be seen."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator

from textual.message import Message
from textual.widget import Widget

Look = Callable[[], Iterator[Message]]


class Poller:
    """Every `period_s` calls `look` in its thread and posts what it yields to `owner`, as it comes.

    `look` keeps itself short: the next one waits for it. It must not touch widgets. The app's own thread is woken by
    messages alone: looks that find nothing cost it nothing.
    """

    def __init__(self, owner: Widget, name: str, period_s: float, look: Look) -> None:
        self._owner = owner
        self._name = name
        self._period_s = period_s
        self._look = look
        self._wake = threading.Event()
        self._lock = threading.Lock()  # around the thread's end: it may be wanted again just then
        self._thread: threading.Thread | None = None
        self._is_active = False

    @property
    def is_active(self) -> bool:
        """Whether it goes on looking."""
        return self._is_active

    def resume(self) -> None:
        """Look now, and from now on."""
        with self._lock:
            self._is_active = True
            self._wake.set()
            if self._thread is None:
                work = contextvars.copy_context().run  # the messages' app is found by it
                self._thread = threading.Thread(target=work, args=(self._run,), name=self._name, daemon=True)
                self._thread.start()

    def pause(self) -> None:
        """Look no more; a look under way ends after its next message."""
        self._is_active = False
        self._wake.set()

    def nudge(self) -> None:
        """Look now, or as soon as the look under way is done; not while paused."""
        self._wake.set()

    def _run(self) -> None:
        while self._goes_on():
            try:
                self._look_once()
            except Exception as error:  # noqa: BLE001 - it ends the app, as one in its own thread does
                self._is_active = False
                self._owner.app.call_later(_raise, error)
            self._wake.wait(self._period_s)

    def _goes_on(self) -> bool:
        with self._lock:
            self._is_active = self._is_active and self._owner.is_attached
            self._wake.clear()  # before the look: what is asked for during it is not forgotten
            if not self._is_active:
                self._thread = None
            return self._is_active

    def _look_once(self) -> None:
        for message in self._look():
            self._owner.post_message(message)
            if not self._is_active:
                return


def _raise(error: Exception) -> None:
    raise error
