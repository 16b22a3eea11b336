"""Keys that come faster than they are answered, as over a slow line, each kept until the one before has had its effect.

Textual gives a key to what has the focus the moment it comes. Of `/cnn1`, sent in one packet, the letters would come
before the filter that `/` opens has the focus, and would be taken for commands.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.events import Key, Paste
from textual.message import Message
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App

PATIENCE_S: Final = 1.0  # for a key whose follower is lost: what it went to is gone

Typed = Key | Paste


class TypeAhead:
    """Lets one key after the other be pressed.

    Each is followed by a message that goes the same way through the same queues, and so comes to the app when the key
    has been handled. Then the screen may be drawn once more, which lets a change of focus happen. Only a key that is
    pressed again needs not wait for that: repeated keys are drawn together where there is no time for each.
    """

    class Followed(Message):
        """Has come to the app the way a key came."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, app: App[None], press: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._press = press
        self._kept: deque[Typed] = deque()
        self._number = 0
        self._pressed = ""  # the key whose effect is waited for
        self._is_handled = True

    def keeps(self, event: Typed) -> bool:
        """Whether it is not its turn yet; it is pressed later."""
        is_again = self._is_handled and _name(event) == self._pressed
        if self._kept or (self._pressed and not is_again):
            self._kept.append(event)
            if len(self._kept) == 1:
                self._be_patient()
            return True
        return False

    def follow(self, event: Typed, target: MessagePump) -> None:
        """Send the follower after a key that was just given to `target`."""
        self._number += 1
        self._pressed, self._is_handled = _name(event), False
        target.post_message(self.Followed(self._number))
        if self._kept:
            self._be_patient()

    def take(self, event: Followed) -> None:
        """A key has been handled."""
        if event.number != self._number:
            return
        self._is_handled = True
        is_again = bool(self._kept) and _name(self._kept[0]) == self._pressed
        wait = self._app.call_later if is_again else self._app.call_after_refresh
        wait(self._release, event.number)

    def _be_patient(self) -> None:
        self._app.set_timer(PATIENCE_S, partial(self._release, self._number))

    async def _release(self, number: int) -> None:
        """In the app's task or the screen's: no action awaits its own screen."""
        if number == self._number:
            self._pressed, self._is_handled = "", True
            if self._kept:
                await self._press(self._kept.popleft())


def _name(event: Typed) -> str:
    return event.key if isinstance(event, Key) else "paste"
