"""All keys that work here, and what they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from fashiontui.tui.lines import EMPTY, Line, fitted, line
from fashiontui.tui.widgets.linesview import LinesView


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """A key, or several for the same, and what it does."""

    where: str
    keys: tuple[str, ...]
    words: str
    id: str


class Help(ModalScreen[None]):
    """Made from the bindings themselves, so it can't be wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "close", key_display="esc", id="help.close"),
    ]

    def __init__(self, keys: Iterable[KeyHelp]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def compose(self) -> ComposeResult:
        """A scrollable list."""
        with Vertical(classes="dialog", id="help-dialog"):
            yield Static("Keys", classes="dialog-title")
            yield LinesView(id="help-lines")
            yield Static(
                "esc close   [keys] in the settings file gives them others",
                classes="dialog-hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """Fill the list."""
        view = self.query_one(LinesView)
        view.show(help_lines(self._keys))
        view.focus()


def keys_of(screen: Screen[object]) -> list[KeyHelp]:
    """What works on a screen now, that of the focused widget first."""
    found: dict[tuple[str, str], list[str]] = {}
    bindings: dict[tuple[str, str], Binding] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id is None or not active.enabled or not (binding.tooltip or binding.description):
            continue
        place = (_where(active.node), binding.action)
        bindings.setdefault(place, binding)
        found.setdefault(place, []).append(screen.app.get_key_display(binding))
    return [
        KeyHelp(place[0], tuple(dict.fromkeys(keys)), _words(bindings[place]), bindings[place].id or "")
        for place, keys in found.items()
    ]


def help_lines(keys: Iterable[KeyHelp]) -> list[Line]:
    """By where they work, a line a key."""
    lines: list[Line] = []
    where = None
    for key in keys:
        if key.where != where:
            where = key.where
            lines += [EMPTY, line(where, "strong")] if lines else [line(where, "strong")]
        shown = fitted(f"  {', '.join(key.keys)}", 20)
        lines.append(((shown, "live"), (fitted(key.words, 40), "plain"), (f"  {key.id}", "muted")))
    return lines


def _words(binding: Binding) -> str:
    return binding.tooltip or binding.description


def _where(node: DOMNode) -> str:
    if isinstance(node, App):
        return "everywhere"
    title = getattr(node, "HELP_TITLE", None)
    if title:
        return str(title)
    if isinstance(node, Screen):
        return "on this screen"
    return "in this pane"
