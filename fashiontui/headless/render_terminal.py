"""A progress display on a terminal: two lines a live run that are redrawn, and one that stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fashiontui.headless import words
from fashiontui.headless.renderer import EpochPoint
from fashiontui.headless.streams import SteadyStream, console_on, printable
from fashiontui.runs.outcome import Outcome
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord

NO_EPOCH: Final = EpochPoint(0, 0, None, None, None, None, None)
PHASES = {"loading": "loading data", "evaluating": "evaluating", "testing": "testing"}


@dataclass(slots=True)
class Shown:
    """A live run on the display."""

    experiment: str
    run_id: str
    progress: Progress | None = None  # None: its worker is being started
    last: EpochPoint = NO_EPOCH
    unit: str = "epoch"  # that it is counted in


class TerminalRenderer:
    """Draws on stderr, all live runs at once; each run's end line goes to stdout and stays."""

    def __init__(self, out: SteadyStream, err: SteadyStream) -> None:
        self.out = out
        self._console = console_on(err)
        self._live: Live | None = None
        self._shown: dict[Path, Shown] = {}

    def preparing(self, paths: RunPaths, experiment: str) -> None:
        """Show that something happens: a worker takes seconds to load PyTorch."""
        self._shown[paths.root] = Shown(experiment, paths.run_id)
        self._draw()

    def started(self, paths: RunPaths, record: RunRecord) -> None:
        """The start line stays above the display."""
        if paths.root in self._shown:
            self._shown[paths.root].unit = record.spec.unit
        self.note(words.start_line(paths, record))

    def progressed(self, paths: RunPaths, progress: Progress) -> None:
        """Redraw."""
        if paths.root in self._shown:
            self._shown[paths.root].progress = progress
            self._draw()

    def epoch(self, record: RunRecord, point: EpochPoint) -> None:
        """Remember it: the second line of a run's display shows the last one."""
        for shown in self._shown.values():
            if shown.run_id == record.run_id and shown.experiment == record.experiment:
                shown.last = point

    def ended(self, outcome: Outcome) -> None:
        """Take the run off the display, and say what came of it."""
        who = (outcome["experiment"], outcome["run_id"])
        self._shown = {
            root: shown for root, shown in self._shown.items() if (shown.experiment, shown.run_id) != who
        }
        self.close()
        for line in words.error_lines(outcome):
            self._print(line)
        self.out.line(words.end_line(outcome))
        self._draw()

    def close(self) -> None:
        """Wipe the display and give the cursor back."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def not_started(self, outcome: Outcome) -> None:
        """Say nothing: one note tells of all such runs."""

    def note(self, text: str) -> None:
        """A line above the display."""
        self._print(text)

    def _draw(self) -> None:
        if not self._shown:
            return
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        room = max(1, (self._console.height - 2) // 2)
        parts = [display(shown) for shown in list(self._shown.values())[:room]]
        self._live.update(Group(*parts), refresh=True)

    def _print(self, text: str) -> None:
        console: Console = self._console if self._live is None else self._live.console
        console.print(printable(text), markup=False, highlight=False, soft_wrap=True)


def display(shown: Shown) -> RenderableType:
    """Where a run is, over what it has measured."""
    if shown.progress is None:
        return Text(f"{shown.experiment} {shown.run_id}: starting a worker …", style="dim")
    name = f"{shown.experiment} {shown.run_id[-3:]}"  # enough to tell seeds of one experiment apart
    return Group(_position(name, shown.unit, shown.progress), _measurements(shown.progress, shown.last))


def _position(name: str, unit: str, progress: Progress) -> Table:
    row = Table.grid(padding=(0, 1), expand=True)
    for ratio in (None, None, 1, None, None):
        row.add_column(ratio=ratio, no_wrap=True)
    left = "" if progress.eta_seconds is None else f"{words.clock(progress.eta_seconds)} left"
    row.add_row(
        Text(name, style="bold"),
        f"{unit} {progress.epoch}/{progress.epochs}",
        ProgressBar(total=max(progress.steps, 1), completed=progress.step, width=None),
        f"step {progress.step:,}/{progress.steps:,}",
        PHASES.get(progress.phase, left),
    )
    return row


def _measurements(progress: Progress, last: EpochPoint) -> Text:
    loss = last.train_loss if progress.batch_loss is None else progress.batch_loss
    parts = [
        f"loss {words.number(loss)} train {words.number(last.valid_loss)} valid",
        f"accuracy {words.number(last.train_accuracy)} train {words.number(last.valid_accuracy)} valid",
        words.rate(progress.samples_per_second).replace(" images", ""),
    ]
    return Text("  " + "  ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis")
