from __future__ import annotations

import hashlib

import numpy as np
import pytest
from tiny_dataset import idx_bytes, packed

from fashiontui.datasets.idx import read_idx
from fashiontui.errors import DataCorruptError, DataMissingError

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 10, 12), dtype=np.uint8)
LABELS = np.arange(30, dtype=np.uint8) % 10


@pytest.mark.parametrize("values", [IMAGES, LABELS])
@pytest.mark.parametrize(("compress", "name"), [(True, "a.gz"), (False, "a"), (True, "a"), (False, "a.gz")])
def test_reads_what_was_written_whatever_the_file_is_called(tmp_path, values, compress, name):
    content = idx_bytes(values)
    path = tmp_path / name
    path.write_bytes(packed(content) if compress else content)
    file = read_idx(path)
    np.testing.assert_array_equal(file.values, values)
    assert file.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.3, 0.9, 0.999])
def test_a_gzip_file_cut_anywhere_is_refused(tmp_path, share):
    whole = packed(idx_bytes(IMAGES))
    path = tmp_path / "images.gz"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DataCorruptError, match=r"images.gz: it") as caught:
        read_idx(path)
    assert "fashiontui data fetch" in caught.value.hint


@pytest.mark.parametrize("lost", [1, 4, 7, 8])
def test_a_gzip_file_without_its_last_bytes_is_refused(tmp_path, lost):
    path = tmp_path / "images.gz"
    path.write_bytes(packed(idx_bytes(IMAGES))[:-lost])
    with pytest.raises(DataCorruptError, match="cut off"):
        read_idx(path)


@pytest.mark.parametrize("kept", [0, 3, 4, 15, 16, 17, 3615])
def test_a_plain_file_cut_anywhere_is_refused(tmp_path, kept):
    path = tmp_path / "images"
    path.write_bytes(idx_bytes(IMAGES)[:kept])
    with pytest.raises(DataCorruptError, match=r"ends within its header|cut off"):
        read_idx(path)


def test_a_cut_plain_file_says_how_much_is_missing(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(idx_bytes(IMAGES)[:2000])
    with pytest.raises(DataCorruptError, match=r"2,000 bytes, and 30×10×12 values take 3,616"):
        read_idx(path)


@pytest.mark.parametrize("compress", [True, False])
def test_bytes_after_the_last_value_are_refused(tmp_path, compress):
    content = idx_bytes(LABELS) + b"more"
    path = tmp_path / "labels"
    path.write_bytes(packed(content) if compress else content)
    with pytest.raises(DataCorruptError, match="too long"):
        read_idx(path)


def test_bytes_after_the_gzip_stream_are_refused(tmp_path):
    path = tmp_path / "labels.gz"
    path.write_bytes(packed(idx_bytes(LABELS)) + b"junk")
    with pytest.raises(DataCorruptError, match="4 bytes follow the end"):
        read_idx(path)


def test_a_changed_byte_in_a_gzip_file_is_noticed(tmp_path):
    whole = bytearray(packed(idx_bytes(IMAGES)))
    whole[-6] ^= 1  # in the CRC: what comes out has the right length
    path = tmp_path / "images.gz"
    path.write_bytes(whole)
    with pytest.raises(DataCorruptError, match=r"damaged .*incorrect data check"):
        read_idx(path)


def test_a_changed_byte_within_the_packed_values_is_noticed(tmp_path):
    whole = bytearray(packed(idx_bytes(np.zeros((100, 28, 28)))))
    whole[40] ^= 0xFF
    path = tmp_path / "images.gz"
    path.write_bytes(whole)
    with pytest.raises(DataCorruptError, match=r"images.gz: it"):
        read_idx(path)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"<!DOCTYPE html>", "no IDX file: it begins with 3c 21 44 4f"),
        (b"\0\0\x0d\x03" + bytes(12), "type 0x0d, not 0x08"),
        (b"\0\0\x08\x02" + bytes(8), "2 dimensions, not 1"),
    ],
)
@pytest.mark.parametrize("compress", [True, False])
def test_something_else_is_named(tmp_path, start, message, compress):
    path = tmp_path / "file"
    path.write_bytes(packed(start) if compress else start)
    with pytest.raises(DataCorruptError, match=message):
        read_idx(path)


def test_dimensions_beyond_all_bounds_are_refused_without_asking_for_the_memory(tmp_path):
    content = b"\0\0\x08\x03" + b"\xff" * 12 + bytes(100)
    for path, stored in ((tmp_path / "plain", content), (tmp_path / "packed", packed(content))):
        path.write_bytes(stored)
        with pytest.raises(DataCorruptError, match="cut off"):
            read_idx(path)


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(DataMissingError, match=r"nothing can't be read: No such file"):
        read_idx(tmp_path / "nothing")
