from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from support.shown_runs import sheet

from fashiontui.analysis.filters import cells_of
from fashiontui.analysis.gif import animation, decoded, thinned
from fashiontui.analysis.report.sections.filters import tiled


def test_frames_times_and_pixels_are_as_given():
    frames = [np.full((6, 8), shade, np.uint8) for shade in (0, 100, 255)]
    with Image.open(io.BytesIO(animation(frames, seconds=0.2, last=1.0))) as found:
        assert (found.format, found.size, found.n_frames, found.info["loop"]) == ("GIF", (8, 6), 3, 0)
        times = []
        for number, frame in enumerate(frames):
            found.seek(number)
            times.append(found.info["duration"])
            assert np.array_equal(np.asarray(found.convert("L")), frame)
        assert times == [200, 200, 1000]


def test_equal_frames_stay_frames_of_their_own_time():
    frames = [np.zeros((4, 4), np.uint8)] * 2 + [np.full((4, 4), 200, np.uint8)]
    with Image.open(io.BytesIO(animation(frames))) as found:
        total = 0
        for number in range(found.n_frames):
            found.seek(number)
            total += found.info["duration"]
    assert total == 150 + 150 + 1500


def test_no_frames_or_other_sizes_are_refused():
    with pytest.raises(ValueError, match="no pictures"):
        animation([])
    with pytest.raises(ValueError, match="one size"):
        animation([np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8)])


@pytest.mark.parametrize(("count", "most"), [(3, 5), (50, 30), (100, 2), (0, 4), (7, 7)])
def test_thinned_keeps_the_ends(count, most):
    places = thinned(count, most)
    assert len(places) == min(count, most)
    assert places == sorted(set(places))
    if count > 1:
        assert (places[0], places[-1]) == (0, count - 1)


def test_a_picture_that_is_none_is_none():
    assert decoded(b"no picture") is None
    assert decoded(b"\x89PNG\r\n\x1a\n") is None
    assert decoded(sheet(0).png).shape == (sheet(0).height, sheet(0).width)


def test_filters_are_tiled_in_rows_of_eight():
    cells = cells_of(decoded(sheet(0).png))
    found = tiled(cells)
    times = 56 // 5
    assert found.shape == (2 * (5 * times + 2), 8 * (5 * times + 2))
    assert np.array_equal(found[: 5 * times : times, : 5 * times : times], cells[0])
    assert not found[
        -(5 * times + 2) :, -4 * (5 * times + 2) :
    ].any()  # twelve filters: the last row is half empty
