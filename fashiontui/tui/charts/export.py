"""What is in view of a chart, written to a file: numbers as CSV, a drawing as SVG or PNG."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from fashiontui.config.problems import printable
from fashiontui.runs.atomic import write_bytes, write_text
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.page import Item, Page, Patch, Words, page
from fashiontui.tui.charts.plot import Scene
from fashiontui.tui.charts.view import ChartView

HEAD: Final = ("of", "curve", "values", "over", "x", "value", "low", "high", "label")
SHARPER: Final = 2  # pixels of a PNG for one of the page
SVG: Final = "http://www.w3.org/2000/svg"
FONTS: Final = "system-ui, 'DejaVu Sans', Verdana, sans-serif"


def write_csv(curves: Sequence[Curve], view: ChartView, path: Path, subject: str = "") -> None:
    """A row for each point in view, raw ones and smoothed ones, not reduced; values that are no numbers stay `nan`.

    `subject` is what all curves are of, where their names don't say it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for curve in curves:
        writer.writerows((printable(subject), *row) for row in _rows(curve, view))
    write_text(path, text.getvalue(), durable=False)


def _rows(curve: Curve, view: ChartView) -> Iterator[tuple[object, ...]]:
    inside = np.ones(len(curve.xs), bool)
    if view.window is not None:
        inside = (curve.xs >= view.window[0]) & (curve.xs <= view.window[1])
    kind = f"smooth {curve.smoothing:g}" if curve.smoothing else "raw"
    for place in np.flatnonzero(inside).tolist():
        edges = [float(edge[place]) if edge is not None else "" for edge in (curve.lows, curve.highs)]
        label = printable(curve.labels[place]) if curve.labels else ""
        x, value = float(curve.xs[place]), float(curve.ys[place])
        yield (printable(curve.name), kind, curve.x, int(x) if x.is_integer() else x, value, *edges, label)


def write_svg(scene: Scene, title: str, path: Path, *, dark: bool = False) -> None:
    """A drawing that can be enlarged."""
    write_text(path, svg(page(scene, title, dark=dark)), durable=False)


def svg(drawn: Page) -> str:
    """A page as SVG."""
    left, top, right, bottom = drawn.plot
    size = f'width="{drawn.width}" height="{drawn.height}"'
    clip = f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/>'
    return "\n".join(
        [
            f'<svg xmlns="{SVG}" viewBox="0 0 {drawn.width} {drawn.height}" {size} font-family="{FONTS}">',
            f'<defs><clipPath id="plot">{clip}</clipPath></defs>',
            f'<rect width="100%" height="100%" fill="{drawn.background}"/>',
            *map(_element, drawn.items),
            "</svg>\n",
        ]
    )


def _element(item: Item) -> str:
    if isinstance(item, Words):
        weight = ' font-weight="bold"' if item.bold else ""
        place = f'x="{item.x:g}" y="{item.y:g}" font-size="{item.size:g}" text-anchor="{item.anchor}"'
        return f'<text {place} fill="{item.colour}"{weight}>{escape(item.text)}</text>'
    points = " ".join(f"{x:g},{y:g}" for x, y in item.points)
    common = f'points="{points}" opacity="{item.opacity:g}"' + (
        ' clip-path="url(#plot)"' if item.within else ""
    )
    if isinstance(item, Patch):
        return f'<polygon {common} fill="{item.colour}"/>'
    dashes = ' stroke-dasharray="4 4"' if item.dashed else ""
    pen = f'stroke="{item.colour}" stroke-width="{item.width:g}" stroke-linejoin="round"{dashes}'
    return f'<polyline {common} fill="none" {pen}/>'


def write_png(scene: Scene, title: str, path: Path, *, dark: bool = False) -> None:
    """A drawing as a picture."""
    write_bytes(path, png(page(scene, title, dark=dark)))


def png(drawn: Page) -> bytes:
    """A page as PNG; scripts that Pillow's own font lacks are boxes."""
    from fashiontui.tui.charts.picture import encoded  # noqa: PLC0415 - Pillow: only who writes a picture pays

    return encoded(drawn, SHARPER)
