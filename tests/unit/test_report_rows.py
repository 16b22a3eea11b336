from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from support.reported import row

from fashiontui.analysis.report.groups import groups_of
from fashiontui.analysis.report.rows import merged, older_copies, read_rows, rows_csv, write_rows
from fashiontui.cli.missing import fingerprints_in
from fashiontui.errors import RunError


def test_what_is_written_is_read_again_in_its_own_type(tmp_path):
    settings = {
        "model.units": [512, 256],
        "model.batch_norm": True,
        "model.activation": "relu",
        "training.epochs": 50,
        "optimizer.learning_rate": 0.0001,
        "optimizer.name": "true",  # a word that would be read as something else
        "dataset.options.path": "12",
    }
    rows = (
        row(settings=settings, studies=("networks", "anns"), fingerprint="944c1dd48637aa4b"),
        row("lr", 2),
    )
    write_rows(tmp_path / "runs.csv", rows)
    assert read_rows(tmp_path / "runs.csv") == rows


def test_texts_that_read_as_something_else_stay_as_they_are_however_often_they_are_written(tmp_path):
    path = tmp_path / "runs.csv"
    odd = row(
        experiment="2026",
        base="true",
        fingerprint="66487e6817077621",
        data_fingerprint="1e5",
        studies=("12",),
    )
    write_rows(path, [odd])
    once = path.read_text()
    for _ in range(3):
        write_rows(path, read_rows(path))
    assert read_rows(path) == (odd,)
    assert path.read_text() == once
    assert fingerprints_in(path) == {"66487e6817077621"}


def test_columns_that_somebody_added_stay(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("run_id,experiment,dataset,seed,comment,my.note\na,lr,mnist,4,fine,12\n")
    write_rows(path, merged(read_rows(path), [row("ann1", 2)]))
    lines = {line["run_id"]: line for line in csv.DictReader(io.StringIO(path.read_text()))}
    assert (lines["a"]["comment"], lines["a"]["my.note"]) == ("fine", "12")
    assert lines[row("ann1", 2).run_id]["comment"] == ""
    again = merged(read_rows(path), [replace(row("lr"), run_id="a")])
    assert {each.run_id: each.others for each in again}["a"] == {"comment": "fine", "my.note": "12"}


def test_it_is_a_plain_table_for_others(tmp_path):
    (line,) = csv.DictReader(io.StringIO(rows_csv([row(seed=3, settings={"model.dropout": 0.3})])))
    assert line["run_id"] == "20261123-091503-nn1"
    assert line["seed"] == "3"
    assert line["test_accuracy"] == "0.9"
    assert line["model.dropout"] == "0.3"
    assert line["model.units"] == "[64]"
    assert line["synthetic"] == "false"
    assert line["torch"] == ""
    assert "training.seed" not in line


def test_an_older_table_lacks_columns_and_is_read_all_the_same(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("run_id,experiment,dataset,seed,test_accuracy\na,lr,mnist,4,0.97\n")
    (found,) = read_rows(path)
    assert (found.run_id, found.base, found.seed, found.results) == ("a", "lr", 4, {"test_accuracy": 0.97})
    assert found.settings == {}


def test_no_table_is_no_row_and_another_one_is_an_error(tmp_path):
    assert read_rows(tmp_path / "none.csv") == ()
    path = tmp_path / "other.csv"
    path.write_text("step,loss\n1,0.5\n")
    with pytest.raises(RunError, match="no column dataset, experiment, run_id, seed"):
        read_rows(path)
    path.write_text("run_id,experiment,dataset,seed,test_accuracy\na,lr,mnist,4,high\n")
    with pytest.raises(RunError, match="no table of runs"):
        read_rows(path)
    path.write_bytes(b"run_id,experiment,dataset,seed\n\xff\xfe,lr,mnist,1\n")
    with pytest.raises(RunError, match="no table of runs"):
        read_rows(path)


def test_merging_replaces_by_run_id_and_sorts_by_time():
    old = [row("lr", 5), row("ann1", 2, 0.5)]
    new = [row("ann1", 2, 0.9), row("ann1", 3)]
    found = merged(old, new)
    assert [each.seed for each in found] == [2, 3, 5]
    assert found[0].results["test_accuracy"] == 0.9


def test_a_copy_that_was_made_before_a_run_had_finished_says_less():
    finished, lost = row("lr", 1), row("lr", 1, state="lost", results={"test_accuracy": None})
    assert older_copies([finished], [lost]) == {finished.run_id}
    assert older_copies([lost], [finished]) == older_copies([finished], [finished]) == set()


def test_what_a_spreadsheet_or_pandas_makes_of_it_is_the_same_table(tmp_path):
    path = tmp_path / "runs.csv"
    given = row(
        "ann1", settings={"model.batch_norm": True, "model.activation": "TRUE", "training.patience": 0},
        dataset="synthetic",
    )  # fmt: skip
    given = replace(given, synthetic=True, results={**given.results, "parameters": 1000})
    write_rows(path, [given])
    assert read_rows(path) == (given,)
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        line.update({name: value.upper() for name, value in line.items() if value in ("true", "false")})
        line["parameters"] = "1000.0"
        line["remarks v1.0"] = "odd"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    (found,) = read_rows(path)
    assert found.synthetic
    assert found.settings == given.settings
    assert repr(found.results["parameters"]) == "1000"
    assert found.others == {"remarks v1.0": "odd"}
    (group,) = groups_of(
        [given, replace(found, run_id="other", seed=2, settings={**found.settings, "training.patience": 0.0})]
    )
    assert len(group.rows) == 2
