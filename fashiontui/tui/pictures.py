"""Pictures of event files, decoded: what they hold may come from anyone."""

from __future__ import annotations

import io
import warnings
from typing import Final

import numpy as np

from fashiontui.tui.pixels import Pixels

FORMATS: Final = ("PNG", "JPEG", "GIF")
MOST_PIXELS: Final = 1 << 23


def decode(encoded: bytes) -> Pixels | None:
    """Grey (h, w) or coloured (h, w, 3) bytes; None where it is no picture that can be shown."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - when the first picture is shown

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of oddities that do not keep it from being shown
            with Image.open(io.BytesIO(encoded), formats=FORMATS) as picture:
                if not 0 < picture.width * picture.height <= MOST_PIXELS:
                    return None
                mode = "L" if picture.mode in ("1", "L", "I;16") else "RGB"
                return np.asarray(picture.convert(mode), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, EOFError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
