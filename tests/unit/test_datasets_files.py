"""The known sets: is each file what its name says, and which folder holds them?"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from tiny_dataset import NAMES, contents, idx_bytes, packed, tiny_set, without_sums, write_files

from fashiontui.datasets.check import Verdict
from fashiontui.datasets.known import KNOWN, known_set
from fashiontui.datasets.load import read_known
from fashiontui.datasets.locate import find_file, find_folder
from fashiontui.errors import DataCorruptError, DataMissingError, UnknownNameError

TINY, OTHER = tiny_set("tiny", seed=0), tiny_set("other", seed=1)


@pytest.fixture(autouse=True)
def _tiny_sets(monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", TINY)
    monkeypatch.setitem(KNOWN, "other", OTHER)


@pytest.mark.parametrize("compress", [True, False])
def test_sound_files_are_verified(tmp_path, compress):
    checked = read_known("tiny", write_files(tmp_path, compress=compress))
    assert [each.known.name for each in checked] == list(NAMES)
    assert {each.verdict for each in checked} == {Verdict.VERIFIED}


def test_plain_and_gzipped_files_may_be_mixed_and_dotted(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[0]}.gz").unlink()
    (tmp_path / "train-images.idx3-ubyte").write_bytes(contents()[0])
    checked = read_known("tiny", find_folder("tiny", [tmp_path]))
    assert checked[0].file.path.name == "train-images.idx3-ubyte"
    assert {each.verdict for each in checked} == {Verdict.VERIFIED}


@pytest.mark.parametrize(
    ("place", "content", "named"),
    [
        (2, 0, "test images (20 images of 10×10), but holds Tiny's training images"),
        (0, 1, "training images (40 images of 10×10), but holds Tiny's training labels"),
        (3, 1, "test labels (20 labels), but holds Tiny's training labels"),
    ],
)
def test_swapped_files_are_named(tmp_path, place, content, named):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[place]}.gz").write_bytes(packed(contents()[content]))
    with pytest.raises(DataCorruptError, match=re.escape(f"{NAMES[place]}.gz should hold Tiny's {named}")):
        read_known("tiny", tmp_path)


def test_another_sets_file_is_named(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(packed(contents(seed=1)[0]))
    with pytest.raises(DataCorruptError, match="holds Other's training images"):
        read_known("tiny", tmp_path)


def test_files_swapped_in_a_set_without_published_sums_are_named_by_shape(tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", without_sums(TINY))
    write_files(tmp_path, compress=False)
    (tmp_path / NAMES[2]).write_bytes(contents()[0])
    with pytest.raises(DataCorruptError, match="holds 40 images of 10×10, as its training images are"):
        read_known("tiny", tmp_path)


def test_a_wrong_count_is_named(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(packed(idx_bytes(np.zeros((39, 10, 10)))))
    with pytest.raises(
        DataCorruptError, match=re.escape("(40 images of 10×10), but holds 39 images of 10×10")
    ):
        read_known("tiny", tmp_path)


def test_the_right_form_with_other_bytes_is_refused(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(packed(idx_bytes(np.zeros((40, 10, 10)))))
    with pytest.raises(
        DataCorruptError, match=f"not Tiny's training images: .* published {TINY.files[0].sha256}"
    ):
        read_known("tiny", tmp_path)


def test_without_published_sums_the_gzip_file_is_verified_and_the_plain_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", without_sums(TINY))
    for compress, verdict in ((True, Verdict.VERIFIED), (False, Verdict.UNVERIFIED)):
        checked = read_known("tiny", write_files(tmp_path / str(compress), compress=compress))
        assert {each.verdict for each in checked} == {verdict}


def test_labels_beyond_the_last_class_are_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", replace(without_sums(TINY), classes=("a", "b", "c")))
    with pytest.raises(DataCorruptError, match="labels up to 3, where 2 is the last class"):
        read_known("tiny", write_files(tmp_path, compress=False))


@pytest.mark.parametrize("subfolder", ["", "tiny", "TINY", "TINY/raw"])
def test_a_folder_is_found_itself_or_by_its_name(tmp_path, subfolder):
    folder = write_files(tmp_path / "data" / subfolder)
    assert find_folder("tiny", [tmp_path / "nothing", tmp_path / "data"]) == folder


def test_the_first_candidate_wins(tmp_path):
    first, second = write_files(tmp_path / "first"), write_files(tmp_path / "second")
    assert find_folder("tiny", [first, second]) == first
    assert find_folder("tiny", [second, first]) == second


def test_a_folder_of_another_set_is_passed_over(tmp_path):
    other, mine = write_files(tmp_path / "other", seed=1), write_files(tmp_path / "mine")
    assert find_folder("tiny", [other, mine]) == mine
    assert find_folder("other", [mine, other]) == other


def test_a_damaged_file_does_not_hide_its_folder(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[3]}.gz").write_bytes(b"\x1f\x8b damaged")
    assert find_folder("tiny", [tmp_path]) == tmp_path


def test_missing_data_says_where_it_looked_what_it_found_and_three_ways_to_get_it(tmp_path):
    partial, other = write_files(tmp_path / "partial"), write_files(tmp_path / "wrong", seed=1)
    (partial / f"{NAMES[1]}.gz").unlink()
    with pytest.raises(DataMissingError) as caught:
        find_folder("tiny", [partial, other, tmp_path / "nothing"])
    message, hint = caught.value.message, caught.value.hint
    assert str(tmp_path / "nothing") in message
    assert f"{partial} lacks {NAMES[1]}" in message
    assert f"{other} holds Other, not Tiny" in message
    assert "fashiontui data fetch tiny" in hint
    assert "--data-dir DIR or FASHIONTUI_DATA=DIR" in hint
    assert "--dataset synthetic" in hint


def test_a_file_that_vanishes_after_the_folder_was_found_is_missing(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[2]}.gz").unlink()
    with pytest.raises(DataMissingError, match=f"has no {NAMES[2]}"):
        read_known("tiny", tmp_path)


def test_the_plain_file_is_read_rather_than_the_gzipped_one(tmp_path):
    write_files(tmp_path)
    write_files(tmp_path, compress=False)
    assert find_file(tmp_path, TINY.files[0]) == tmp_path / NAMES[0]


def test_unknown_names_propose_the_nearest():
    with pytest.raises(UnknownNameError, match=r"'fashion_mnist', did you mean `fashion-mnist`\?") as caught:
        known_set("fashion_mnist")
    assert "`kmnist`" in caught.value.hint
    assert known_set("Fashion-MNIST") is KNOWN["fashion-mnist"]


def test_a_set_of_ones_own_is_not_told_to_be_named_as_it_was():
    with pytest.raises(UnknownNameError, match="mine:load is a data set of your own") as caught:
        known_set("mine:load")
    assert "module:function" not in str(caught.value)
    assert "`data info` and `data fetch` know the built-in sets only" in caught.value.message


def test_every_known_set_has_four_files_and_ten_classes():
    for name in ("fashion-mnist", "mnist", "kmnist"):
        known = KNOWN[name]
        assert [file.title for file in known.files] == [
            "training images", "training labels", "test images", "test labels",
        ]  # fmt: skip
        assert [file.name for file in known.files] == list(NAMES)
        assert len(set(known.classes)) == 10
        assert all(re.fullmatch("[0-9a-f]{32}", file.gzip_md5) for file in known.files)
        assert all(file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256) for file in known.files)
