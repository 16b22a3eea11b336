"""The table of all keys, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from fashiontui.config.problems import nearest, printable
from fashiontui.tui.app import FashionApp
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.scatter import Scatter
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.data import DataScreen
from fashiontui.tui.screens.experiments import ExperimentsScreen
from fashiontui.tui.screens.help import KeyHelp
from fashiontui.tui.screens.report import ReportScreen
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.screens.startdialog import StartDialog
from fashiontui.tui.widgets.confusion import ConfusionPane
from fashiontui.tui.widgets.confusion_matrix import ConfusionMatrix
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.filterbar import FilterInput
from fashiontui.tui.widgets.filters import FiltersPane
from fashiontui.tui.widgets.gallery import Gallery
from fashiontui.tui.widgets.histograms_pane import HistogramsPane
from fashiontui.tui.widgets.layers import LayersPane
from fashiontui.tui.widgets.likeness import Likeness
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.log_pane import LogPane
from fashiontui.tui.widgets.log_view import LogView
from fashiontui.tui.widgets.queuelist import QueueList
from fashiontui.tui.widgets.report_text import ReportText
from fashiontui.tui.widgets.rowlist import RowList
from fashiontui.tui.widgets.samples import SampleGrid
from fashiontui.tui.widgets.sheet import Sheet
from fashiontui.tui.widgets.side_by_side import ComparisonTable
from fashiontui.tui.widgets.spreads import Spreads
from fashiontui.tui.widgets.tags_pane import TagsPane

Places = tuple[tuple[str, tuple[type[DOMNode], ...]], ...]
PLACES: Final[Places] = (
    ("Everywhere", (FashionApp,)),
    ("Lists, tables, texts", (RowList, Sheet, LinesView)),
    ("Experiments", (ExperimentsScreen, ExperimentTree, QueueList)),
    ("Filter, and the form of `o`", (FilterInput, StartDialog)),
    ("Run", (RunScreen,)),
    ("Run: layers, histograms, filters", (LayersPane, HistogramsPane, FiltersPane)),
    ("Run: confusion", (ConfusionPane, ConfusionMatrix, Gallery)),
    ("Run: tags, log", (TagsPane, LogPane, LogView)),
    ("Charts", (Chart, Scatter)),
    ("Compare", (CompareScreen, ComparisonTable, Spreads, Likeness)),
    ("Data", (DataScreen, SampleGrid)),
    ("Report", (ReportScreen, ReportText)),
)
"""Which classes' keys stand under which heading; those of a class both have stand under the first."""
DIALOGS: Final = frozenset({"help", "confirm", "export", "rules", "board", "reporting", "text"})
"""Where keys are told by the dialog itself."""


def unknown_ids(names: Iterable[str]) -> list[str]:
    """What of the settings' names of keys there is none of, each with the nearest there is, in words."""
    known = {row.id for row in key_table()}
    strange = [name for name in names if name not in known and name.partition(".")[0] not in DIALOGS]
    return [
        f"settings.toml: keys: there is no `{printable(name)}`"
        + (f"; did you mean `{near}`?" if near else "")
        for name in strange
        for near in (nearest(name, known),)
    ]


def clashes(keys: Mapping[str, str], places: Places = PLACES) -> list[str]:
    """Keys that settings give to two things in one place, in words: only one of them has it then."""
    told: dict[str, None] = {}
    for _, classes in places:
        for kind in classes:
            own = {binding.id: binding for binding in _bindings([kind]) if binding.id}
            having: dict[str, list[str]] = {}
            for name, binding in own.items():
                for key in keys.get(name, binding.key).split(","):
                    having.setdefault(key.strip(), []).append(name)
            for key, names in having.items():
                if len(names) > 1 and any(name in keys for name in names):
                    quoted = " and ".join(f"`{name}`" for name in sorted(names))
                    told[
                        f"settings.toml: keys: {quoted} both have `{printable(key)}`: only one of them works"
                    ] = None
    return list(told)


def key_table(places: Places = PLACES) -> list[KeyHelp]:
    """All keys, by place; a binding that several places share stands at the first of them."""
    rows: list[KeyHelp] = []
    told: set[str | None] = set()
    for where, classes in places:
        for binding in _bindings(classes):
            if binding.id not in told:
                told.add(binding.id)
                words = binding.tooltip or binding.description
                rows.append(KeyHelp(where, _keys(binding), words, binding.id or ""))
    return rows


def markdown(rows: Iterable[KeyHelp]) -> str:
    """A table a place."""
    lines: list[str] = []
    for where, found in groupby(rows, key=lambda row: row.where):
        lines += ["", f"| {where} | | id |", "|---|---|---|"]
        lines += [f"| {_code(row.keys)} | {row.words} | `{row.id}` |" for row in found]
    return "\n".join(lines[1:])


def _code(keys: Iterable[str]) -> str:
    return " ".join(f"`{key}`" for key in keys).replace("|", "\\|")


def _bindings(classes: Iterable[type[DOMNode]]) -> Iterator[Binding]:
    for kind in classes:
        for ours in kind.__mro__:
            if ours.__module__.startswith("fashiontui."):
                yield from (b for b in vars(ours).get("BINDINGS", ()) if isinstance(b, Binding))


def _keys(binding: Binding) -> tuple[str, ...]:
    if binding.key_display:
        return (binding.key_display,)
    return tuple(_shown(key.strip()) for key in binding.key.split(","))


def _shown(key: str) -> str:
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, format_key(last)])
