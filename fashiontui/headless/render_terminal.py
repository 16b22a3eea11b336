"""A progress display on a terminal: two lines that are redrawn, and one that stays per run."""

from __future__ import annotations

from rich.console import Console, Group
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

PHASES = {"loading": "loading data", "evaluating": "evaluating", "testing": "testing"}


class TerminalRenderer:
    """Draws on stderr; each run's end line goes to stdout and stays."""

    def __init__(self, out: SteadyStream, err: SteadyStream) -> None:
        self._out = out
        self._err = err
        self._console = console_on(err)
        self._live: Live | None = None
        self._name = ""
        self._epochs = 0
        self._last = EpochPoint(0, 0, None, None, None, None, None)

    def preparing(self, paths: RunPaths, experiment: str) -> None:
        """Show that something happens: a worker takes seconds to load PyTorch."""
        self._name = experiment
        self._last = EpochPoint(0, 0, None, None, None, None, None)
        waiting = Text(f"{experiment} {paths.run_id}: starting a worker …", style="dim")
        self._live = Live(waiting, console=self._console, auto_refresh=False, transient=True)
        self._live.start(refresh=True)

    def started(self, paths: RunPaths, record: RunRecord) -> None:
        """The start line stays above the display."""
        self._epochs = record.spec.training.epochs
        self.note(words.start_line(paths, record))

    def progressed(self, progress: Progress) -> None:
        """Redraw."""
        if self._live is not None:
            self._live.update(display(self._name, progress, self._last), refresh=True)

    def epoch(self, record: RunRecord, point: EpochPoint) -> None:  # noqa: ARG002 - a Renderer's signature
        """Remember it: the second line of the display shows the last one."""
        self._last = point

    def ended(self, outcome: Outcome) -> None:
        """Wipe the display, and say what came of the run."""
        self.close()
        for line in words.error_lines(outcome):
            self._print(line)
        self._out.line(words.end_line(outcome))

    def close(self) -> None:
        """Wipe the display and give the cursor back."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def note(self, text: str) -> None:
        """A line above the display."""
        self._print(text)

    def _print(self, text: str) -> None:
        console: Console = self._console if self._live is None else self._live.console
        console.print(printable(text), markup=False, highlight=False, soft_wrap=True)


def display(name: str, progress: Progress, last: EpochPoint) -> Group:
    """Where the run is, over what it has measured."""
    return Group(_position(name, progress), _measurements(progress, last))


def _position(name: str, progress: Progress) -> Table:
    row = Table.grid(padding=(0, 1), expand=True)
    for ratio in (None, None, 1, None, None):
        row.add_column(ratio=ratio, no_wrap=True)
    left = "" if progress.eta_seconds is None else f"{clock(progress.eta_seconds)} left"
    row.add_row(
        Text(name, style="bold"),
        f"epoch {progress.epoch}/{progress.epochs}",
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


def clock(seconds: float) -> str:
    """`0:42`, `12:03`, `1:02:03`."""
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}:{minutes_left:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
