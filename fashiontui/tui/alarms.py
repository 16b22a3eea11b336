"""Live runs that begin to overfit, whatever screen one looks at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fashiontui.runs.registry.entry import Entry

PERIOD_S: Final = 2.0  # one run each time: their files are read for this alone


class Alarms:
    """Watches the losses of live runs, each once an epoch has ended. Belongs to one thread.

    `follow` says which runs there are, `look` reads one of them; `told` has what was found, by key.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._runs: dict[str, _Watched] = {}
        self._due = 0.0
        self.told: Mapping[str, str] = {}

    def follow(self, entries: Sequence[Entry]) -> None:
        """All runs there are, and how far those have got that are live."""
        live = {entry.key: entry for entry in entries if entry.state.is_live}
        self._runs = {key: self._runs.get(key) or _Watched(entry) for key, entry in live.items()}
        for key, entry in live.items():
            self._runs[key].entry = entry
        there = {entry.key for entry in entries}
        if not self.told.keys() <= there:
            self.told = {key: words for key, words in self.told.items() if key in there}

    def look(self, now: float) -> bool:
        """Look at one run that has got on; whether there is something to tell of it."""
        if now < self._due:
            return False
        waiting = (each for key, each in self._runs.items() if each.is_due and key not in self.told)
        watched = min(waiting, key=lambda each: each.looked, default=None)
        if watched is None:
            return False
        self._due = now + PERIOD_S
        words = watched.look(self._logs, now)
        if words:
            self.told = {**self.told, watched.entry.key: words}
        return bool(words)


class _Watched:
    """A run, how far it was when it was looked at, and when; of its curves it keeps the lowest validation loss alone."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.looked = 0.0
        self._epoch: object = None
        self._lowest: float | None = None  # None: its files were not read yet

    @property
    def is_due(self) -> bool:
        return self.entry.facts.get("epoch") not in (None, self._epoch)

    def look(self, logs: Path, now: float) -> str:
        """What is to be told. Files are read at first, and while the validation loss is above its lowest."""
        from fashiontui.analysis.overfitting import LEAST_RISE  # noqa: PLC0415 - numpy: not before the first paint

        self.looked, self._epoch = now, self.entry.facts.get("epoch")
        last = (self.entry.facts.get("metrics") or {}).get("valid_loss", {}).get("last")
        if self._lowest is not None and (last is None or last <= self._lowest * (1 + LEAST_RISE)):
            self._lowest = min(self._lowest, math.inf if last is None else last)
            return ""
        return self._read(self.entry.paths(logs).root)

    def _read(self, root: Path) -> str:
        from fashiontui.tui.runview import RunFolder  # noqa: PLC0415 - as above
        from fashiontui.tui.shownrun import ShownRun, loss_tags, overfitting_alert  # noqa: PLC0415 - as above

        folder, view = RunFolder(root, scalars_only=True), None
        try:
            while (more := folder.look()) is not None:
                view = more
                if view.is_whole:
                    break
        except OSError:
            return ""
        if view is None:
            return ""
        losses = view.scalars.get(loss_tags(view.scalars).valid_loss)
        self._lowest = (
            math.inf
            if losses is None
            else min((value for value in losses.values.tolist() if not math.isnan(value)), default=math.inf)
        )
        alert = overfitting_alert(ShownRun(key=self.entry.key, root=root, entry=self.entry, view=view))
        return alert.words if alert is not None else ""
