"""How alike layers are, as the compare screen shows it, without the screen."""

from __future__ import annotations

import os

import numpy as np
import pytest
from support.fakes import make_entry
from support.represented import keep, representations

from fashiontui.analysis.cka import between_networks
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.representations import representations_path
from fashiontui.runs.state import RunState
from fashiontui.tui.comparing.alike import (
    Matrix,
    Side,
    best_of,
    cell_text,
    epochs_matrix,
    excuse,
    layers_matrix,
    layers_title,
    layers_words,
    meaning,
    others_of,
)
from fashiontui.tui.comparing.shown import shown_runs
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.seenfiles import MOST, SeenFiles
from fashiontui.tui.widgets.similarity_matrix import column_names


@pytest.fixture
def pair(tmp_path):
    """Two runs that kept something."""
    return side(tmp_path, "ann1", seed=1), side(tmp_path, "cnn1", seed=2)


def side(folder, name, **changes):
    """Keeps nothing without changes."""
    (folder / name).mkdir(exist_ok=True)
    if changes:
        keep(folder / name, **changes)
    return Side(name, name, folder / name, f"{name} has nothing")


def test_numbers_in_two_digits():
    numbers = [0.874, 1.0, 0.996, 0.0, -0.02, -0.001, -1.0, float("nan")]
    assert [cell_text(number) for number in numbers] == [
        ".87", "1.0", "1.0", ".00", "-.02", ".00", "-1.0", "-",
    ]  # fmt: skip


def test_the_largest_of_each_row_is_marked():
    values = np.array([[0.1, 0.9, 0.3], [np.nan, np.nan, np.nan], [np.nan, -0.2, -0.1]])
    assert best_of(values) == (1, -1, 2)


def test_layers_against_layers_are_what_the_analysis_says(pair):
    found = SeenFiles().look(pair)
    matrix = layers_matrix(found)
    assert (matrix.rows, matrix.columns) == (("conv1", "fc1", "output"),) * 2
    expected = between_networks(representations(seed=1), representations(seed=2))
    np.testing.assert_allclose(matrix.values, expected, atol=1e-3)
    assert matrix.best == tuple(np.argmax(expected, axis=1))
    assert layers_title(found) == "how alike layers are: ann1 epoch 2 (rows), cnn1 epoch 2 (columns)"


def test_against_itself_a_layer_is_not_its_own_best(pair):
    found = SeenFiles().look((pair[0], pair[0]))
    matrix = layers_matrix(found)
    np.testing.assert_allclose(np.diag(matrix.values), 1)
    assert all(best != row for row, best in enumerate(matrix.best))
    assert layers_title(found) == "how alike layers are: ann1 epoch 2, with itself"


def test_a_network_of_one_layer_has_no_best_in_itself(tmp_path):
    lr = side(tmp_path, "lr", layers=("output",))
    matrix = layers_matrix(SeenFiles().look((lr, lr)))
    assert matrix.best == (-1,)
    assert layers_words(matrix, 0, 0) == "output and output: 1.0"


def test_between_epochs(pair):
    found = SeenFiles().look(pair)
    matrix = epochs_matrix(found.ours, "fc1")
    assert matrix.rows == matrix.columns == ("0", "1", "2")
    np.testing.assert_allclose(np.diag(matrix.values), 1)
    assert matrix.values[0, 2] < matrix.values[1, 2] < 1
    assert matrix.best == (-1, -1, -1)


def test_words_of_a_cell():
    matrix = Matrix("layer", ("fc1",), ("conv1", "output"), np.array([[0.78, 0.89]]), (1,))
    assert layers_words(matrix, 0, 0) == "fc1 and conv1: .78   nearest: output .89"
    assert layers_words(matrix, 0, 1) == "fc1 and output: .89, the nearest"


def test_what_the_numbers_are_fits_the_smallest_terminal():
    assert "1 same up to rotation and scale, 0 unrelated" in meaning(256)
    assert "256" in meaning(256)
    assert len(meaning(256)) <= 76


