"""The pane of layers: what is measured of each parameter, how it gets on, and why that is said."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from fashiontui.analysis.health import Verdict, diagnose
from fashiontui.analysis.tracks import Track, tracks_of
from fashiontui.config.problems import printable
from fashiontui.tui.layerwords import STATISTICS, layer_columns, layer_rows, usual
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.screens.rules import RulesScreen
from fashiontui.tui.shownrun import LEARNING_RATE, ShownRun
from fashiontui.tui.widgets.frame import subtitle
from fashiontui.tui.widgets.pane import Pane
from fashiontui.tui.widgets.sheet import Sheet

NOT_YET: Final = "No statistics of layers yet: they come with the end of each epoch."
NONE: Final = "No statistics of layers in this run, nor histograms to work them out from."


class LayersPane(Pane):
    """A row for each parameter; the column under the cursor decides whose trend is drawn."""

    TITLE: ClassVar[str] = "layers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "rules", "explain", id="layers.rules", tooltip="The rule behind the health word"),
    ]

    class Judged(Message):
        """The parameters were looked at, in a thread."""

        def __init__(
            self, number: int, run: ShownRun, tracks: tuple[Track, ...], verdicts: Mapping[str, Verdict]
        ) -> None:
            super().__init__()
            self.number = number
            self.run = run
            self.tracks = tracks
            self.verdicts = verdicts

    class ParameterChosen(Message):
        """The cursor is on this parameter now."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class TagChosen(Message):
        """Its curve is asked for."""

        def __init__(self, tag: str) -> None:
            super().__init__()
            self.tag = tag

    def __init__(self) -> None:
        super().__init__(id="layers")
        self._tracks: tuple[Track, ...] = ()
        self._verdicts: Mapping[str, Verdict] = {}
        self._chosen = ""
        self._asked = 0  # how often they were looked at
        self._judged = 0  # which of these looks is shown

    def compose(self) -> ComposeResult:
        """The table, and a line on what the cursor is on."""
        yield Sheet(id="layers-table", columns_move=True)
        yield Static(NONE, id="layers-reason", markup=False)

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """What was measured, and which layers batch norm follows."""
        return (run.view, run.record)

    def update_run(self, run: ShownRun) -> None:
        """Look at the parameters, which takes a moment."""
        self._asked += 1
        work = partial(self._judge, self._asked, run)
        self.run_worker(
            work, group="layers", description="layers", exclusive=True, thread=True, exit_on_error=True
        )

    def _judge(self, number: int, run: ShownRun) -> None:
        view = run.view
        tracks = tracks_of(view.scalars, view.histograms)
        verdicts = diagnose(tracks, view.scalars.get(LEARNING_RATE), run.before_batch_norm)
        self.post_message(self.Judged(number, run, tracks, verdicts))

    def on_layers_pane_judged(self, event: Judged) -> None:
        """Show it, unless another run is shown by now, or a later look: threads may end in another order."""
        event.stop()
        if self.run is None or event.run.key != self.run.key or event.number < self._judged:
            return
        self._judged = event.number
        self._tracks, self._verdicts = event.tracks, event.verdicts
        bad = sum(verdict.health.is_bad for verdict in event.verdicts.values())
        subtitle(self, f"{bad} of {len(event.tracks)} need a look" if bad else "")
        self._fill()

    def on_resize(self) -> None:
        """Fit the columns in."""
        self._fill()

    def on_sheet_moved(self, event: Sheet.Moved) -> None:
        """Another parameter, or another column."""
        event.stop()
        self._fill()
        track = self._track()
        if track is not None and track.name != self._chosen:
            self._chosen = track.name
            self.post_message(self.ParameterChosen(track.name))

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Show the curve of what the cursor is on."""
        event.stop()
        track, shown = self._track(), self._shown()
        if track is not None and not track.is_estimated:
            name = track.layer if shown == "dead_units" else track.name
            self.post_message(self.TagChosen(f"layer_{shown}/{name}"))

    def action_rules(self) -> None:
        """Say by which rule the word was chosen."""
        track = self._track()
        self.app.push_screen(RulesScreen(track, self._verdict(track), self._since(track)))

    def _sheet(self) -> Sheet:
        return self.query_one(Sheet)

    def _track(self) -> Track | None:
        row = self._sheet().cursor_row
        return self._tracks[row] if row < len(self._tracks) else None

    def _verdict(self, track: Track | None) -> Verdict | None:
        return self._verdicts.get(track.name) if track is not None else None

    def _since(self, track: Track | None) -> str:
        verdict = self._verdict(track)
        if verdict is None or verdict.since is None or self.run is None:
            return ""
        return f"since {self.run.when(verdict.since)}"

    def _shown(self) -> str:
        column = self._sheet().column
        keys = {statistic.key for statistic in STATISTICS}
        return column.key if column is not None and column.key in keys else usual(self._tracks)

    def _fill(self) -> None:
        charset = cast("ProjectScreen", self.screen).fashion.charset
        sheet, shown = self._sheet(), self._shown()
        columns = layer_columns(self._tracks, sheet.room, shown)
        sheet.show(
            columns if self._tracks else (), layer_rows(self._tracks, self._verdicts, columns, shown, charset)
        )
        self.query_one("#layers-reason", Static).update(self._reason(), layout=False)

    def _reason(self) -> Text:
        track, verdict = self._track(), None
        verdict = self._verdict(track)
        if track is None or verdict is None:
            return Text(self.why_nothing(NOT_YET, NONE))
        words = [printable(track.name), verdict.health.value, self._since(track)]
        return Text(
            f"{' '.join(word for word in words if word)}: {verdict.reason}", no_wrap=True, overflow="ellipsis"
        )
