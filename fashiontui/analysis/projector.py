"""A projected dataset as files for others: CSV, and what TensorBoard's projector reads."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.projection import TITLES, Method, Projection, Sample
from fashiontui.config.problems import printable
from fashiontui.runs.atomic import replacing, write_text

SPRITE_SIDE: Final = 8192  # the projector takes no larger picture
CONFIG: Final = "projector_config.pbtxt"  # by this name TensorBoard finds it
METADATA: Final = "metadata.tsv"
SPRITE: Final = "sprite.png"
TENSORS: Final = "tensors.tsv"
POINTS: Final = "projection.csv"

Projections = Mapping[Method, Projection]


def write_projector(folder: Path, sample: Sample, projections: Projections) -> list[Path]:
    """Write all files, each whole or not at all; their paths. The sprite is left out where it would be too large."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"images": TENSORS, **{TITLES[method]: f"{method}.tsv" for method in projections}}
    texts = {
        POINTS: points_csv(sample, projections),
        METADATA: metadata_tsv(sample),
        TENSORS: _tsv(sample.images.reshape(len(sample.images), -1), "%d"),
        **{f"{method}.tsv": _tsv(found.points, "%.6g") for method, found in projections.items()},
    }
    picture = sprite(sample.images)
    if picture is not None:
        _write_png(folder / SPRITE, picture)
    height, width = sample.images.shape[1:]
    texts[CONFIG] = config_text(tensors, (width, height) if picture is not None else None)
    for name, text in texts.items():
        write_text(folder / name, text, durable=False)
    return [folder / name for name in (*([SPRITE] if picture is not None else []), *texts)]


def points_csv(sample: Sample, projections: Projections) -> str:
    """A line an image: its place among the training images, its class, its places on the planes."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    axes = [f"{method}_{axis}" for method in projections for axis in "xy"]
    lines.writerow(["index", "label", "class", *axes])
    places = [np.round(found.points, 6) for found in projections.values()]
    table = np.hstack(places) if places else np.empty((len(sample.labels), 0))
    for index, label, row in zip(
        sample.indices.tolist(), sample.labels.tolist(), table.tolist(), strict=True
    ):
        lines.writerow([index, label, class_name(sample.classes, label), *row])
    return out.getvalue()


def metadata_tsv(sample: Sample) -> str:
    """What the projector shows of each image, and colours it by."""
    rows = zip(sample.indices.tolist(), sample.labels.tolist(), strict=True)
    lines = [f"{class_name(sample.classes, label)}\t{label}\t{index}" for index, label in rows]
    return "\n".join(["class\tlabel\tindex", *lines]) + "\n"


def class_name(classes: Sequence[str], label: int) -> str:
    """A class as one printable word or more: a tab in it would make two columns."""
    return printable(classes[label]) if label < len(classes) else str(label)


def config_text(tensors: Mapping[str, str], image_size: tuple[int, int] | None) -> str:
    """The projector's own config, as protobuf text: each set of points with the same labels and pictures."""
    picture = (
        ""
        if image_size is None
        else (
            f'  sprite {{\n    image_path: "{SPRITE}"\n'
            f"    single_image_dim: {image_size[0]}\n    single_image_dim: {image_size[1]}\n  }}\n"
        )
    )
    return "".join(
        f'embeddings {{\n  tensor_name: "{name}"\n  tensor_path: "{path}"\n  metadata_path: "{METADATA}"\n{picture}}}\n'
        for name, path in tensors.items()
    )


def sprite(images: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """All images in one, row by row, in a square of places; None where that is larger than the projector takes."""
    count, height, width = images.shape
    side = math.ceil(math.sqrt(count))
    if not count or side * max(height, width) > SPRITE_SIDE:
        return None
    padded = np.zeros((side * side, height, width), dtype=np.uint8)
    padded[:count] = images
    return padded.reshape(side, side, height, width).swapaxes(1, 2).reshape(side * height, side * width)


def _write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    from PIL import Image  # noqa: PLC0415 - only who writes a sprite needs it

    with replacing(path) as temporary:
        Image.fromarray(picture).save(temporary, format="PNG")


def _tsv(table: NDArray[np.generic], form: str) -> str:
    out = io.StringIO()
    np.savetxt(out, table, fmt=form, delimiter="\t")
    return out.getvalue()
