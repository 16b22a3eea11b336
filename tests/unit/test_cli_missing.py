from __future__ import annotations

import pytest
from support.fakes import make_run

from fashiontui.cli.choices import Places, RunOptions
from fashiontui.cli.missing import Missing, fingerprints_in, known_runs, missing
from fashiontui.cli.orders import new_runs
from fashiontui.cli.run import order_for, run_experiments
from fashiontui.config.plan import PlannedRun
from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import UsageError
from fashiontui.runs.fingerprint import fingerprint
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.sources import model_source
from fashiontui.runs.state import RunState

EXPERIMENTS = """
[defaults]
dataset = { name = "synthetic", train_size = 200, valid_size = 50, test_size = 50 }
training.epochs = 1

[experiments.lr]
model = "logistic"

[experiments.twin]
model = "logistic"
"""


def spec(seed=1, **settings):
    return ExperimentSpec.model_validate({"dataset": "synthetic", "training": {"seed": seed}, **settings})


def planned(seed=1, name="lr"):
    return PlannedRun(name, name, None, {}, spec(seed))


def known(logs, files=()):
    with Registry.open(logs, warn=pytest.fail) as registry:
        return known_runs(registry, files)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "experiments.toml").write_text(EXPERIMENTS)
    return Places(config=tmp_path / "experiments.toml")


def test_known_ones_are_left_out_by_reason(tmp_path):
    names = [fingerprint(spec(seed)) for seed in (1, 2, 3)]
    found = missing(
        [planned(seed) for seed in (1, 2, 3, 4)],
        {names[0]: "finished", names[1]: "finished", names[2]: "in a.csv"},
        tmp_path,
    )
    assert found.runs == (planned(4),)
    assert found.left_out == {"finished": 2, "in a.csv": 1}
    assert found.words() == "3 of 4 runs left out (2 finished, 1 in a.csv); 1 to make"


def test_a_network_of_one_s_own_is_made_again_once_its_file_has_changed(tmp_path):
    run = PlannedRun("own", "own", None, {}, spec(model={"kind": "custom", "build": "net:build"}))
    (tmp_path / "net.py").write_text("def build(): ...\n")
    known_as = {fingerprint(run.spec, model_source(run.spec.model, [tmp_path])): "finished"}
    assert missing([run], known_as, tmp_path).runs == ()
    (tmp_path / "net.py").write_text("def build(): return 1\n")
    assert missing([run], known_as, tmp_path).runs == (run,)


def test_of_equal_ones_the_first_is_made(tmp_path):
    found = missing([planned(name="lr"), planned(name="twin")], {}, tmp_path)
    assert [run.experiment for run in found.runs] == ["lr"]
    assert found.left_out == {"the same as another one planned": 1}


def test_words_where_nothing_is_missing():
    assert Missing((), {"finished": 2}).words() == "2 of 2 runs left out (2 finished); nothing is missing"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RunState.FINISHED, "finished"),
        (RunState.QUEUED, "queued or running"),
        (RunState.STARTING, "queued or running"),
        (RunState.RUNNING, "queued or running"),
        (RunState.STOPPED, None),
        (RunState.PAUSED, None),
        (RunState.FAILED, None),
        (RunState.LOST, None),
    ],
)
def test_what_a_logs_folder_has(tmp_path, state, reason):
    paths = make_run(tmp_path, spec=spec(7))
    with Registry.open(tmp_path, warn=pytest.fail) as registry:
        registry.note_state(paths.key, state, None)
        assert known_runs(registry, []).get(fingerprint(spec(7))) == reason


def test_a_finished_run_is_finished_though_an_equal_one_waits_and_a_file_has_it(tmp_path):
    file = tmp_path / "results.csv"
    file.write_text(f"fingerprint\n{fingerprint(spec())}\n")
    make_run(tmp_path / "logs", "lr", "20261123-091502-k3f", state=RunState.FINISHED, spec=spec())
    waiting = make_run(tmp_path / "logs", "lr", "20261123-091503-k3f", spec=spec())
    with Registry.open(tmp_path / "logs", warn=pytest.fail) as registry:
        registry.note_state(waiting.key, RunState.QUEUED, None)
        assert known_runs(registry, [file]) == {fingerprint(spec()): "finished"}


def test_a_run_that_cannot_be_read_is_not_taken_for_the_same(tmp_path):
    paths = make_run(tmp_path, state=RunState.FINISHED)
    with Registry.open(tmp_path, warn=pytest.fail) as registry:
        assert len(known_runs(registry, [])) == 1
        paths.record.write_text("{}")
        assert known_runs(registry, []) == {}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_of_results(tmp_path, mark):
    file = tmp_path / "results.csv"
    file.write_text(f'{mark}run_id,fingerprint,note\na,0123,"one,\ntwo"\nb, 4567 ,\nc,,\n')
    assert fingerprints_in(file) == {"0123", "4567"}
    assert known(tmp_path / "logs", [file]) == {"0123": f"in {file}", "4567": f"in {file}"}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"run_id\na\n", "no column"), (b"", "no column"), (b"fingerprint\n\xff\n", "no CSV")],
)
def test_files_that_are_no_results(tmp_path, content, said):
    (tmp_path / "results.csv").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        fingerprints_in(tmp_path / "results.csv")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"none\.csv: No such file"):
        fingerprints_in(tmp_path / "none.csv")


def test_only_what_is_missing_is_ordered(config, tmp_path, capsys):
    options = RunOptions(names=("lr",), seeds=3, missing=True)
    every = new_runs(options, config)
    assert not every.is_empty
    assert capsys.readouterr().err == ""
    assert not (tmp_path / "logs").exists()
    with Registry.open(tmp_path / "logs", warn=pytest.fail) as registry:
        assert len(every.place(registry)) == 3
    more = new_runs(RunOptions(names=("lr",), seeds=4, missing=True), config)
    assert capsys.readouterr().err == "3 of 4 runs left out (3 queued or running); 1 to make\n"
    with Registry.open(tmp_path / "logs", warn=pytest.fail) as registry:
        assert len(more.place(registry)) == 1
        assert len(registry.queue()) == 4


def test_where_nothing_is_missing_nothing_is_done(config, tmp_path, capsys):
    file = tmp_path / "results.csv"
    names = [fingerprint(run.spec) for run in runs_of(config)]
    file.write_text("\n".join(["fingerprint", *names]))
    assert run_experiments(RunOptions(names=("lr", "twin"), missing_from=(file,)), config) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"2 of 2 runs left out (2 in {file}); nothing is missing\n"
    assert not (tmp_path / "logs").exists()


def runs_of(config):
    from fashiontui.config.load import load_config
    from fashiontui.config.plan import plan_runs

    return plan_runs(load_config(config.config), ["lr", "twin"])


@pytest.mark.parametrize("options", [{"missing": True}, {"missing_from": ("a.csv",)}])
def test_a_run_that_is_gone_on_with_is_not_missing(config, options):
    with pytest.raises(UsageError, match="it takes no missing"):
        order_for(RunOptions(resume="lr", **options), config)
