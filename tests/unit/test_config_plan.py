from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fashiontui.config.files import shipped_config
from fashiontui.config.load import Config, load_config
from fashiontui.config.plan import plan_runs, study_runs
from fashiontui.config.spec import NAME_PATTERN, ExperimentSpec
from fashiontui.errors import UnknownNameError, UsageError

FILE = """
[experiments.lr]
model = "logistic"
[experiments.ann1]
model = { kind = "mlp", units = [8] }
[experiments.ann2]
model = { kind = "mlp", units = [8, 8], dropout = 0.3 }
[studies.anns]
experiments = ["ann*"]
[studies.dropout]
base = "ann2"
matrix."model.dropout" = [0.1, 0.3]
seeds = 2
[studies.widths]
experiments = ["ann*"]
set.training.epochs = 5
matrix."model.units" = [[256, 128], [16]]
matrix."model.batch_norm" = [true, false]
[studies.short]
base = "lr"
set.training.epochs = 2
[studies.odd]
base = "lr"
matrix."dataset.dir" = ["/a b/", "/a/b", "%s"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "experiments.toml"
    path.write_text(FILE % ("x" * 100))
    return load_config(path)


def folders(runs) -> list[str]:
    return [run.experiment for run in runs]


def test_an_experiment_is_one_run_as_it_stands(config):
    (run,) = plan_runs(config, ["ann1"])
    assert (run.experiment, run.base, run.study, run.variant) == ("ann1", "ann1", None, {})
    assert run.spec == config.experiments["ann1"]


def test_globs_match_experiments_in_the_order_of_the_file(config):
    assert folders(plan_runs(config, ["ann*", "lr"])) == ["ann1", "ann2", "lr"]
    assert folders(plan_runs(config, ["*"])) == ["lr", "ann1", "ann2"]
    assert folders(plan_runs(config, ["ann[2]"])) == ["ann2"]


def test_what_is_named_twice_runs_once_and_keeps_its_study(config):
    runs = plan_runs(config, ["ann2", "ann*", "anns", "ann2"])
    assert [(run.experiment, run.study) for run in runs] == [("ann2", "anns"), ("ann1", "anns")]


def test_a_study_is_its_matrix_times_its_seeds(config):
    runs = plan_runs(config, ["dropout"])
    assert folders(runs) == ["ann2-dropout-0.1"] * 2 + ["ann2-dropout-0.3"] * 2
    assert [run.spec.training.seed for run in runs] == [1, 2, 1, 2]
    assert [dict(run.variant) for run in runs[::2]] == [{"model.dropout": 0.1}, {"model.dropout": 0.3}]
    assert {run.base for run in runs} == {"ann2"}
    assert runs[0].spec.model.dropout == 0.1


def test_a_study_of_several_experiments_varies_each(config):
    runs = plan_runs(config, ["widths"])
    assert folders(runs)[:4] == [
        "ann1-units-256-128-batch_norm-true",
        "ann1-units-256-128-batch_norm-false",
        "ann1-units-16-batch_norm-true",
        "ann1-units-16-batch_norm-false",
    ]
    assert len(runs) == 8
    assert all(run.spec.training.epochs == 5 for run in runs)
    assert runs[0].variant["training.epochs"] == 5


def test_a_study_without_matrix_is_named_after_what_it_sets(config):
    (run,) = plan_runs(config, ["short"])
    assert run.experiment == "lr-epochs-2"
    assert run.variant == {"training.epochs": 2}


def test_folder_names_are_safe_unique_and_short(config):
    names = folders(study_runs(config, "odd"))
    assert len(set(names)) == 3
    assert all(NAME_PATTERN.fullmatch(name) and len(name) <= 64 for name in names)
    assert names == folders(study_runs(config, "odd"))


def test_seeds_count_upwards_from_the_seed(config):
    runs = plan_runs(config, ["lr"], seed=7, seeds=3)
    assert [run.spec.training.seed for run in runs] == [7, 8, 9]
    assert {tuple(run.variant) for run in runs} == {()}
    assert len(plan_runs(config, ["dropout"], seeds=1)) == 2


def test_no_seed_is_above_the_highest(config):
    highest = 2**32 - 1
    (run,) = plan_runs(config, ["lr"], seed=highest, seeds=1)
    assert ExperimentSpec.model_validate_json(run.spec.model_dump_json()) == run.spec
    for name, seeds in (("lr", 2), ("dropout", None)):  # the study repeats with two of its own accord
        with pytest.raises(UsageError, match=r"with 2 seeds from 4,294,967,295 on: the highest seed is"):
            plan_runs(config, [name], seed=highest, seeds=seeds)


def test_a_study_of_seeds_is_not_repeated_with_others(tmp_path):
    path = tmp_path / "experiments.toml"
    path.write_text("""
