"""Pictures of one size, one after another, as an animated GIF that runs for ever."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

FRAME_S: Final = 0.15
LAST_S: Final = 1.5  # the last one stays, to be looked at
LEAST_S: Final = 0.02  # browsers slow down what is faster


def animation(frames: Sequence[Bytes], *, seconds: float = FRAME_S, last: float = LAST_S) -> bytes:
    """Grey pictures (height, width), all of one size, as a GIF. ValueError where there is none, or sizes differ."""
    from PIL import Image  # noqa: PLC0415 - analysis without a report does without

    if not frames:
        raise ValueError("no pictures to show")
    if len({frame.shape for frame in frames}) > 1:
        raise ValueError("the pictures are not of one size")
    pictures = [Image.fromarray(frame).convert("L") for frame in frames]
    times = [max(LEAST_S, seconds)] * (len(frames) - 1) + [max(LEAST_S, last)]
    out = io.BytesIO()
    pictures[0].save(
        out,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=[round(1000 * each) for each in times],
        loop=0,
        optimize=False,
        disposal=1,
    )
    return out.getvalue()


def thinned(count: int, most: int) -> list[int]:
    """At most so many of `count` places, evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(place) for place in np.linspace(0, count - 1, most).tolist()})


def decoded(encoded: bytes) -> Bytes | None:
    """A picture's grey pixels (height, width); None where it is none that can be read."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - as above

    try:
        with Image.open(io.BytesIO(encoded)) as picture:
            return np.asarray(picture.convert("L"), dtype=np.uint8)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
