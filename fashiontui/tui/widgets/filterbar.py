"""A filter being typed: what is wrong with it, where, and how it may go on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from fashiontui.config.problems import printable
from fashiontui.errors import FilterError
from fashiontui.tui.lines import fitted
from fashiontui.tui.widgets.rowlist import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fashiontui.runs.filter.filter import Filter

PLACEHOLDER: Final = "/ filter…"
MOST_CHOICES: Final = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A way the word before the cursor may go on."""

    key: str


class Choices(RowList[Choice]):
    """The likeliest first. The input moves its cursor; it never has the focus."""

    can_focus = False

    def draw(self, row: Choice, width: int) -> Text:
        """The word."""
        return Text(fitted(f" {printable(row.key)}", width), no_wrap=True, end="")


class FilterInput(Input):
    """Keys of a text that can be completed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", id="filter.complete"),
        Binding("down", "choice(1)", "next", show=False, id="filter.next"),
        Binding("up", "choice(-1)", "previous", show=False, id="filter.previous"),
        Binding("enter", "submit", "apply", id="filter.apply"),
        Binding("escape", "give_up", "clear", id="filter.clear"),
    ]

    class ChoiceMoved(Message):
        """Another completion is meant."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class CompletionAsked(Message):
        """The word is to be completed."""

    class GivenUp(Message):
        """There is to be no filter."""

    def action_complete(self) -> None:
        """Take the completion."""
        self.post_message(self.CompletionAsked())

    def action_choice(self, step: int) -> None:
        """Mean another one."""
        self.post_message(self.ChoiceMoved(step))

    def action_give_up(self) -> None:
        """Clear the filter."""
        self.post_message(self.GivenUp())


class FilterBar(Vertical):
    """One line; below it, while it is typed in, a mistake or completions."""

    class Changed(Message):
        """Runs are to be filtered so; None: not at all."""

        def __init__(self, wanted: Filter | None) -> None:
            super().__init__()
            self.wanted = wanted

    class Left(Message):
        """The filter is done with, for now."""

    def __init__(self, known: Callable[[], Sequence[Mapping[str, Any]]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._known = known

    def compose(self) -> ComposeResult:
        """The input, a mistake, completions."""
        yield FilterInput(placeholder=PLACEHOLDER, compact=True, select_on_focus=False)
        yield Static(id="filter-mistake", markup=False)
        yield Choices(id="filter-choices")

    @property
    def text(self) -> str:
        """As it was typed."""
        return self.query_one(FilterInput).value

    @text.setter
    def text(self, text: str) -> None:
        self.query_one(FilterInput).value = text

    def begin(self) -> None:
        """Type in it."""
        self.query_one(FilterInput).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_choices()
        self._apply(wait=event.input.has_focus)

    def _apply(self, *, wait: bool) -> None:
        """Filter so. While the last term may yet become one that some run fits, without it: an empty list helps nobody."""
        text, wanted, mistake = self.text, None, None
        try:
            wanted = _parsed(text)
        except FilterError as error:
            mistake = error
        self._show_mistake(mistake)
        is_open = wait and wanted is not None and self._is_unfinished() and not self._fits_any(wanted)
        if mistake is not None or is_open:
            text = text.rstrip().rpartition(" ")[0]
        with suppress(FilterError):  # it was wrong before: what was wanted last stays
            self.post_message(self.Changed(_parsed(text)))

    def _is_unfinished(self) -> bool:
        from fashiontui.runs.filter.completion import word_start  # noqa: PLC0415 - not before the first paint

        typed = self.query_one(FilterInput)
        start, end = word_start(typed.value, typed.cursor_position), typed.cursor_position
        is_last = not typed.value[end:].strip()
        return is_last and any(
            choice.key != typed.value[start:end] for choice in self.query_one(Choices).rows
        )

    def _fits_any(self, wanted: Filter) -> bool:
        now = time.time()
        return any(wanted.matches(facts, now) for facts in self._known())

    def _show_mistake(self, error: FilterError | None) -> None:
        sign = self.query_one("#filter-mistake", Static)
        sign.display = error is not None
        if error is not None:
            what = error.message.partition("\n")[0]
            column = min(error.column, max(0, self.size.width - 1))
            sign.update(f"{' ' * column}^\n{what}" + (f"\n{error.hint}" if error.hint else ""))

    def _show_choices(self) -> None:
        from fashiontui.runs.filter.completion import complete  # noqa: PLC0415 - not before the first paint

        typed = self.query_one(FilterInput)
        is_asked = typed.has_focus and bool(typed.value)
        found = complete(typed.value, typed.cursor_position, self._known()) if is_asked else []
        choices = self.query_one(Choices)
        choices.show([Choice(word) for word in found[:MOST_CHOICES]])
        choices.cursor = 0
        choices.display = bool(found)

    @on(FilterInput.ChoiceMoved)
    def _choice_moved(self, event: FilterInput.ChoiceMoved) -> None:
        event.stop()
        self.query_one(Choices).cursor += event.step

    @on(FilterInput.CompletionAsked)
    def _completion_asked(self, event: FilterInput.CompletionAsked) -> None:
        event.stop()
        from fashiontui.runs.filter.completion import word_start  # noqa: PLC0415 - not before the first paint

        typed, choice = self.query_one(FilterInput), self.query_one(Choices).row
        if choice is None:
            return
        start = word_start(typed.value, typed.cursor_position)
        after = typed.value[typed.cursor_position :]
        typed.value = f"{typed.value[:start]}{choice.key}{after}"
        typed.cursor_position = start + len(choice.key)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._apply(wait=False)
        if not self.query_one("#filter-mistake", Static).display:
            self._leave()

    @on(FilterInput.GivenUp)
    def _given_up(self, event: FilterInput.GivenUp) -> None:
        event.stop()
        self.text = ""
        self._leave()

    def _leave(self) -> None:
        self.query_one(Choices).display = False
        self.post_message(self.Left())


def _parsed(text: str) -> Filter | None:
    """None where it wants every run."""
    from fashiontui.runs.filter.filter import parse_filter  # noqa: PLC0415 - not before the first paint

    return parse_filter(text) if text.strip() else None
