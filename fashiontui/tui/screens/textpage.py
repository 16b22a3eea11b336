"""A text that a run has logged, to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from fashiontui.config.problems import printable
from fashiontui.tfevents.points import TextPoint
from fashiontui.tui.charts.numbers import moment
from fashiontui.tui.runview import MOST_KEPT
from fashiontui.tui.screens.room import Dialog
from fashiontui.tui.widgets.frame import entitle

TIME: Final = "%Y-%m-%d %H:%M:%S"
LONGEST: Final = 100_000  # letters that are shown of all together


class TextScreen(Dialog[None]):
    """The texts of one tag, the newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "close", id="text.close"),
    ]

    def __init__(self, tag: str, points: Sequence[TextPoint]) -> None:
        super().__init__()
        self._tag = tag
        self._points = points

    def compose_dialog(self) -> ComposeResult:
        """A box in the middle."""
        with VerticalScroll(id="text-page", classes="dialog") as box:
            entitle(box, printable(self._tag))
            box.border_subtitle = "esc close"
            for heading, words in passages(self._points):
                yield Static(heading, classes="text--heading", markup=False)
                yield Static(words, classes="text--words", markup=False)


def passages(points: Sequence[TextPoint], longest: int = LONGEST) -> Iterator[tuple[str, str]]:
    """When, and what: the newest first, in letters that a terminal shows; what is too long is cut, and said to be."""
    left = longest
    for point in reversed(points):
        if left <= 0:
            yield "…", f"{len(points):,} texts; the older ones are not shown."
            return
        text = "\n".join(map(_shown, point.texts))
        cut = f"\n… {len(text) - left:,} more letters" if len(text) > left else ""
        yield f"step {point.step:,}, {moment(point.wall_time, form=TIME)}", text[:left] + cut
        left -= len(text)
    if len(points) >= MOST_KEPT:
        yield "…", f"Of texts with one tag, the newest {MOST_KEPT} are kept."


def _shown(text: str) -> str:
    return "\n".join(printable(line.expandtabs(4)) for line in text.splitlines())
