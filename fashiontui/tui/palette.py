"""What the command palette offers: every key that works here, and what has no key."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp


def palette_commands(app: FashionApp, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Commands with a title, a help text, and what they do."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        title = binding.tooltip or binding.description
        if binding.id is None or not active.enabled or not title or binding.action in seen:
            continue
        seen.add(binding.action)
        help_text = f"{app.get_key_display(binding)}   {binding.description}"
        yield SystemCommand(title, help_text, partial(app.run_action, binding.action, active.node))
    if app.deeds.reports.doing is not None:
        yield SystemCommand("End the report", "What is written of it already stays", app.end_report)
    yield SystemCommand("Theme", "Choose colours", app.action_change_theme)
    yield SystemCommand(
        "Save a picture of the screen", "A screenshot, as an SVG file in exports/", app.save_picture
    )
