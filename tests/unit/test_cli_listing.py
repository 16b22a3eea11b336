from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from fashiontui.cli.listing import Column, Table, run_check, run_list, without_what_does_not_fit
from fashiontui.config.files import shipped_config
from fashiontui.config.load import Config, load_config

FILE = """
[experiments.lr]
description = "[bold]brackets[/bold] and \\u001b[31m escapes"
model = "logistic"
[experiments.cnn1]
model = { kind = "cnn", batch_norm = true }
[experiments.trees]
model = "forest"
[experiments.mine]
model = "nets:build"
dataset = "sets:load"
[studies.dropout]
question = "How [much]?"
base = "cnn1"
matrix."model.dropout" = [0.1, 0.3]
seeds = 2
[studies.all]
experiments = ["*"]
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "experiments.toml"
    path.write_text(FILE)
    return load_config(path)


def listed(config: Config, out: io.StringIO, *, as_json: bool = False) -> str:
    run_list(config, out, as_json=as_json)
    return out.getvalue()


def test_json_has_one_object_a_line(config):
    entries = [json.loads(line) for line in listed(config, io.StringIO(), as_json=True).splitlines()]
    by_name = {entry["name"]: entry for entry in entries}
    assert by_name["lr"]["parameters"] == 7_850
    assert by_name["cnn1"]["parameters"] == 805_386
    assert by_name["cnn1"]["type"] == "experiment"
    assert by_name["mine"] == {
        "type": "experiment", "name": "mine", "description": "", "model": "custom", "build": "nets:build",
        "dataset": "sets:load", "parameters": None, "multiply_adds": None,
    }  # fmt: skip
    assert by_name["dropout"] == {
        "type": "study", "name": "dropout", "question": "How [much]?", "runs": 4, "experiments": ["cnn1"],
        "varies": ["model.dropout"],
    }  # fmt: skip
    assert by_name["all"]["runs"] == 4


def test_a_pipe_gets_plain_aligned_text(config):
    text = listed(config, io.StringIO())
    lines = text.splitlines()
    assert lines[0].split() == ["experiment", "model", "parameters", "multiply-adds", "description"]
    assert lines[2].split() == ["cnn1", "cnn", "805,386", "1.43", "M"]
    assert lines[3].split() == ["trees", "forest", "-", "-"]
    assert lines[2].index("805,386") + len("805,386") == lines[0].index("parameters") + len("parameters")
    assert "[bold]brackets[/bold] and \\x1b[31m escapes" in text
    assert not any(line.endswith(" ") for line in lines)
    assert "\x1b" not in text


def test_a_terminal_gets_tables_with_brackets_unharmed(config, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    text = listed(config, Terminal())
    assert "[bold]brackets[/bold] and \\x1b[31m escapes" in text
    assert "How [much]?" in text
    assert "805,386" in text


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (80, ("name", "parameters", "adds", "words")),
        (50, ("name", "parameters", "adds", "words")),
        (42, ("name", "parameters", "words")),
        (20, ("name", "words")),
    ],
)
def test_numbers_are_whole_or_left_out(width, titles):
    columns = (
        Column("name"),
        Column("parameters", right=True),
        Column("adds", right=True),
        Column("words", wraps=True),
    )
    row = ("best_gpu", "36,478,922", "331.5 M", "a residual network that is meant for a GPU")
    found = without_what_does_not_fit(Table(columns, (row,)), width)
    assert tuple(column.title for column in found.columns) == titles
    assert set(found.rows[0]) <= set(row)


def test_a_narrow_terminal_still_shows_every_name(config, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = listed(config, Terminal())
    assert all(name in text for name in [*config.experiments, *config.studies])


def test_a_file_without_studies_has_one_table(tmp_path):
    path = tmp_path / "experiments.toml"
    path.write_text("[experiments.a]\nmodel = 'mlp'\n")
    assert "study" not in listed(load_config(path), io.StringIO())


def test_check_says_what_it_found():
    out, err = io.StringIO(), io.StringIO()
    assert run_check(shipped_config(), out, err) == 0
    assert out.getvalue() == f"{shipped_config()}: 11 experiments, 7 studies, fine\n"
    assert err.getvalue() == ""


def test_check_counts_one_as_one(tmp_path):
    path = tmp_path / "experiments.toml"
    path.write_text("[experiments.a]\nmodel = 'mlp'\n")
    out = io.StringIO()
    assert run_check(path, out, io.StringIO()) == 0
    assert out.getvalue().endswith("experiments.toml: 1 experiment, fine\n")


def test_check_tells_every_mistake_on_stderr_and_exits_with_2(tmp_path):
    path = tmp_path / "experiments.toml"
    path.write_text("[experiments.a]\nmodel = 'mlq'\ntraining.epochs = 0\n")
    out, err = io.StringIO(), io.StringIO()
    assert run_check(path, out, err) == 2
    assert out.getvalue() == ""
    assert "has 2 mistakes" in err.getvalue()
    assert len(err.getvalue().splitlines()) == 3


def test_listing_needs_neither_torch_nor_numpy():
    code = "import sys, fashiontui.cli.listing; print(sorted(sys.modules.keys() & {'torch', 'numpy', 'textual'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
