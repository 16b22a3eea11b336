"""Why a parameter is said to be learning, frozen, vanishing, exploding or dead."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from fashiontui.analysis.health import IN_A_ROW, RULES, Verdict
from fashiontui.analysis.tracks import Track
from fashiontui.config.problems import printable
from fashiontui.tui.layerwords import STATISTICS, number
from fashiontui.tui.screens.room import Dialog

PREFACE: Final = (
    f"Rules look at what was measured at epochs' ends. What they ask must have held at the last {IN_A_ROW} of them, except "
    "that one is enough for dead units and for what is not finite. The first that holds gives the word:"
)
SOURCES: Final = (
    "update/weight about 0.001: A. Karpathy, CS231n, cs231n.github.io/neural-networks-3. Exploding gradients: Pascanu, "
    "Mikolov, Bengio, ICML 2013. Vanishing gradients: Glorot, Bengio, AISTATS 2010. Adam's epsilon: Kingma, Ba, arXiv 1412.6980. "
    "Dying units: Lu, Shin, Su, Karniadakis, arXiv 1903.06733. Thresholds not named there are ours."
)


class RulesScreen(Dialog[None]):
    """One parameter's values and verdict, then all rules."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,e,q,enter", "dismiss", "close", id="rules.close"),
    ]

    def __init__(self, track: Track | None, verdict: Verdict | None, since: str) -> None:
        super().__init__()
        self._track = track
        self._verdict = verdict
        self._since = since

    def compose_dialog(self) -> ComposeResult:
        """A box in the middle."""
        with VerticalScroll(id="rules", classes="dialog") as box:
            box.border_title = "health"
            box.border_subtitle = "esc close"
            yield Static(self._own(), id="rules-own", markup=False)
            yield Static(PREFACE, classes="rules--muted", markup=False)
            yield Static(self._rules(), markup=False)
            yield Static(SOURCES, classes="rules--muted", markup=False)

    def _own(self) -> Text:
        track, verdict = self._track, self._verdict
        if track is None or verdict is None:
            return Text("No parameter was measured.")
        text = Text(f"{printable(track.name)}: {verdict.health.value} {self._since}".rstrip(), style="bold")
        text.append(f"\n{verdict.reason}\n", style="not bold")
        values = [
            f"{each.title} {number(each.key, track.last(each.key))}"
            for each in STATISTICS
            if each.key in track.values
        ]
        return text.append("   ".join(values), style="not bold")

    def _rules(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for health, rule in RULES.items():
            is_it = self._verdict is not None and self._verdict.health is health
            style = "bold reverse" if is_it else "bold"
            table.add_row(Text(health.value, style=style), Text(rule))
        return table
