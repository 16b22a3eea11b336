"""The keys of the compare screen; those of what has the focus come on top."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding

KEYS: Final = (
    Binding("m", "metric(1)", "metric", tooltip="Curves of the next metric", id="compare.metric"),
    Binding("M", "metric(-1)", "metric back", show=False, id="compare.metric_back"),
    Binding(
        "P",
        "pin",
        "pin baseline",
        tooltip="Differences are to the run under the cursor",
        id="compare.pin",
    ),
    Binding("space", "remove", "unmark", tooltip="Leave the run under the cursor out", id="compare.remove"),
    Binding(
        "a", "everything(True)", "all settings", tooltip="Also what is the same in all runs", id="compare.all"
    ),
    Binding(
        "d", "everything(False)", "only differences", tooltip="Only what differs", id="compare.differences"
    ),
    Binding("f", "fold", "fold seeds", tooltip="Seeds of one experiment as mean ± std", id="compare.fold"),
    Binding("L", "lower('layers')", "layers", tooltip="Layer statistics side by side", id="compare.layers"),
    Binding(
        "H",
        "lower('histograms')",
        "histograms",
        tooltip="Histograms side by side",
        id="compare.histograms",
    ),
    Binding(
        "R", "lower('likeness')", "how alike", tooltip="How alike layers are (CKA)", id="compare.likeness"
    ),
    Binding("T", "lower('table')", "table", tooltip="Settings and results", id="compare.table"),
    Binding("v", "next(1)", "next", tooltip="The next statistic, histogram, or run", id="compare.next"),
    Binding("V", "next(-1)", "before", show=False, id="compare.before"),
)
