"""The names of the run screen's panes with their keys, the present one marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class PaneName:
    """A pane, and the key that leads to it."""

    pane: str
    key: str
    words: str


GAPS: Final = (3, 2, 1)  # the widest that fits


class PaneBar(Widget):
    """One line; a click is the key."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane-bar--key", "pane-bar--name", "pane-bar--current"}

    current: reactive[str] = reactive("")

    class PaneChosen(Message):
        """A name was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, names: Sequence[PaneName], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._panes = tuple(names)

    def _places(self) -> list[tuple[int, PaneName]]:
        sizes = [len(each.key) + 1 + len(each.words) for each in self._panes]
        gap = next((gap for gap in GAPS if 1 + sum(sizes) + gap * len(sizes) <= self.size.width), 1)
        starts = [1 + sum(sizes[:number]) + gap * number for number in range(len(sizes))]
        return list(zip(starts, self._panes, strict=True))

    def render(self) -> Text:
        """All names."""
        styles = {
            name: self.get_component_rich_style(f"pane-bar--{name}") for name in ("key", "name", "current")
        }
        line = Text(no_wrap=True, end="")
        for start, each in self._places():
            line.append(" " * (start - line.cell_len))
            line.append(each.key, styles["key"])
            is_current = each.pane == self.current
            mark = "*" if is_current and self.app.no_color else " "
            line.append(mark + each.words, styles["current" if is_current else "name"])
        return line

    def on_click(self, event: Click) -> None:
        """Go to the pane that was clicked."""
        for start, each in self._places():
            if start <= event.x < start + len(each.key) + 1 + len(each.words):
                self.post_message(self.PaneChosen(each.pane))
