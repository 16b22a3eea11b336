"""The last line of every screen: the keys that work here, as many as there is room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from rich.text import Text
from textual.binding import Binding
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget

LAST: Final = ("app.help", "app.leave")  # are never left out
GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Place:
    """A key, what it does, and where it stands."""

    key: str
    shown: str
    words: str
    column: int

    @property
    def width(self) -> int:
        """Columns it takes."""
        return len(self.shown) + 1 + len(self.words)


class KeyLine(Widget):
    """One widget for all keys: it is drawn anew with every change of focus, so it has to be cheap."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--words", "key-line--off"}

    def __init__(self) -> None:
        super().__init__()
        self._places: tuple[Place, ...] = ()

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and self._laid_out() != self._places:
            self.refresh()

    def render(self) -> Text:
        """Keys in the order of the focused widget, the screen, the app."""
        self._places = self._laid_out()
        line = Text(no_wrap=True, end="")
        key, words = (self.get_component_rich_style(f"key-line--{part}") for part in ("key", "words"))
        for place in self._places:
            line.append(" " * (place.column - line.cell_len))
            line.append(place.shown, key)
            line.append(f" {place.words}", words)
        return line

    def on_click(self, event: Click) -> None:
        """A click is the key."""
        for place in self._places:
            if place.column <= event.x < place.column + place.width:
                self.app.simulate_key(place.key)

    def _laid_out(self) -> tuple[Place, ...]:
        shown = self._shown()
        last = [binding for binding in shown if binding.id in LAST]
        room = self.size.width - 1 - sum(self._place(binding, 0).width + len(GAP) for binding in last)
        places: list[Place] = []
        column = 1
        for binding in shown:
            if binding in last:
                continue
            place = self._place(binding, column)
            if column + place.width + len(GAP) > room:
                break
            places.append(place)
            column += place.width + len(GAP)
        for binding in last:
            places.append(self._place(binding, column))
            column += places[-1].width + len(GAP)
        return tuple(places)

    def _shown(self) -> list[Binding]:
        """Each action once, by the first of its keys."""
        found: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and not self._is_typed(binding) and self._words(binding):
                found.setdefault(binding.action, binding)
        return list(found.values())

    def _words(self, binding: Binding) -> str:
        """As the screen says it; nothing where it would only tell why it can't be done here."""
        key_words = getattr(self.screen, "key_words", None)  # screens of the project have it, dialogs do not
        words = key_words(binding.action) if key_words is not None else None
        return binding.description if words is None else str(words)

    def _is_typed(self, binding: Binding) -> bool:
        """Whether the key is a character that goes into a text now."""
        focused, shown = self.screen.focused, self.app.get_key_display(binding)
        is_character = len(shown) == 1 and shown.isascii()
        return is_character and focused is not None and focused.check_consume_key(binding.key, shown)

    def _place(self, binding: Binding, column: int) -> Place:
        shown = self.app.get_key_display(binding)
        if not shown.isascii() and getattr(self.app, "charset", "") == "ascii":
            shown = binding.key  # `down` for an arrow
        return Place(binding.key, shown, self._words(binding), column)
