"""The pane of the system: what the run's own process takes, and where and with what it was made."""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Iterator
from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.message import Message

from fashiontui.tui.poller import Poller
from fashiontui.tui.processload import Load, LoadMeter
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.systemlines import system_lines
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.pane import Pane

PERIOD_S: Final = 1.0
KEPT: Final = 240  # moments


class SystemPane(Pane):
    """Measures while it can be seen."""

    TITLE: ClassVar[str] = "system"

    class LoadMeasured(Message):
        """A moment of the process; None: it is gone."""

        def __init__(self, meter: LoadMeter, load: Load | None) -> None:
            super().__init__()
            self.meter = meter
            self.load = load

    def __init__(self) -> None:
        super().__init__(id="system")
        self._loads: deque[Load] = deque(maxlen=KEPT)
        self._meter: LoadMeter | None = None
        self._measured: object = None  # whom the meter is for
        self._poller = Poller(self, "load", PERIOD_S, self._look)

    def compose(self) -> ComposeResult:
        """Lines."""
        yield LinesView(id="system-lines")

    def show(self, run: ShownRun) -> None:
        """Another worker, another meter."""
        worker = run.entry.worker if run.entry is not None and run.is_live else None
        if worker != self._measured:
            device = (
                str(run.entry.facts.get("device") or run.entry.slot or "") if run.entry is not None else ""
            )
            self._measured = worker
            self._meter = None if worker is None else LoadMeter(worker, on_gpu=device.startswith("cuda"))
            self._loads.clear()
        super().show(run)

    def update_run(self, _run: ShownRun) -> None:
        """Say what is known."""
        self._fill()

    def on_resize(self) -> None:
        """Fit in."""
        self._fill()

    def begin(self) -> None:
        """Measure."""
        self._poller.resume()

    def rest(self) -> None:
        """Measure no more."""
        self._poller.pause()

    def _look(self) -> Iterator[Message]:
        meter = self._meter
        if meter is not None:
            yield self.LoadMeasured(meter, meter.read())

    def on_system_pane_load_measured(self, event: LoadMeasured) -> None:
        """Show it."""
        event.stop()
        if event.meter is self._meter and event.load is not None:
            self._loads.append(event.load)
            self._fill()

    def _fill(self) -> None:
        if self.run is None:
            return
        charset = cast("ProjectScreen", self.screen).fashion.charset
        view = self.query_one(LinesView)
        view.show(system_lines(self.run, tuple(self._loads), platform.node(), charset, view.size.width))
