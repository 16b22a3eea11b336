"""Pictures in character cells."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from support.shown_runs import png, sheet

from fashiontui.analysis.filters import cells_of, change
from fashiontui.tfevents.points import ImagePoint
from fashiontui.tui.filmstrip import changes, frame_of, laid_out
from fashiontui.tui.pictures import decode
from fashiontui.tui.pixels import fitted, shrunk, to_lines
from fashiontui.tui.widgets.gallery import SIDES, grid_of


def rng():
    return np.random.default_rng(1)


def widths(lines):
    return {sum(segment.cell_length for segment in line) for line in lines}


@pytest.mark.parametrize("charset", ["braille", "block", "ascii"])
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (28, 28), (3, 4, 3)])
def test_two_pixels_a_cell(charset, shape):
    lines = to_lines(rng().integers(0, 256, shape).astype(np.uint8), charset)
    assert len(lines) == -(-shape[0] // 2)
    assert widths(lines) == {shape[1]}
    if charset == "ascii":
        assert all(segment.text.isascii() for line in lines for segment in line)


def test_colours_are_those_of_the_pixels():
    ((segment,),) = to_lines(np.array([[255], [0]], np.uint8), "block")
    assert segment.text == "▀"
    assert segment.style.color.get_truecolor() == (255, 255, 255)
    assert segment.style.bgcolor.get_truecolor() == (0, 0, 0)


def test_neighbours_alike_are_drawn_at_once():
    ((segment,),) = to_lines(np.full((2, 40), 100, np.uint8), "block")
    assert segment.text == "▀" * 40


def test_dark_and_light_in_ascii():
    ((segment,),) = to_lines(np.array([[0, 255], [0, 255]], np.uint8), "ascii")
    assert segment.text == " @"


@pytest.mark.parametrize("shape", [(5, 5), (28, 28), (300, 7), (7, 300), (3, 4, 3)])
@pytest.mark.parametrize("room", [(1, 1), (10, 10), (100, 30), (0, 5)])
def test_a_picture_fits_and_keeps_its_proportions(shape, room):
    drawn = fitted(np.zeros(shape, np.uint8), *room)
    assert drawn.shape[0] <= max(room[0], 0)
    assert drawn.shape[1] <= room[1]
    if min(room) >= 10 and max(shape) < 30:
        assert drawn.shape[0] / drawn.shape[1] == pytest.approx(shape[0] / shape[1], rel=0.2)


def test_shrinking_takes_means():
    pixels = np.array([[0, 100], [100, 200]], np.uint8)
    assert shrunk(pixels, 1, 1).tolist() == [[100]]
    assert shrunk(pixels, 2, 1).tolist() == [[50], [150]]


def encoded(array, kind="png", **options):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind, **options)
    return buffer.getvalue()


def test_pictures_of_all_kinds_are_decoded():
    grey = rng().integers(0, 256, (4, 6)).astype(np.uint8)
    np.testing.assert_array_equal(decode(encoded(grey)), grey)
    colour = rng().integers(0, 256, (4, 6, 3)).astype(np.uint8)
    np.testing.assert_array_equal(decode(encoded(colour)), colour)
    assert decode(encoded(colour, "jpeg")).shape == (4, 6, 3)
    assert decode(encoded(grey, "gif")).shape[:2] == (4, 6)
    assert decode(encoded(np.dstack([colour, grey]))).shape == (4, 6, 3)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", encoded(np.zeros((9, 9), np.uint8))[:40], b"%!PS-Adobe-3.0 EPSF"]
)
def test_what_is_no_picture_is_none(content):
    assert decode(content) is None


def test_a_picture_that_is_too_large_is_none():
    assert decode(encoded(np.zeros((4000, 4000), np.uint8))) is None


def point(step, image):
    return ImagePoint(step, 0.0, image.width, image.height, (image.png,))


@pytest.mark.parametrize(
    ("filters", "side", "times"), [(12, 5, 5), (32, 3, 9), (64, 28, 1), (1, 7, 4), (8, 11, 2), (9, 40, 1)]
)
def test_filters_are_taken_from_their_sheet(filters, side, times):
    drawn = sheet(3, filters, side, times)
    cells = cells_of(decode(drawn.png))
    expected = np.random.default_rng(3).integers(60, 200, (filters, side, side)).astype(np.uint8)
    np.testing.assert_array_equal(cells, expected)


def test_the_sheets_that_training_draws():
    torch = pytest.importorskip("torch")
    from fashiontui.training.filters import draw

    weights = torch.linspace(-1, 1, 20 * 5 * 5).reshape(20, 5, 5)
    cells = cells_of(decode(draw(weights).png))
    assert cells.shape == (20, 5, 5)
    assert cells[0, 0, 0] < 5
    assert cells[-1, -1, -1] == 255


@pytest.mark.parametrize("shape", [(28, 28), (30, 31), (60, 60), (60, 60, 3)])
def test_other_pictures_are_no_sheets(shape):
    assert cells_of(rng().integers(1, 256, shape).astype(np.uint8)) is None


def test_change_is_a_share():
    black, white = np.zeros((3, 3), np.uint8), np.full((3, 3), 255, np.uint8)
    assert change(black, black) == 0
    assert change(black, white) == 1


def test_frames_and_their_changes():
    points = [point(step, sheet(step)) for step in range(3)]
    frame = frame_of(points[0])
    assert frame.are_filters
    assert len(frame.cells) == 12
    found = changes(points)
    assert np.isnan(found[0])
    assert all(0 < value < 1 for value in found[1:])
    other = [points[0], point(9, png(np.zeros((3, 3), np.uint8))), ImagePoint(10, 0.0, 1, 1, (b"broken",))]
    assert all(np.isnan(changes(other)))
    assert frame_of(other[-1]).cells == ()


def test_faint_filters_are_made_to_be_seen():
    faint = np.full((12, 5, 5), 128, np.uint8)
    faint[:, 0, 0] = 140
    big = faint.repeat(5, axis=1).repeat(5, axis=2)
    drawn = np.zeros((2 * 27, 8 * 27), np.uint8)
    for place, cell in enumerate(big):
        drawn[place // 8 * 27 : place // 8 * 27 + 25, place % 8 * 27 : place % 8 * 27 + 25] = cell
    frame = frame_of(point(1, png(drawn)))
    assert frame.contrast == 8
    assert frame.cells[0][0, 0] == 224
    assert frame.cells[0][1, 1] == 128


@pytest.mark.parametrize("room", [(1, 1), (10, 20), (40, 76), (100, 190), (0, 10)])
@pytest.mark.parametrize("count", [0, 1, 3, 64])
def test_cells_are_laid_out_within_the_room(room, count):
    cells = [np.full((5, 5), 9, np.uint8)] * count
    layout = laid_out(cells, *room)
    assert layout.shown <= count
    assert layout.pixels.shape[0] <= max(room[0], 9)
    assert layout.pixels.shape[1] <= max(room[1], 9)
    if room[0] >= 40 and count:
        assert layout.shown == count


def test_pictures_of_unlike_sizes_and_colours_stand_side_by_side():
    cells = [np.zeros((5, 5), np.uint8), np.full((3, 9, 3), 200, np.uint8)]
    layout = laid_out(cells, 20, 40)
    assert layout.shown == 2
    assert layout.pixels.ndim == 3


@pytest.mark.parametrize(("width", "height"), [(1, 1), (30, 8), (76, 15), (44, 30), (120, 50)])
def test_a_few_images_are_seen_at_once(width, height):
    grid = grid_of(width, height)
    assert grid.count >= 1
    assert grid.width in SIDES
    if width >= 46 and height >= 8:
        assert grid.count >= 3
