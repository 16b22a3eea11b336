"""Projections of small datasets: computed, kept, and written for TensorBoard."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format
from PIL import Image
from support.tiny_data import tiny_sample
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from fashiontui.analysis.project import Places, Request, fitting, forget_oldest, project, sample_of, tsne
from fashiontui.analysis.projecting import Doing, Projecting
from fashiontui.analysis.projection import Projection, Sample
from fashiontui.analysis.projector import sprite, write_projector
from fashiontui.config.spec import DatasetSpec
from fashiontui.errors import DataError, DataMissingError, RunError

SIZE = 60


def request(tmp_path, **changes):
    values = {"dataset": {"name": "synthetic"}, "cache": tmp_path / "cache", "size": SIZE, **changes}
    return Request.model_validate({**values, "cache": str(values["cache"])})


@pytest.fixture
def heard():
    return []


def test_a_sample_has_every_class_in_its_share(tmp_path, heard):
    project(request(tmp_path, methods=()), heard.append)
    sample = Sample.load(Path(heard[-1]["sample"]))
    assert sample.images.shape == (SIZE, 28, 28)
    assert np.bincount(sample.labels, minlength=10).tolist() == [6] * 10
    assert sample.synthetic
    assert sample.classes[0] == "T-shirt/top"
    assert np.array_equal(sample.of_class(3), sample.images[sample.labels == 3])


def test_principal_components_are_those_of_the_images(tmp_path, heard):
    from sklearn.decomposition import PCA

    project(request(tmp_path), heard.append)
    sample = Sample.load(Path(next(said["sample"] for said in heard if "sample" in said)))
    found = Projection.load(Path(heard[-1]["path"]))
    theirs = PCA(2, svd_solver="full")
    points = theirs.fit_transform(sample.images.reshape(SIZE, -1) / 255)
    assert found.points == pytest.approx(points)
    assert found.shares == pytest.approx(theirs.explained_variance_ratio_)


def test_what_was_computed_is_not_computed_again(tmp_path, heard):
    asked = request(tmp_path)
    project(asked, heard.append)
    (kept,) = (tmp_path / "cache").rglob("pca.npz")
    before = kept.stat().st_mtime_ns
    heard.clear()
    project(asked, heard.append)
    assert kept.stat().st_mtime_ns == before
    assert not any(said.get("doing") == "principal components" for said in heard)
    project(request(tmp_path, seed=1), heard.append)
    assert len(list((tmp_path / "cache").rglob("pca.npz"))) == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 torn", b"\x93NUMPY"])
def test_a_damaged_file_is_computed_anew(tmp_path, heard, damage):
    asked = request(tmp_path)
    project(asked, heard.append)
    for path in (tmp_path / "cache").rglob("*.npz"):
        path.write_bytes(damage)
    heard.clear()
    project(asked, heard.append)
    assert Projection.load(Path(heard[-1]["path"])).points.shape == (SIZE, 2)


def test_a_file_in_the_cache_runs_no_code(tmp_path):
    path = tmp_path / "evil.npz"
    np.savez(path, method=np.array({"a": 1}, dtype=object), points=np.zeros((1, 2)))
    assert Projection.load(path) is None
    assert Sample.load(path) is None


def test_nothing_torn_is_left_behind(tmp_path, heard):
    project(request(tmp_path), heard.append)
    names = sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert names == ["pca.npz", "sample.npz"]


def test_tsne_keeps_clusters_and_tells_how_far_it_is(heard):
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(3, 20) * 20, 20, axis=0)
    points = tsne(centres + rng.normal(size=(60, 20)), 10.0, 0, heard.append)
    assert points.shape == (60, 2)
    groups = points.reshape(3, 20, 2)
    within = max(np.linalg.norm(group - group.mean(axis=0), axis=1).max() for group in groups)
    between = min(
        np.linalg.norm(groups[a].mean(axis=0) - groups[b].mean(axis=0)) for a, b in ((0, 1), (0, 2), (1, 2))
    )
    assert between > 2 * within
    shares = [said["done"] for said in heard]
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert 0 < shares[-1] <= 1


@pytest.mark.parametrize("count", [4, 6])
def test_tsne_of_a_few(count, heard):
    vectors = np.random.default_rng(0).normal(size=(count, 5))
    assert tsne(vectors, 30.0, 0, heard.append).shape == (count, 2)


def test_the_place_depends_on_images_and_choice(tmp_path):
    folders = {
        Places.of(request(tmp_path, **changes), fingerprint).folder
        for changes in ({}, {"size": 61}, {"seed": 1})
        for fingerprint in ("a", "b")
    }
    assert len(folders) == 6


def test_the_cache_does_not_grow_for_ever(tmp_path):
    for age, name in enumerate("abcd"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (age, age))
    (tmp_path / "file").touch()
    forget_oldest(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "d", "file"]
    forget_oldest(tmp_path, 5)


def test_more_images_than_there_are(tmp_path, heard):
    project(request(tmp_path, dataset={"name": "synthetic", "train_size": 30}, methods=()), heard.append)
    assert len(Sample.load(Path(heard[-1]["sample"])).images) == 30


# The process.


def test_the_process_says_what_it_does(tmp_path):
    with Projecting(request(tmp_path, methods=("pca", "tsne")).model_dump_json()) as process:
        heard = list(process.heard())
    assert isinstance(heard[0], Doing)
    kinds = [type(each).__name__ for each in heard if not isinstance(each, Doing)]
    assert kinds == ["Sample", "Projection", "Projection"]
    assert [each.method for each in heard if isinstance(each, Projection)] == ["pca", "tsne"]
    assert any(each.done for each in heard if isinstance(each, Doing))


def test_what_a_user_can_mend_is_said(tmp_path):
    asked = Request(dataset=DatasetSpec(name="mnist"), candidates=(tmp_path,), cache=tmp_path / "cache")
    with (
        Projecting(asked.model_dump_json()) as process,
        pytest.raises(DataMissingError, match="MNIST is not here"),
    ):
        list(process.heard())


def test_a_dataset_of_ones_own(tmp_path):
    (tmp_path / "mysets.py").write_text(
        "def load():\n    print('what I do')\n    raise ValueError('[no] data')\n"
    )
    asked = request(tmp_path, dataset={"name": "mysets:load"}, import_dirs=[str(tmp_path)])
    with Projecting(asked.model_dump_json()) as process, pytest.raises(DataError, match=r"\[no\] data"):
        list(process.heard())


def test_a_process_that_dies_is_told_of(tmp_path):
    command = (sys.executable, "-c", "import sys; sys.exit('out of memory')")
    with Projecting("{}", command) as process, pytest.raises(RunError, match="out of memory"):
        list(process.heard())


def test_cancelling_ends_it_silently(tmp_path):
    command = (
        sys.executable,
        "-c",
        'import time; print(\'{"doing": "x", "done": null}\', flush=True); time.sleep(60)',
    )
    with Projecting("{}", command) as process:
        heard = process.heard()
        assert next(heard) == Doing("x", None)
        process.cancel()
        assert list(heard) == []


def test_it_ends_with_whoever_started_it(tmp_path):
    """Its stdin is a pipe that nobody holds any more."""
    program = (
        "import time, sys; sys.argv = ['', '{}', '--attached']; "
        "import fashiontui.analysis.__main__ as entry; "
        "entry.project = lambda request, tell: time.sleep(60); "
        "entry.Request.model_validate_json = lambda text: None; "
        "entry.main(['project', '{}', '--attached'])"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    process.stdin.close()
    assert process.wait(30) == 130


# Files for others.


@pytest.fixture
def written(tmp_path):
    sample = tiny_sample()
    points = np.arange(2.0 * len(sample.images)).reshape(-1, 2)
    projections = {
        "pca": Projection("pca", points, np.array([0.3, 0.2])),
        "tsne": Projection("tsne", -points, np.empty(0)),
    }
    folder = tmp_path / "out"
    paths = write_projector(folder, sample, projections)
    return sample, points, folder, paths


def test_all_files_are_there(written):
    _, _, folder, paths = written
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths)


def test_csv(written):
    sample, points, folder, _ = written
    with (folder / "projection.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["index"]) for row in rows] == sample.indices.tolist()
    assert [row["class"] for row in rows] == [sample.classes[label] for label in sample.labels]
    assert [float(row["tsne_y"]) for row in rows] == (-points[:, 1]).tolist()


def test_tensorboard_can_read_them(written):
    sample, points, folder, _ = written
    config = text_format.Parse((folder / "projector_config.pbtxt").read_text(), ProjectorConfig())
    assert [each.tensor_name for each in config.embeddings] == ["images", "PCA", "t-SNE"]
    for each in config.embeddings:
        tensor = np.loadtxt(folder / each.tensor_path, delimiter="\t")
        assert len(tensor) == len(sample.images)
        assert (folder / each.metadata_path).is_file()
        assert (folder / each.sprite.image_path).is_file()
        assert list(each.sprite.single_image_dim) == [28, 28]
    tensor = np.loadtxt(folder / "tensors.tsv", delimiter="\t")
    assert np.array_equal(tensor, sample.images.reshape(len(sample.images), -1))
    assert np.array_equal(np.loadtxt(folder / "pca.tsv", delimiter="\t"), points)
    lines = (folder / "metadata.tsv").read_text().splitlines()
    assert lines[0] == "class\tlabel\tindex"
    assert all(line.count("\t") == 2 for line in lines)


def test_the_sprite_has_each_image_in_its_place(written):
    sample, _, folder, _ = written
    picture = np.asarray(Image.open(folder / "sprite.png"))
    side = int(np.ceil(np.sqrt(len(sample.images))))
    assert picture.shape == (28 * side, 28 * side)
    for place, image in enumerate(sample.images):
        top, left = 28 * (place // side), 28 * (place % side)
        assert np.array_equal(picture[top : top + 28, left : left + 28], image)


def test_a_sprite_that_would_be_too_large_is_left_out():
    assert sprite(np.zeros((5000, 200, 200), dtype=np.uint8)) is None
    assert sprite(np.zeros((0, 28, 28), dtype=np.uint8)) is None


def test_a_class_name_with_a_tab_stays_one_column(tmp_path):
    sample = tiny_sample(classes=("a\tb", "\x1b[31m[x]\n"))
    write_projector(tmp_path, sample, {})
    lines = (tmp_path / "metadata.tsv").read_text().splitlines()
    assert len(lines) == 1 + len(sample.images)
    assert all(line.count("\t") == 2 for line in lines)


def test_sample_of_counts_all_splits():
    from support.tiny_data import tiny_dataset

    dataset = tiny_dataset()
    sample = sample_of(dataset, 4, 0)
    assert sample.counts.sum() == sum(len(split) for split in (dataset.train, dataset.valid, dataset.test))
    assert len(sample.images) == 4


def test_a_kept_sample_is_what_was_kept(tmp_path):
    sample = tiny_sample()
    sample.save(tmp_path / "a" / "sample.npz")
    again = Sample.load(tmp_path / "a" / "sample.npz")
    assert again.classes == sample.classes
    assert again.name == sample.name
    assert np.array_equal(again.images, sample.images)
    assert json.dumps(again.source)


@pytest.mark.parametrize(
    ("perplexity", "images", "fits"), [(30, 1000, 30), (30, 31, 10), (30, 10, 3), (30, 2, 1), (30, 1, 1), (0.5, 9, 0.5)]
)  # fmt: skip
def test_a_perplexity_is_no_more_than_a_third_of_the_other_images(perplexity, images, fits):
    assert fitting(perplexity, images) == fits
