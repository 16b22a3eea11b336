"""Widgets that do something for one who looks at them, and nothing for nobody."""

from __future__ import annotations

from textual.screen import Screen
from textual.widget import Widget


class Sighted(Widget):
    """Looks after each layout of its screen whether it has a place in it: `come` and `go` say that it has, or has none.

    Textual's `Show` does not tell all of it: once something that can't be seen was refreshed, the next that asks for a
    region, as setting `display` does, has the places of all worked out, and what came to sight by then is not told.

    It is named last among the bases: Textual takes the style of the first one alone.
    """

    is_seen = False

    def on_mount(self) -> None:
        """Look from now on."""
        self.screen.screen_layout_refresh_signal.subscribe(self, self._look_round)

    def _look_round(self, _screen: Screen[object]) -> None:
        is_seen = bool(self.size) and all(node.display for node in self.ancestors_with_self)
        if is_seen != self.is_seen:
            self.is_seen = is_seen
            (self.come if is_seen else self.go)()

    def come(self) -> None:
        """It can be seen."""

    def go(self) -> None:
        """It can be seen no more."""
