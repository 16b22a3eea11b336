"""`fashiontui report` on run folders: what it writes, that it accumulates, and what it says where it can't."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil

import pytest
from support.cli import FASHIONTUI
from support.reported import trained
from support.shown_runs import full_run

from fashiontui.analysis.report.build import command, sections_of
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import by_data, groups_of
from fashiontui.analysis.report.markdown import table
from fashiontui.analysis.report.model import Table
from fashiontui.analysis.report.rows import read_rows
from fashiontui.analysis.report.studies import known_studies, studies_in
from fashiontui.cli.choices import Places
from fashiontui.cli.report import Asked, run_report
from fashiontui.config.load import load_config
from fashiontui.errors import ConfigError, RunError, RunNotFoundError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState

TIME = re.compile(r"\d\d:\d\d UTC")
EXPERIMENTS = """
[defaults]
dataset = "synthetic"
training.epochs = 6
[experiments.lr]
model = "logistic"
[experiments.ann1]
model = { kind = "mlp", units = [64] }
[studies.sizes]
question = "How many units?"
base = "ann1"
matrix."model.units" = [[32], [64], [128]]
[studies.rates]
question = "How fast?"
base = "lr"
matrix."optimizer.learning_rate" = [0.01, 0.1]
"""


def id_of(number):
    return f"20261123-0915{number:02}-k3f"


def mlp(units):
    return {"kind": "mlp", "units": [units]}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two seeds of ann1, one lr, and two variants of a study."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "experiments.toml").write_text(EXPERIMENTS)
    logs = tmp_path / "logs"
    trained(logs, "lr", id_of(1), accuracy=0.80)
    trained(logs, "ann1", id_of(2), accuracy=0.90, model=mlp(64))
    trained(logs, "ann1", id_of(3), accuracy=0.92, seed=2, model=mlp(64))
    for number, units in ((4, 32), (5, 128)):
        trained(
            logs,
            f"ann1-units-{units}",
            id_of(number),
            accuracy=0.8 + number / 100,
            base="ann1",
            study="sizes",
            model=mlp(units),
        )
    return tmp_path


def made(project, *names, out="out", as_json=False, **options):
    said, err = io.StringIO(), io.StringIO()
    places = Places(options.pop("config", project / "experiments.toml"), project / "logs")
    run_report(Asked(names, project / out, **options), places, said, err, as_json=as_json)
    return said.getvalue(), err.getvalue()


def markdown(project, out="out"):
    return (project / out / "README.md").read_text()


def test_everything_is_written_and_the_path_of_the_page_said(project):
    said, err = made(project)
    assert said == f"{project / 'out' / 'report.html'}\n"
    assert "reading runs: 5 of 5" in err.splitlines()
    assert re.search(r"^drawing: (\d+) of \1$", err, re.MULTILINE)
    assert {path.name for path in (project / "out").iterdir()} == {
        "README.md", "report.html", "runs.csv", "runs", "figures.json", "figures",
    }  # fmt: skip
    text = markdown(project)
    pictures = re.findall(r"\]\((figures/[^)]*)\)", text)
    assert pictures
    assert all((project / "out" / each).is_file() for each in pictures)
    assert {f"figures/{name}" for name in json.loads((project / "out" / "figures.json").read_text())} == set(
        pictures
    )
    assert "Synthetic data (drawn by code) were used" in text


def test_figures_name_runs_that_are_rows_of_the_table(project):
    made(project)
    sources = json.loads((project / "out" / "figures.json").read_text())
    known = {row.run_id for row in read_rows(project / "out" / "runs.csv")}
    assert all(figure["runs"] and set(figure["runs"]) <= known for figure in sources.values())
    assert set(sources["sizes-values.png"]["runs"]) == {id_of(number) for number in (2, 3, 4, 5)}
    assert all(
        "synthetic" in figure["label"] and "not smoothed" in figure["label"] for figure in sources.values()
    )


def test_the_tables_can_be_made_again_from_the_csv_alone(project):
    made(project)
    rows = read_rows(project / "out" / "runs.csv")
    ((data, part),) = by_data(rows).items()
    groups = groups_of(part)
    studies = known_studies(studies_in(load_config(project / "experiments.toml")), groups)
    facts = Facts(data=data, rows=part, groups=groups, studies=studies)
    tables = [each for section in sections_of(facts) for each in section.parts if isinstance(each, Table)]
    assert [each.title for each in tables] == [
        "Results; test values are of the model best on validation",
        "Every variant",
    ]
    assert all(table(each) in markdown(project) for each in tables)


def test_numbers_of_the_csv_are_those_of_the_tables_by_hand(project):
    made(project)
    with (project / "out" / "runs.csv").open() as file:
        accuracies = [
            float(line["test_accuracy"]) for line in csv.DictReader(file) if line["experiment"] == "ann1"
        ]
    assert accuracies == [0.90, 0.92]
    mean, std = 0.91, (2 * 0.01**2) ** 0.5
    assert f"| ann1 | 2 | **{mean:.4f} ±{std:.4f}** |" in markdown(project)


def test_a_study_has_its_question_and_what_no_run_answers_its_command(project):
    made(project)
    text = markdown(project)
    assert "## Study: sizes" in text
    assert "*How many units?*" in text
    assert "- Not here: rates: How fast? To add it: `fashiontui run rates --headless --missing`" in text
    assert "| 32 | 1 |" in text


def test_a_report_is_the_same_when_the_run_folders_are_gone(project):
    paths = full_run(project / "logs", "cnn1", id_of(8))
    made(project)
    first, pictures = markdown(project), sorted((project / "out" / "figures").iterdir())
    drawn = {path.name: path.read_bytes() for path in pictures}
    shutil.rmtree(project / "logs")
    assert not paths.root.exists()
    made(project)
    kept = json.loads((project / "out" / "figures.json").read_text())
    assert set(kept) == set(drawn)
    assert {path.name: path.read_bytes() for path in (project / "out" / "figures").iterdir()} == drawn
    assert [line for line in markdown(project).splitlines() if not TIME.search(line)] == [
        line for line in first.splitlines() if not TIME.search(line)
    ]


def test_rows_outlive_their_folders_and_say_so(project):
    made(project)
    shutil.rmtree(project / "logs" / "lr")
    shutil.rmtree(project / "out" / "runs")
    trained(project / "logs", "ann1", id_of(9), accuracy=0.94, seed=3, model=mlp(64))
    made(project)
    rows = read_rows(project / "out" / "runs.csv")
    assert [row.run_id for row in rows] == [id_of(number) for number in (1, 2, 3, 4, 5, 9)]
    text = markdown(project)
    assert "| lr | 1 | 0.8000 |" in text
    assert "| ann1 | 3 | **0.9200 ±0.0200** |" in text
    assert "the curves of 1 run: its folder is not" in text
    sources = json.loads((project / "out" / "figures.json").read_text())
    assert id_of(1) in sources["networks-accuracy.png"]["runs"]
    assert id_of(1) not in sources["networks-curves.png"]["runs"]


def test_the_table_alone_is_enough_where_no_runs_are(project):
    made(project)
    shutil.rmtree(project / "logs")
    made(project)
    assert "| ann1 | 2 | **0.9100 ±0.0141** |" in markdown(project)


def test_a_table_elsewhere_is_added_to(project):
    table_of_all = project / "all.csv"
    made(project, "lr", csv=table_of_all)
    assert [row.experiment for row in read_rows(table_of_all)] == ["lr"]
    assert not (project / "out" / "runs.csv").exists()
    made(project, "ann1", csv=project / "few.csv")
    assert (project / "runs" / f"{id_of(1)}.npz").exists()  # the other table's runs are kept beside it
    made(project, "sizes", out="other", csv=table_of_all)
    assert len(read_rows(table_of_all)) == 5
    assert "| lr | 1 |" in markdown(project, "other")


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (("lr",), [1]),
        (("ann1",), [2, 3]),
        (("sizes",), [2, 3, 4, 5]),  # an experiment that is one of its variants counts
        (("lr", "sizes"), [1, 2, 3, 4, 5]),
        (("experiment=ann1* seed=1",), [2, 4, 5]),
        (("test_accuracy>=0.9", "seed=2"), [3]),
        ((id_of(4),), [4]),
        ((f"lr/{id_of(1)}", id_of(5)), [1, 5]),
        ((id_of(3)[:-4],), [3]),
    ],
)
def test_which_runs_are_meant(project, names, numbers):
    made(project, *names)
    assert [row.run_id for row in read_rows(project / "out" / "runs.csv")] == [
        id_of(each) for each in numbers
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("test_accuracy>2",), "no run fits"),
        (("rates",), "no runs of the study rates"),
        (("nothing",), "no run 'nothing'"),
    ],
)
def test_nothing_fits(project, names, words):
    if names == ("rates",):
        shutil.rmtree(project / "logs" / "lr")
    with pytest.raises(RunNotFoundError, match=words):
        made(project, *names)
    assert not (project / "out").exists()


def test_a_run_of_another_folder_by_its_path(project):
    paths = trained(project / "others", "zoo", id_of(8), model=mlp(8))
    made(project, str(paths.root))
    assert [row.key for row in read_rows(project / "out" / "runs.csv")] == [paths.key]
    assert "networks-curves" in markdown(project)


def test_no_runs_at_all(tmp_path):
    with pytest.raises(RunNotFoundError, match="there are no runs in"):
        run_report(
            Asked((), tmp_path / "out"),
            Places(None, tmp_path / "logs"),
            io.StringIO(),
            io.StringIO(),
            as_json=False,
        )


def test_a_folder_that_cannot_be_written(project):
    (project / "out").write_text("a file")
    with pytest.raises(RunError, match="can't be written"):
        made(project)


def test_a_table_that_is_none_is_left_as_it_is(project):
    (project / "out").mkdir()
    (project / "out" / "runs.csv").write_text("something,else\n1,2\n")
    with pytest.raises(RunError, match="no table of runs"):
        made(project)
    assert (project / "out" / "runs.csv").read_text() == "something,else\n1,2\n"


def test_a_damaged_event_file_is_said_and_the_rest_drawn(project):
    (events,) = (project / "logs" / "lr" / id_of(1)).glob("events*")
    content = bytearray(events.read_bytes())
    content[-20] ^= 0xFF
    events.write_bytes(bytes(content))
    _, err = made(project)
    assert re.search(r"note: lr/\S+: events\S+: [\d,]+ bytes at [\d,]+ belong to no sound record", err)
    assert "belong to no sound record" in markdown(project)
    assert (
        id_of(1) in json.loads((project / "out" / "figures.json").read_text())["networks-curves.png"]["runs"]
    )


def test_a_run_that_can_go_on_is_shown_as_far_as_it_is(project):
    trained(project / "logs", "zoo", id_of(8), state=RunState.STOPPED, epochs=3, model=mlp(8))
    _, err = made(project)
    assert f"note: stopped: zoo/{id_of(8)}" in err
    assert "| zoo (stopped) | 1 |" in markdown(project)


def test_a_live_run_is_said_to_be_one(project, monkeypatch):
    trained(project / "logs", "zoo", id_of(8), state=RunState.RUNNING, epochs=3, model=mlp(8))
    monkeypatch.setattr("fashiontui.runs.registry.present.lock.is_held", lambda _root: True)
    monkeypatch.setattr("fashiontui.runs.registry.folders.lock.is_held", lambda _root: True)
    _, err = made(project)
    assert f"note: running: zoo/{id_of(8)} (still under way: shown as far as it is)" in err


def test_json_names_all_files(project):
    said, err = made(project, as_json=True)
    found = json.loads(said)
    assert found["runs"] == 5
    assert found["report"].endswith("report.html")
    assert len(found["files"]) == 4
    assert "note:" not in err


def test_experiments_with_mistakes_are_passed_over_unless_named(project, monkeypatch):
    (project / "experiments.toml").write_text("[experiments.x]\nmodel = 5\n")
    with pytest.raises(ConfigError):
        made(project)
    monkeypatch.chdir(project)
    _, err = made(project, config=None)
    assert "taken from the runs alone" in err
    assert "## Study: sizes" in markdown(project)


def test_commands_make_the_same_settings_again(project):
    made(project)
    config = load_config(project / "experiments.toml")
    from fashiontui.analysis.report.studies import settings_of

    bases = {name: settings_of(spec) for name, spec in config.experiments.items()}
    by_id = {row.run_id: row for row in read_rows(project / "out" / "runs.csv")}
    assert command(by_id[id_of(3)], bases) == "fashiontui run ann1 --headless --seed 2"
    assert (
        command(by_id[id_of(4)], bases) == "fashiontui run ann1 --headless --seed 1 --set 'model.units=[32]'"
    )
    assert command(by_id[id_of(4)], {}) == f"fashiontui rerun {id_of(4)}"


def test_details_of_a_network_in_a_whole_report(project):
    full_run(project / "logs", "cnn7", id_of(7))
    made(project, "cnn7")
    text = markdown(project)
    for title in ("All networks", "Inside the layers", "Filter evolution", "Overfitting", "What confuses it"):
        assert f"## {title}" in text
    assert (project / "out" / "figures" / "filters-cnn7.gif").is_file()
    assert "100.0% of Coat are taken for Shirt" in text


def test_each_dataset_has_sections_of_its_own(project):
    full_run(project / "logs", "cnn7", id_of(7))  # on 60 test images
    made(project)
    text = markdown(project)
    assert "## All networks · synthetic\n" in text
    assert "## All networks · synthetic, test size 60, valid size 40\n" in text
    first, second = re.findall(r"\*\*Results; .*?\n\n(.*?)\n\n", text, re.DOTALL)
    assert ("| cnn7 |" in second, "| cnn7 |" in first) == (True, False)
    page = (project / "out" / "report.html").read_text()
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    sources = json.loads((project / "out" / "figures.json").read_text())
    assert id_of(7) not in sources["networks-accuracy.png"]["runs"]
    assert sources["networks-accuracy-synthetic.png"]["runs"] == [id_of(7)]


def test_the_command_is_there():
    import subprocess

    done = subprocess.run([*FASHIONTUI, "report", "--help"], capture_output=True, text=True, check=True)
    assert "FILTER|STUDY" in done.stdout


def test_a_finished_run_is_not_replaced_by_a_copy_made_before(project):
    made(project, "lr")
    record = RunPaths.of(project / "logs", "lr", id_of(1)).record
    RunRecord.load(record).in_state(RunState.LOST).model_copy(update={"result": None}).save(record)
    for index in (project / "logs").glob("registry.sqlite*"):
        index.unlink()
    _, said = made(project, "lr")
    assert "older copies of runs that the table has as finished: " + id_of(1) in said
    (row,) = read_rows(project / "out" / "runs.csv")
    assert row.state == "finished"
    assert row.results["test_accuracy"] > 0
