from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tfevents.checksums import MOST_COLUMNS, crcs_of, crcs_of_rows, masked, masked_crc


def test_the_check_value_of_the_standard():
    (crc,) = crcs_of([b"123456789"])
    assert crc == 0xE3069283
    assert crcs_of_rows(np.frombuffer(b"123456789", np.uint8)[None, :]) == [0xE3069283]


@pytest.mark.parametrize("size", [1, 2, 36, MOST_COLUMNS])
def test_rows_at_once_and_one_by_one(size):
    rows = np.random.default_rng(size).integers(0, 256, (50, size), dtype=np.uint8)
    one_by_one = crcs_of([row.tobytes() for row in rows])
    assert crcs_of_rows(rows).tolist() == one_by_one.tolist()
    assert masked(one_by_one).tolist() == [masked_crc(row.tobytes()) for row in rows]


def test_empty_rows_and_no_rows():
    assert crcs_of_rows(np.zeros((3, 0), np.uint8)).tolist() == [0, 0, 0]
    assert crcs_of_rows(np.zeros((0, 9), np.uint8)).shape == (0,)


def test_longer_rows_are_refused():
    with pytest.raises(ValueError, match="at most 256"):
        crcs_of_rows(np.zeros((1, MOST_COLUMNS + 1), np.uint8))
