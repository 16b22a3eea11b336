"""Digests outlive the run folders they were read from."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from support.represented import keep as keep_representations
from support.shown_runs import full_run

from fashiontui.analysis.report.digest import digest
from fashiontui.analysis.report.examples import surest_mistakes
from fashiontui.analysis.report.keeping import Keep, keep, kept
from fashiontui.errors import RunError
from fashiontui.runs.record import RunRecord


@pytest.fixture
def found(tmp_path):
    paths = full_run(tmp_path / "logs", epochs=6)
    keep_representations(paths.root)
    return digest(paths, RunRecord.load(paths.record), everything=True)


def same(one, other):
    """Whether two values are alike, arrays and what holds them included."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return one == other


def test_all_of_it_comes_back(found, tmp_path):
    assert found.tracks
    assert found.spreads
    assert found.films
    assert found.predictions is not None
    assert found.seen is not None
    keep(found, tmp_path / "a.npz")
    back = kept(tmp_path / "a.npz")
    for each in fields(found):
        if each.name not in ("data", "seen", "predictions"):
            assert same(getattr(found, each.name), getattr(back, each.name)), each.name
    assert back.data == found.data.model_copy(update={"source": ""})
    assert same(back.predictions.predicted, found.predictions.predicted)
    assert same(back.seen.layers_matrix, found.seen.layers_matrix)
    assert same(dict(back.seen.epochs_of_layer), dict(found.seen.epochs_of_layer))
    assert same(back.seen.best.grams, found.seen.best.grams)
    assert [each.confidence for each in surest_mistakes(back, ())] == [
        each.confidence for each in surest_mistakes(found, ())
    ]


def test_what_is_kept_twice_is_kept_the_same(found, tmp_path):
    keep(found, tmp_path / "a.npz")
    keep(kept(tmp_path / "a.npz"), tmp_path / "b.npz")
    with np.load(tmp_path / "a.npz") as one, np.load(tmp_path / "b.npz") as other:
        assert one.files == other.files
        assert all(np.array_equal(one[name], other[name]) for name in one.files if name != "facts")
        assert json.loads(str(one["facts"])) == json.loads(str(other["facts"]))


def test_nothing_says_where_the_files_were(found, tmp_path):
    keep(found, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        assert str(tmp_path) not in str(arrays["facts"])


def test_curves_alone(tmp_path):
    paths = full_run(tmp_path, epochs=3)
    found = digest(paths, RunRecord.load(paths.record), everything=False)
    keep(found, tmp_path / "a.npz")
    back = kept(tmp_path / "a.npz")
    assert same(dict(found.curves), dict(back.curves))
    assert not back.is_detailed


def test_a_folder_forgets_what_the_table_does_not_know(found, tmp_path):
    folder = Keep(tmp_path / "runs")
    folder.save([found], {found.run_id})
    loaded, problems = folder.load([found.run_id, "another"])
    assert list(loaded) == [found.run_id]
    assert problems == []
    (folder.folder / "my-weights.npz").touch()
    folder.save([], {"another"})
    assert [path.name for path in folder.folder.iterdir()] == ["my-weights.npz"]


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04"])
def test_damage_is_told(tmp_path, content):
    folder = Keep(tmp_path)
    folder.path("a").write_bytes(content)
    loaded, problems = folder.load(["a"])
    assert loaded == {}
    assert len(problems) == 1
    assert "a.npz" in problems[0]


def test_another_version_is_told(found, tmp_path):
    keep(found, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        content = dict(arrays)
    content["facts"] = np.array(json.dumps({**json.loads(str(content["facts"])), "version": 99}))
    np.savez(tmp_path / "a.npz", **content)
    with pytest.raises(RunError, match="another version"):
        kept(tmp_path / "a.npz")
