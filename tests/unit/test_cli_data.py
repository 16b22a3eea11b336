from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_dataset import NAMES, tiny_set, write_files

from fashiontui.cli.data import cache_folder, candidate_folders, data_fetch, data_info
from fashiontui.datasets import download
from fashiontui.datasets.known import KNOWN
from fashiontui.errors import DataCorruptError, DataMissingError, UnknownNameError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", tiny_set("tiny"))


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder instead of a server: urllib reads file: addresses too."""
    folder = write_files(tmp_path / "mirror")
    monkeypatch.setitem(KNOWN, "tiny", replace(tiny_set("tiny"), mirrors=(folder.as_uri(),)))
    return folder


def info(name: str | None, *candidates: Path, as_json: bool = False) -> str:
    out = io.StringIO()
    data_info(name, candidates, out, as_json=as_json)
    return out.getvalue()


def test_info_tells_place_sizes_classes_and_how_sure_it_is(tmp_path):
    text = info("tiny", write_files(tmp_path))
    assert text.startswith(f"tiny: 40 training and 20 test images, {tmp_path}\n")
    assert text.count(" verified ") == 4
    assert "  a        10      5\n" in text
    assert "unverified" not in text


def test_info_as_json_is_one_object(tmp_path):
    facts = json.loads(info("tiny", write_files(tmp_path), as_json=True))
    assert (facts["dataset"], facts["source"], facts["synthetic"]) == ("tiny", str(tmp_path), False)
    assert (facts["train_size"], facts["test_size"]) == (40, 20)
    assert facts["classes"]["d"] == {"train": 10, "test": 5}
    assert [file["state"] for file in facts["files"]] == ["verified"] * 4
    assert facts["files"][0]["path"] == str(tmp_path / f"{NAMES[0]}.gz")
    assert facts["files"][0]["size_bytes"] == (tmp_path / f"{NAMES[0]}.gz").stat().st_size


def test_info_of_a_damaged_set_is_an_error(tmp_path):
    write_files(tmp_path)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(b"")
    with pytest.raises(DataCorruptError):
        info("tiny", tmp_path)
    with pytest.raises(DataMissingError):
        info("tiny", tmp_path / "nothing")
    with pytest.raises(UnknownNameError):
        info("tinny", tmp_path)


def test_info_of_synthetic_needs_no_folder():
    facts = json.loads(info("synthetic", as_json=True))
    assert (facts["train_size"], facts["test_size"], facts["synthetic"]) == (60_000, 10_000, True)
    assert facts["classes"]["Ankle boot"] == {"train": 6_000, "test": 1_000}


def test_info_without_a_name_lists_what_is_here(tmp_path):
    lines = info(None, write_files(tmp_path)).splitlines()
    assert f"tiny           {tmp_path}" in lines
    assert "mnist          not here: fashiontui data fetch mnist" in lines
    facts = [json.loads(line) for line in info(None, tmp_path, as_json=True).splitlines()]
    assert {"dataset": "tiny", "source": str(tmp_path)} in facts
    assert {"dataset": "fashion-mnist", "source": None} in facts


def test_fetch_says_a_line_a_file_and_prints_the_folder(tmp_path, mirror):
    out, narration = io.StringIO(), io.StringIO()
    data_fetch(["tiny"], tmp_path / "cache", out, narration)
    assert out.getvalue() == f"{tmp_path / 'cache' / 'tiny'}\n"
    assert narration.getvalue().splitlines() == [
        f"downloading Tiny {kind}, 0.0 MB"
        for kind in ("training images", "training labels", "test images", "test labels")
    ]
    assert info("tiny", tmp_path / "cache").count(" verified ") == 4


def test_fetch_again_says_it_is_here(tmp_path, mirror):
    narration = io.StringIO()
    data_fetch(["tiny"], tmp_path, io.StringIO(), io.StringIO())
    data_fetch(["tiny"], tmp_path, io.StringIO(), narration)
    assert narration.getvalue() == "Tiny is here already\n"


def test_fetch_draws_bars_on_a_terminal(tmp_path, mirror, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    narration = Terminal()
    data_fetch(["tiny"], tmp_path, io.StringIO(), narration)
    assert "Tiny training images" in narration.getvalue()
    assert "━" in narration.getvalue()


def test_fetch_of_synthetic_fetches_nothing(tmp_path):
    out, narration = io.StringIO(), io.StringIO()
    data_fetch(["synthetic"], tmp_path, out, narration)
    assert "nothing to fetch" in narration.getvalue()
    assert (out.getvalue(), list(tmp_path.iterdir())) == ("", [])


def test_an_unknown_name_stops_fetch_before_it_begins(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "fetch", lambda *_: pytest.fail("began to download"))
    with pytest.raises(UnknownNameError, match="did you mean `tiny`"):
        data_fetch(["tiny", "tinny"], tmp_path, io.StringIO(), io.StringIO())


def test_folders_are_looked_at_in_the_designs_order(tmp_path):
    environment = {"FASHIONTUI_DATA": "/from/environment"}
    assert candidate_folders(Path("/option"), environment, Path("/config")) == (
        Path("/option"), Path("/from/environment"), Path("/config"), cache_folder(),
    )  # fmt: skip
    assert candidate_folders(None, {"FASHIONTUI_DATA": ""}, None) == (cache_folder(),)
    assert candidate_folders(Path("~/data"), {}, None)[0] == Path.home() / "data"


def test_importing_it_loads_nothing_heavy():
    program = "import sys, fashiontui.cli.data; print([m for m in ('numpy', 'pydantic', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
