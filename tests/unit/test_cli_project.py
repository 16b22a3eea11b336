from __future__ import annotations

import io
import json

import pytest
from support.cli import call, project

from fashiontui.cli.choices import Places
from fashiontui.cli.project import Asked, run_project
from fashiontui.errors import DataMissingError, UnknownNameError, UsageError

FILES = {"projection.csv", "metadata.tsv", "tensors.tsv", "sprite.png", "projector_config.pbtxt", "pca.tsv"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("FASHIONTUI_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return project(tmp_path)


def projected(name="synthetic", *, as_json=False, **changes):
    out, err = io.StringIO(), io.StringIO()
    values = {
        "method": "pca",
        "size": 40,
        "seed": 0,
        "perplexity": 30.0,
        "out": None,
        "data_dir": None,
        **changes,
    }
    run_project(Asked(name, **values), Places(), out, err, as_json=as_json)
    return out.getvalue(), err.getvalue()


def test_files_for_tensorboard_and_for_spreadsheets(folder):
    out, err = projected()
    assert out == "projector-synthetic\n"
    assert {path.name for path in (folder / "projector-synthetic").iterdir()} == FILES
    assert len((folder / "projector-synthetic" / "projection.csv").read_text().splitlines()) == 41
    assert "40 synthetic images of synthetic" in err
    assert "principal components" in err


def test_the_second_time_nothing_is_computed(folder):
    projected()
    assert "principal components" not in projected()[1]


def test_json(folder):
    out, _ = projected(as_json=True, method="both", size=20)
    facts = json.loads(out)
    assert (facts["dataset"], facts["synthetic"], facts["images"]) == ("synthetic", True, 20)
    assert set(facts["files"]) == FILES | {"tsne.tsv"}


def test_the_configs_own_dataset(folder):
    out, _ = projected(None, out=folder / "here")
    assert out == f"{folder / 'here'}\n"


def test_mistakes(folder):
    with pytest.raises(UnknownNameError, match="kmnist"):
        projected("kmnst")
    with pytest.raises(UsageError, match="pca, tsne or both"):
        projected(method="umap")
    with pytest.raises(DataMissingError, match="Fashion-MNIST is not here"):
        projected("fashion-mnist", data_dir=folder)


def test_a_dataset_of_ones_own(folder):
    (folder / "mysets.py").write_text(
        "import numpy as np\n"
        "def load():\n"
        "    print('loading')\n"
        "    images, labels = np.zeros((6200, 20, 16), np.uint8), np.arange(6200) % 3\n"
        "    return images, labels, images[:30], labels[:30]\n"
    )
    out, _ = projected("mysets:load")
    assert out == "projector-mysets-load\n"
    assert (
        "single_image_dim: 16\n    single_image_dim: 20"
        in (folder / "projector-mysets-load/projector_config.pbtxt").read_text()
    )


def test_the_command(tmp_path):
    done = call(
        project(tmp_path), "data", "project", "synthetic", "--size", "20", "--method", "pca", "-o", "out"
    )
    assert (done.returncode, done.stdout) == (0, "out\n"), done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    done = call(tmp_path, "data", "project", "mnist", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["kind"] == "DataMissingError"
