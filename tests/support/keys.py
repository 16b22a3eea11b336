"""All keys of the app, and hands to press them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot

import fashiontui.tui
from fashiontui.tui.app import FashionApp
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.screens.help import keys_of
from support.pilot import until


def all_bindings() -> Iterator[tuple[type[DOMNode], Binding]]:
    """Every binding, with the class that has it."""
    for module in pkgutil.walk_packages(fashiontui.tui.__path__, "fashiontui.tui."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, DOMNode) and thing.__module__ == module.name:
                for binding in vars(thing).get("BINDINGS", ()):
                    assert isinstance(binding, Binding), f"{thing.__name__}: {binding}"
                    yield thing, binding


KEYS = {binding.id: [key.strip() for key in binding.key.split(",")] for _, binding in all_bindings()}


def otherwise(before: Any, after: Any) -> bool:
    """It is not what it was."""
    return bool(before != after)


def less(before: Any, after: Any) -> bool:
    """It went down, or back."""
    return bool(after < before)


def more(before: Any, after: Any) -> bool:
    """It went up, or on."""
    return bool(after > before)


def to(value: Any) -> Callable[[Any, Any], bool]:
    """It was something else, and became this."""
    return lambda before, after: bool(before != value and after == value)


class Hands:
    """Press keys by the ids of their bindings, and see what comes of it."""

    def __init__(self, app: FashionApp, pilot: Pilot[Any]) -> None:
        self._app = app
        self._pilot = pilot
        self.pressed: set[str] = set()

    async def press(
        self, name: str, look: Callable[[], Any], becomes: Callable[[Any, Any], bool] = otherwise
    ) -> None:
        """Press the key of a binding: it works here, and what one looks at becomes what it should."""
        for key in KEYS[name]:
            active = self._app.screen.active_bindings.get(key)
            here = f"{key} in {self._app.focused!r} of {self._app.screen!r}"
            assert active is not None, f"{name}: nothing is bound to {here}"
            assert active.binding.id == name, f"{name}: {here} is {active.binding.id}"
            assert active.enabled, f"{name}: {here} is disabled"
        if isinstance(self._app.screen, ProjectScreen):
            assert name in {key.id for key in keys_of(self._app.screen)}, f"{name}: no word in the help"
        before = look()
        await self._pilot.press(KEYS[name][0])
        try:
            await until(self._pilot, lambda: becomes(before, look()))
        except AssertionError as error:
            raise AssertionError(f"{name}: was {before!r}, is {look()!r}") from error
        self.pressed.add(name)
