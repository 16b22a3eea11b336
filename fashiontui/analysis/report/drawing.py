"""Charts → PNG for Markdown, SVG for the page. Only here is matplotlib imported, without its global state of figures."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from fashiontui.analysis.report.looks import FAINT, INK
from fashiontui.analysis.report.model import Figure

DPI: Final = 144
HEAD_ROOM: Final = 0.24  # inches above a chart, for its label
STYLE: Final[Any] = {
    "axes.edgecolor": FAINT,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "font.size": 8.5,
    "font.family": ["DejaVu Sans"],
    "grid.color": FAINT,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.5,
    "svg.fonttype": "none",  # words stay words: they can be found, read aloud, copied
    "svg.hashsalt": "fashiontui",  # the same chart, the same file
    "text.color": INK,
    "text.parse_math": False,  # a $ in a name is a $
    "xtick.color": FAINT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8,
}
NUMBERS: Final = re.compile(r"(?<=[\d])\.(\d\d)\d{2,}")  # hundredths of a point are enough
TAGS: Final = re.compile(r"<[^>]*>")
HEAD: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)
METADATA: Final = re.compile(r"<metadata>.*?</metadata>\s*|<style type=.*?</style>\s*", re.DOTALL)
NAMESPACES: Final = re.compile(r' xmlns(:xlink)?="[^"]*"')  # a page knows them
IMAGE_IDS: Final = re.compile(r' id="image\w+"')  # by their content, and nothing refers to them
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SIZE: Final = re.compile(r'(<svg[^>]*?) width="([\d.]+)pt" height="[\d.]+pt"')


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure in both forms."""

    png: bytes
    svg: str


def draw(figure: Figure) -> Drawn:
    """Draw a figure, with its label above it."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="Glyph .* missing from"
        )  # a name in a script the font lacks
        width, height = figure.chart.size
        canvas = Canvas(figsize=(width, height + HEAD_ROOM), dpi=DPI, layout="constrained")
        png, svg = io.BytesIO(), io.StringIO()
        agg: Any = FigureCanvasAgg(canvas)
        figure.chart.draw(canvas)
        canvas.suptitle(figure.label, x=0.005, ha="left", fontsize=7, fontweight="normal", color=FAINT)
        canvas.set_facecolor("white")
        agg.print_png(png, metadata={"Software": None})
        canvas.set_layout_engine("none")  # what it found holds for the second one too
        for patch in (canvas.patch, *(axes.patch for axes in canvas.axes)):
            patch.set_visible(False)
        page: Any = FigureCanvasSVG(canvas)
        page.print_svg(svg, metadata={"Date": None})
    return Drawn(png.getvalue(), page_svg(svg.getvalue(), figure.name))


def page_svg(svg: str, name: str) -> str:
    """An SVG as part of a page: the page's colour for words and axes, its own width, no two ids alike, nothing from outside."""
    svg = IMAGE_IDS.sub("", CONTROLS.sub("", svg))
    svg = NAMESPACES.sub("", METADATA.sub("", HEAD.sub("", svg))).replace("xlink:href", "href")
    svg = SIZE.sub(r'\1 style="max-width:\2pt"', svg, count=1)
    svg = svg.replace(INK, "currentColor")
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    svg = TAGS.sub(lambda tag: NUMBERS.sub(r".\1", tag[0]), svg)  # coordinates; what is said stays as it is
    svg = re.sub(r'\b(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    return svg.strip()
