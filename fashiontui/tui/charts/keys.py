"""The keys of a chart, and what they are called."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

KEYS: Final[list[BindingType]] = [
    Binding("x", "next_x", "x-axis", tooltip="Over epochs, steps, relative or wall time", id="chart.x"),
    Binding("y", "log", "log", tooltip="Linear or logarithmic values", id="chart.log"),
    Binding(
        "plus,equals_sign",
        "smoother",
        "smooth",
        key_display="+",
        tooltip="Smooth more",
        id="chart.smoother",
    ),
    Binding("minus", "rougher", "rough", key_display="-", tooltip="Smooth less", id="chart.rougher"),
    Binding("0", "raw", "raw", show=False, tooltip="Do not smooth", id="chart.raw"),
    Binding("o", "clip", "outliers", tooltip="Let outliers set the scale, or clip them", id="chart.clip"),
    Binding("left", "cursor(-1)", "cursor", show=False, tooltip="Cursor back", id="chart.back"),
    Binding("right", "cursor(1)", "cursor", show=False, tooltip="Cursor on", id="chart.on"),
    Binding(
        "shift+left", "cursor(-10)", "cursor", show=False, tooltip="Cursor far back", id="chart.far_back"
    ),
    Binding("shift+right", "cursor(10)", "cursor", show=False, tooltip="Cursor far on", id="chart.far_on"),
    Binding(
        "home",
        "cursor_end(-1)",
        "first",
        show=False,
        tooltip="Cursor to the first point",
        id="chart.first",
    ),
    Binding("end", "cursor_end(1)", "last", show=False, tooltip="Cursor to the last point", id="chart.last"),
    Binding(
        "escape",
        "no_cursor",
        "no cursor",
        show=False,
        tooltip="Take the cursor away",
        id="chart.no_cursor",
    ),
    Binding(
        "right_square_bracket",
        "zoom(1)",
        "zoom",
        key_display="]",
        tooltip="Closer, at the cursor",
        id="chart.closer",
    ),
    Binding(
        "left_square_bracket",
        "zoom(-1)",
        "zoom",
        key_display="[",
        show=False,
        tooltip="Wider",
        id="chart.wider",
    ),
    Binding(
        "left_curly_bracket",
        "pan(-1)",
        "pan",
        key_display="{",
        show=False,
        tooltip="Back",
        id="chart.pan_back",
    ),
    Binding(
        "right_curly_bracket",
        "pan(1)",
        "pan",
        key_display="}",
        show=False,
        tooltip="On",
        id="chart.pan_on",
    ),
    Binding("z", "maximise", "maximise", tooltip="This chart alone, or all", id="chart.maximise"),
    Binding("w", "export", "export", tooltip="Write what is in view to a file", id="chart.export"),
]
