"""The first line of every screen: where one is, and how the machine is."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from fashiontui.tui.words import NO_GPU

MODES: Final = ("experiments", "run", "compare", "data", "report")
NAME: Final = "fashiontui"
GAP: Final = "   "


class TopBar(Widget):
    """The names of the modes, the present one marked; logs folder, slots, GPU and data on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "top-bar--name",
        "top-bar--mode",
        "top-bar--current",
        "top-bar--machine",
    }

    mode = reactive("experiments")
    words: reactive[tuple[str, ...]] = reactive(())  # of the machine; the first give way, no GPU before all

    class ModeChosen(Message):
        """A mode's name was clicked."""

        def __init__(self, mode: str) -> None:
            super().__init__()
            self.mode = mode

    def render(self) -> Text:
        """Left and right; what there is no room for on the right is left out."""
        styles = {name: self.get_component_rich_style(f"top-bar--{name}") for name in ("mode", "current")}
        left = Text(f" {NAME}", style=self.get_component_rich_style("top-bar--name"), no_wrap=True, end="")
        for mode in MODES:
            left.append(GAP)
            is_current = mode == self.mode
            mark = f"[{mode.title()}]" if is_current and self.app.no_color else mode.title()
            left.append(mark, styles["current" if is_current else "mode"])
        words = list(self.words)
        while words and left.cell_len + len(GAP) * len(words) + sum(map(len, words)) + 1 > self.size.width:
            words.remove(NO_GPU if NO_GPU in words else words[0])
        right = Text(GAP.join(words) + " ", style=self.get_component_rich_style("top-bar--machine"))
        left.append(" " * max(1, self.size.width - left.cell_len - right.cell_len))
        return left.append_text(right)

    def on_click(self, event: Click) -> None:
        """Go to the mode that was clicked."""
        start = len(NAME) + 1
        for mode in MODES:
            start += len(GAP)
            if start <= event.x < start + len(mode):
                self.post_message(self.ModeChosen(mode))
            start += len(mode)
