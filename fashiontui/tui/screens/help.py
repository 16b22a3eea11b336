"""All keys that work here, and what they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from fashiontui.tui.lines import EMPTY, Line, fitted, line, wrapped
from fashiontui.tui.screens.room import Dialog
from fashiontui.tui.widgets.linesview import LinesView

WIDEST: Final = 92
AROUND: Final = 7  # frame, padding, scrollbar
MOST_WORDS: Final = 44
GAP: Final = 2
ARROWS: Final = "←→↑↓"


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """A key, or several for the same, and what it does."""

    where: str
    keys: tuple[str, ...]
    words: str
    id: str


class Help(Dialog[None]):
    """Made from the bindings themselves, so it can't be wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "close", key_display="esc", id="help.close"),
    ]

    def __init__(self, keys: Iterable[KeyHelp]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def compose_dialog(self) -> ComposeResult:
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
        """Keys scroll."""
        self.query_one(LinesView).focus()

    def on_resize(self, event: Resize) -> None:
        """Lines are of another width."""
        room = min(WIDEST, int(event.size.width * 0.96)) - AROUND
        self.query_one(LinesView).show(help_lines(self._keys, room))


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
        found.setdefault(place, []).append(_pressed(binding, screen.app))
    return [
        KeyHelp(place[0], tuple(dict.fromkeys(keys)), _words(bindings[place]), bindings[place].id or "")
        for place, keys in found.items()
    ]


def help_lines(keys: Sequence[KeyHelp], width: int) -> list[Line]:
    """By where they work, a line a key; more where its words need them."""
    pressed = [", ".join(key.keys) for key in keys]
    first = 2 + max(map(cell_len, pressed), default=0) + GAP
    last = max((cell_len(key.id) for key in keys), default=0)
    room = max(10, min(MOST_WORDS, width - first - GAP - last))
    lines: list[Line] = []
    where = None
    for key, names in zip(keys, pressed, strict=True):
        if key.where != where:
            where = key.where
            lines += [EMPTY, line(where, "strong")] if lines else [line(where, "strong")]
        words, *more = (text for parts in wrapped(key.words, room) for text, _ in parts)
        shown = fitted(f"  {names}", first)
        lines.append(((shown, "live"), (fitted(words, room + GAP), "plain"), (key.id, "muted")))
        lines += [line(" " * first + text) for text in more]
    return lines


def _pressed(binding: Binding, app: App[object]) -> str:
    """A key as a person says it."""
    shown = app.get_key_display(binding)
    is_arrow = shown in ARROWS and getattr(app, "charset", "") != "ascii"
    return shown if is_arrow or shown.isascii() else binding.key


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
