"""How the app was left, and how it comes back: mode, run, marks, theme, keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.dom import DOMNode

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SECTION: Final = "app"
KEYS: Final = "keys"
MOST_MARKED: Final = 100


class Memory:
    """Between the app and its preferences."""

    def __init__(self, app: FashionApp) -> None:
        self._app = app
        self._clashes: set[frozenset[str]] = set()

    def recall_look(self) -> None:
        """Theme and keys, before anything is drawn."""
        app, kept = self._app, self._app.preferences
        theme = app.options.theme or kept.get(SECTION, "theme", "")
        if theme in app.available_themes:
            app.theme = theme
        elif app.options.theme:
            app.say(f"there is no theme {theme}: {', '.join(app.available_themes)}", "warning")
        app.marked = [str(key) for key in kept.get(SECTION, "marked", list[str]())]
        app.run_key = kept.get(SECTION, "run", "") or None
        app.compare_keys = tuple(str(key) for key in kept.get(SECTION, "compared", list[str]()))
        app.set_keymap({**_texts(kept.section(KEYS)), **app.options.keys})

    def recall_places(self) -> None:
        """The mode; where the app was opened on runs, those."""
        app = self._app
        if len(app.options.open_runs) == 1:
            app.open_run(app.options.open_runs[0])
        elif not app.options.open_runs:
            mode = app.preferences.get(SECTION, "mode", "experiments")
            if mode in app.MODES:
                app.action_mode(mode)

    def keep(self) -> None:
        """Write down how it is now."""
        app, kept = self._app, self._app.preferences
        kept.put(SECTION, "theme", app.theme)
        kept.put(SECTION, "mode", app.current_mode)
        kept.put(SECTION, "run", app.run_key or "")
        kept.put(SECTION, "marked", app.marked[:MOST_MARKED])
        kept.put(SECTION, "compared", list(app.compare_keys[:MOST_MARKED]))
        if not app.snapshot.foreign:  # what others wrote stays as it is
            kept.save()

    def tell_clash(self, bindings: set[Binding], node: DOMNode) -> None:
        """Bindings of one place have the same key: say so, once. Textual's own have no id, and give way."""
        del node
        ids = frozenset(binding.id for binding in bindings if binding.id)
        if ids and ids not in self._clashes:
            self._clashes.add(ids)
            names = " and ".join(sorted(ids))
            self._app.say(f"the settings give the key of {names} to another as well", "warning")


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str) and value}