[experiments.lr]
[studies.seeds]
experiments = ["lr"]
matrix = { "training.seed" = [1, 2] }
""")
    config = load_config(path)
    assert [run.spec.training.seed for run in plan_runs(config, ["seeds"], seeds=1)] == [1, 2]
    with pytest.raises(UsageError, match=r"varies training\.seed"):
        plan_runs(config, ["seeds"], seeds=2)


@pytest.mark.parametrize("seeds", [0, -1, 1001])
def test_a_senseless_number_of_seeds(config, seeds):
    with pytest.raises(UsageError, match="--seeds"):
        plan_runs(config, ["lr"], seeds=seeds)


def test_options_go_over_overrides_and_all_are_in_the_variant(config):
    (run,) = plan_runs(
        config,
        ["ann2"],
        overrides={"training.epochs": 9, "model.dropout": 0.1, "model.batch_norm": False},
        epochs=3,
        dataset="synthetic",
    )
    assert run.experiment == "ann2"
    assert run.variant == {"training.epochs": 3, "model.dropout": 0.1, "dataset.name": "synthetic"}
    assert run.spec.dataset.name == "synthetic"


def test_an_option_goes_over_what_a_study_sets(config):
    (run,) = plan_runs(config, ["short"], epochs=50)
    assert run.spec.training.epochs == 50
    assert run.variant == {}


@pytest.mark.parametrize(
    "settings", [{"overrides": {"model.dropout": 0.2}}, {"overrides": {"model": {"dropout": 0.2}}}]
)
def test_what_a_study_varies_cannot_be_set(config, settings):
    with pytest.raises(UsageError, match=r"study dropout varies model\.dropout"):
        plan_runs(config, ["dropout"], **settings)


def test_unknown_names_propose_the_nearest(config):
    with pytest.raises(UnknownNameError, match="no experiment or study `ann11`") as caught:
        plan_runs(config, ["lr", "ann11", "dropuot"])
    assert "Did you mean ann1, dropout?" in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_glob_that_matches_nothing(config):
    with pytest.raises(UnknownNameError, match=r"no experiment matches `vgg\*`"):
        plan_runs(config, ["vgg*"])


def test_wrong_settings_name_the_experiment_that_cannot_have_them(config):
    with pytest.raises(UsageError, match=r"lr can't be run with --set model\.dropout"):
        plan_runs(config, ["ann*", "lr"], overrides={"model.dropout": 0.1})


def test_shipped_studies_have_the_runs_they_promise():
    config = load_config(shipped_config())
    counts = Counter({study: len(plan_runs(config, [study])) for study in config.studies})
    assert counts["dropout"] == 10 * 3
    assert folders(plan_runs(config, ["dropout"]))[3 * 3] == "cnn1-dropout-0.3"
    assert counts["anns"] == counts["cnns"] == 3 * 3
    assert counts["networks"] == 9
    for study in config.studies:
        names = folders(study_runs(config, study))
        assert len(set(names)) == len(names)
        assert all(NAME_PATTERN.fullmatch(name) and len(name) <= 64 for name in names)


def test_a_study_whose_settings_another_model_has_not_is_refused(config):
    """Its variants would be one network under several names."""
    with pytest.raises(UsageError, match=r"no model\.dropout with model\.kind=logistic"):
        plan_runs(config, ["dropout"], overrides={"model.kind": "logistic"})
    assert plan_runs(config, ["anns"], overrides={"model.kind": "logistic"})


def planned(tmp_path, study):
    path = tmp_path / "experiments.toml"
    path.write_text(f'[experiments.Net]\nmodel = "mlp"\n[experiments.lr]\n[studies.s]\n{study}\n')
    return plan_runs(load_config(path), ["s"])


def test_what_a_matrix_varies_goes_over_what_its_study_sets(tmp_path):
    runs = planned(tmp_path, 'base = "lr"\nset.training.epochs = 9\nmatrix."training.epochs" = [1, 2]')
    assert [run.spec.training.epochs for run in runs] == [1, 2]
    assert folders(runs) == ["lr-epochs-1", "lr-epochs-2"]


def test_names_that_come_out_alike_are_told_apart_whatever_their_case(tmp_path):
    names = folders(planned(tmp_path, 'base = "Net"\nmatrix."dataset.dir" = ["/a b", "/a/b", "/A/b"]'))
    assert len({name.lower() for name in names}) == 3
    assert all(name.startswith("Net-dir-") for name in names)


def test_a_study_has_its_experiments_in_its_own_order(tmp_path):
    assert folders(planned(tmp_path, 'experiments = ["lr", "Net", "l*"]')) == ["lr", "Net"]


def test_a_thousand_seeds_may_be_asked_for(config):
    assert len(plan_runs(config, ["lr"], seeds=1000)) == 1000
