"""A project at one moment: what there is to see. Made by the feed, read by screens; nothing in it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fashiontui.config.load import Config
    from fashiontui.runs.registry.entry import Entry
    from fashiontui.tui.outline import Group

FOREIGN: Final = "foreign"  # a fact of runs that are not ours
FREE: Final = ""  # what is in a slot that nobody has


@dataclass(frozen=True, slots=True, eq=False)
class ProjectSnapshot:
    """Experiments and runs. Live runs have their progress among their facts (see `with_progress`).

    Where the file has mistakes, `config` is the last one without, if there was one.
    """

    logs: Path
    config_path: Path
    config: Config | None = None
    outline: tuple[Group, ...] = ()  # what that config offers, study by study
    config_error: str = ""  # all mistakes in the file as it is now
    entries: tuple[Entry, ...] = ()  # oldest first, then the queued ones in the queue's order
    supervisor_pid: int | None = None
    read_only: bool = False
    foreign: bool = False  # event files that others wrote: nothing can be run here
    slots: Mapping[str, str] = field(default_factory=dict)  # name of each (`cpu/0`) → key of its run, or FREE
    is_held: bool = False  # the queue: nothing in it is started
    alerts: Mapping[str, str] = field(
        default_factory=dict
    )  # key of a run → that it was found to overfit, in words
    data: str = ""  # where the usual data come from: real, synthetic, missing; "" while nobody has looked
    trouble: str = ""  # why runs can't be read
    is_loaded: bool = False  # False: nobody has looked yet
    now: float = 0.0  # Unix seconds
    _places: dict[str, Entry] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._places.update((entry.key, entry) for entry in self.entries)

    def by_key(self, key: str) -> Entry | None:
        """One run; None where it is gone."""
        return self._places.get(key)
