"""`fashiontui runs --watch`: the table of runs, drawn anew as they get on, until Ctrl-C."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from fashiontui.cli.registries import open_registry
from fashiontui.cli.runs import Listing, synthetic, table
from fashiontui.headless.interrupts import Interrupts
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState

DRAW_S: Final = 0.5
SHARE: Final = 4  # of the time that a look takes, it is waited so many times: thousands of runs may be listed
FRAME: Final = 3  # lines that are no runs: summary, headings, and the cursor's
ECHO: Final = len("^C")  # what the terminal itself writes behind the last line must not begin a new one


def watch_runs(logs: Path, listing: Listing, console: Console) -> None:
    """Draw until a signal comes; the last table stays."""
    with open_registry(logs) as registry, Interrupts() as interrupts:
        view = View(registry, listing)
        with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
            while not (interrupts.stop_asked or interrupts.hung_up):
                begun = time.monotonic()
                live.update(view.draw(console.width, console.height), refresh=True)
                time.sleep(max(DRAW_S, SHARE * (time.monotonic() - begun)))


class View:
    """The runs of a registry, read again only where it has changed."""

    def __init__(self, registry: Registry, listing: Listing) -> None:
        self._registry = registry
        self._listing = listing
        self._version: int | None = None
        self._entries: list[Entry] = []

    def draw(self, width: int, height: int) -> Text:
        """What is to be seen now."""
        self._registry.refresh()
        version = self._registry.version()
        if version != self._version:
            self._version, self._entries = version, self._registry.entries()
        now = time.time()
        entries = self._listing.pick(
            (present(entry, self._registry.logs, now) for entry in self._entries), now
        )
        room = max(1, height - FRAME)
        shown = entries[:room] if self._listing.order else most_urgent(entries, room)
        lines = table(shown, self._listing.columns, width - ECHO) if shown else []
        words = summary(entries, len(shown))
        drawn = synthetic(shown, lines[0]) if lines else ""
        head = Text(f"{drawn}: {words}" if drawn else words, style="bold")
        drawn_lines = [head, *(Text.assemble(*line, no_wrap=True) for line in lines)]
        return Text("\n", no_wrap=True, overflow="crop").join(drawn_lines)


def most_urgent(entries: Sequence[Entry], room: int) -> list[Entry]:
    """As many as there is room for, in their order: live runs, then those that wait, but half of it for the newest."""
    places = range(len(entries))
    live = [place for place in places if entries[place].state.is_live]
    queued = [place for place in places if entries[place].state is RunState.QUEUED]
    ended = [place for place in reversed(places) if entries[place].state.is_ended]
    ranked = [*live, *queued[: room // 2], *ended, *queued[room // 2 :]]
    return [entries[place] for place in sorted(ranked[:room])]


def summary(entries: Iterable[Entry], shown: int) -> str:
    """`2 running, 3 queued, 5 finished`, and how many there was no room for."""
    counts = Counter(entry.state for entry in entries)
    words = ", ".join(f"{counts[state]} {state.value}" for state in RunState if counts[state])
    hidden = counts.total() - shown
    return (words or "no runs") + (f"; {hidden} more than there is room for" if hidden else "")