@pytest.mark.parametrize(
    ("facts", "state", "words"),
    [
        ({FOREIGN: True}, RunState.FINISHED, "another program's"),
        ({"model.kind": "forest"}, RunState.FINISHED, "has no layers"),
        ({"instrumentation.representations": False}, RunState.FINISHED, "representations is false"),
        ({"instrumentation.representations": True}, RunState.RUNNING, "nothing yet"),
        ({}, RunState.QUEUED, "nothing yet"),
        ({}, RunState.FINISHED, "older version"),
    ],
)
def test_why_there_is_nothing(facts, state, words):
    assert words in excuse(make_entry(state=state, facts=facts), "lr")


def test_runs_without_anything_say_so(pair, tmp_path):
    empty, other = side(tmp_path, "forest"), side(tmp_path, "forest2")
    for runs in ((pair[0], empty), (empty, pair[0]), (empty, empty)):
        found = SeenFiles().look(runs)
        assert found.problem == "forest has nothing"
        assert layers_matrix(found) is None
    assert SeenFiles().look((empty, other)).problem == "forest has nothing\n\nforest2 has nothing"
    assert SeenFiles().look((pair[0], empty)).ours.layers == ("conv1", "fc1", "output")  # between epochs


def test_other_images_are_not_compared(pair, tmp_path):
    other = side(tmp_path, "mnist", images_sha256="b" * 64)
    found = SeenFiles().look((pair[0], other))
    assert "other images" in found.problem
    assert layers_matrix(found) is None


def test_a_damaged_file_is_told_without_control_characters(pair, tmp_path):
    broken = side(tmp_path, "bro\x1bken")
    representations_path(RunPaths(broken.folder)).write_bytes(b"no zip")
    problem = SeenFiles().look((pair[0], broken)).problem
    assert "holds no representations" in problem
    assert "\x1b" not in problem


def test_layers_that_see_all_images_alike(pair, tmp_path):
    keep(pair[0].folder, seed=1)
    dead = side(tmp_path, "dead")
    made = representations()
    made.grams[:] = 0
    made.save(representations_path(RunPaths(dead.folder)))
    assert "nothing can be said" in SeenFiles().look((dead, pair[0])).problem


def test_files_are_read_again_only_where_they_changed(pair, monkeypatch):
    read = []
    real = SeenFiles.__init__.__globals__["seen_of"]
    monkeypatch.setattr("fashiontui.tui.seenfiles.seen_of", lambda paths: read.append(paths) or real(paths))
    files = SeenFiles()
    assert files.look(pair) is not None
    assert files.look(pair) is None
    assert len(read) == 2
    assert files.look((pair[1], pair[0])) is not None  # the other way round: nothing is read
    assert len(read) == 2
    keep(pair[1].folder, seed=3, epochs=(0, 1, 2, 4), best_epoch=None)
    os.utime(representations_path(RunPaths(pair[1].folder)), ns=(1, 1))
    found = files.look(pair)
    assert len(read) == 3
    assert found.theirs.epochs == (0, 1, 2, 4)
    assert layers_title(found).endswith("cnn1 epoch 4 (columns)")
    representations_path(RunPaths(pair[1].folder)).unlink()
    assert files.look(pair).problem == "cnn1 has nothing"


def test_only_some_runs_are_kept_in_memory(tmp_path):
    sides = [side(tmp_path, f"run{number}", seed=number) for number in range(MOST + 3)]
    files = SeenFiles()
    for each in sides:
        assert files.look((sides[0], each)).values is not None
    assert len(files._read) == MOST
    assert sides[0].folder in files._read


def test_the_others_in_their_order_and_itself_at_last():
    entries = [make_entry(name) for name in ("a", "b", "c")]
    keys = [entry.key for entry in entries]
    shown = shown_runs(entries, {})
    assert others_of(shown, keys[1]) == (keys[0], keys[2], keys[1])
    assert others_of((), "") == ()


def test_names_of_columns_stay_different():
    assert column_names(("conv1", "output"), 5) == ["conv1", "outpu"]
    assert column_names(("block1.conv1", "block1.conv2"), 8) == ["1", "2"]
    assert column_names(("fc1",), 8) == ["fc1"]
