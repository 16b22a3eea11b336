"""A page as a PNG, by Pillow."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageFont

from fashiontui.tui.charts.page import Anchor, Line, Page, Patch, Words

ANCHORS: Final[dict[Anchor, str]] = {"start": "ls", "middle": "ms", "end": "rs"}


def encoded(drawn: Page, sharper: int) -> bytes:
    """The page's PNG, `sharper` pixels for each of its own."""
    size = drawn.width * sharper, drawn.height * sharper
    image = Image.new("RGB", size, drawn.background)
    plot = image.copy()  # what must not leave the plot is drawn apart
    inside, outside = ImageDraw.Draw(plot, "RGBA"), ImageDraw.Draw(image, "RGBA")
    for item in drawn.items:
        if not isinstance(item, Words):
            _shape(inside if item.within else outside, item, sharper)
    left, top, right, bottom = (round(edge * sharper) for edge in drawn.plot)
    image.paste(plot.crop((left, top, right + 1, bottom + 1)), (left, top))
    for item in drawn.items:
        if isinstance(item, Words):
            font = ImageFont.load_default(item.size * sharper)
            place = (item.x * sharper, item.y * sharper)
            outside.text(place, item.text, fill=item.colour, font=font, anchor=ANCHORS[item.anchor])
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def _shape(pen: ImageDraw.ImageDraw, item: Line | Patch, sharper: int) -> None:
    points = [(x * sharper, y * sharper) for x, y in item.points]
    colour = (*ImageColor.getrgb(item.colour)[:3], round(item.opacity * 255))
    if isinstance(item, Patch):
        pen.polygon(points, fill=colour)
    else:
        pen.line(points, fill=colour, width=max(1, round(item.width * sharper)), joint="curve")
