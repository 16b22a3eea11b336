"""What a study of the file varies, which runs stand for its variants, and where its answer is."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from support.reported import facts, row, table_of

from fashiontui.analysis.report.build import command, report_of, sections_of
from fashiontui.analysis.report.groups import groups_of
from fashiontui.analysis.report.studies import known_studies, settings_of, still_missing, studies_in
from fashiontui.config.load import load_config
from fashiontui.config.overrides import parse_overrides
from fashiontui.config.plan import plan_runs

FILE = """
[experiments.cnn1]
model = "cnn"
[experiments.ann]
model = { kind = "mlp", units = [64] }
[studies.kinds]
base = "cnn1"
matrix.model = ["mlp", "cnn", "logistic"]
[studies.optimizers]
base = "cnn1"
matrix.optimizer = [{ name = "sgd", learning_rate = 0.1 }, { name = "adam" }]
[studies.chance]
question = "How much do seeds vary?"
base = "cnn1"
matrix."training.seed" = [1, 2, 3]
[studies.timing]
base = "ann"
matrix."instrumentation.batch_every" = [7, 9]
[studies.one]
base = "ann"
matrix."model.dropout" = [0.4]
[studies.long]
base = "ann"
matrix."training.epochs" = [5, 10, 20]
[studies.few]
base = "ann"
matrix."dataset.train_size" = [1000, 5000]
[studies.held]
base = "ann"
matrix."dataset.valid_size" = [1000, 2000]
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("studies") / "experiments.toml"
    path.write_text(FILE)
    return load_config(path)


@pytest.fixture(scope="module")
def studies(config):
    return {study.name: study for study in studies_in(config)}


def rows_of(config, study, *, epochs=None):
    """A finished run of each of its variants."""
    return [
        row(
            run.experiment, run.spec.training.seed, 0.9 + number / 100, base=run.base, studies=(study,),
            settings={
                path: value
                for path, value in settings_of(run.spec).items()
                if path not in ("training.seed", "dataset.dir")
            },
            run_id=f"{study}-{number}",
        )
        for number, run in enumerate(plan_runs(config, [study], epochs=epochs))
    ]  # fmt: skip


def facts_of(studies, rows):
    return facts(*rows, studies=known_studies(studies.values(), groups_of(rows)))


def section_of(studies, rows, name):
    (found,) = [each for each in sections_of(facts_of(studies, rows)) if each.name == name]
    return found


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        ("kinds", ("model.kind",)),
        ("optimizers", ("optimizer.name", "optimizer.learning_rate")),
        ("chance", ()),
        ("timing", ()),
        ("one", ()),
        ("long", ("training.epochs",)),
    ],
)
def test_axes_are_full_key_paths_and_tell_variants_apart(studies, name, axes):
    assert studies[name].axes == axes


def test_a_matrix_in_short_is_told_by_its_values(config, studies):
    section = section_of(studies, rows_of(config, "kinds"), "kinds")
    assert [line[0] for line in table_of(section, "Every variant").rows] == ["cnn", "logistic", "mlp"]
    assert section.paragraphs[1].startswith("best at kind logistic")


def test_a_matrix_of_tables_has_a_line_each(config, studies):
    section = section_of(studies, rows_of(config, "optimizers"), "optimizers")
    assert [line[0] for line in table_of(section, "Results").rows] == [
        "cnn1-optimizer-adam", "cnn1-optimizer-sgd-0.1",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["long", "few"])
def test_variants_that_differ_in_epochs_or_images_are_missed(config, studies, name):
    rows, study = rows_of(config, name), studies[name]
    assert still_missing(study, groups_of(rows), "fashion-mnist") == ()
    (missing,) = still_missing(study, groups_of(rows[:-1]), "fashion-mnist")
    assert missing.what == f"1 of {len(rows)} variants have no finished run: {rows[-1].experiment}"


def test_what_adds_missing_runs_says_on_which_images(config, studies):
    rows = [
        replace(
            each, dataset="synthetic",
            settings={**each.settings, "dataset.name": "synthetic", "dataset.valid_size": 200, "dataset.train_size": 1000},
        )
        for each in rows_of(config, "kinds")
    ]  # fmt: skip
    (missing,) = still_missing(studies["kinds"], groups_of(rows[:-1]), "synthetic")
    assert missing.command == (
        "fashiontui run kinds --headless --missing --dataset synthetic --set dataset.train_size=1000 "
        "--set dataset.valid_size=200"
    )


def test_a_variants_name_does_not_count_with_another_value(config, studies):
    rows = rows_of(config, "long")
    changed = replace(rows[2], settings={**rows[2].settings, "training.epochs": 7})
    (missing,) = still_missing(studies["long"], groups_of([*rows[:2], changed]), "fashion-mnist")
    assert missing.what.endswith(": ann-epochs-20")


def test_fewer_epochs_stand_for_a_variant_where_they_are_not_what_is_studied(config, studies):
    rows = rows_of(config, "kinds", epochs=2)
    assert still_missing(studies["kinds"], groups_of(rows), "fashion-mnist") == ()


def test_a_trial_makes_no_variant_one_of_too_few_seeds(config, studies):
    full = [
        replace(each, seed=seed, run_id=f"{each.run_id}-{seed}")
        for each in rows_of(config, "kinds")
        for seed in (1, 2)
    ]
    study = replace(studies["kinds"], seeds=2)
    trials = [replace(each, run_id=f"trial-{each.run_id}") for each in rows_of(config, "kinds", epochs=2)]
    assert still_missing(study, groups_of([*full, *trials]), "fashion-mnist") == ()
    (missing,) = still_missing(study, groups_of([*full[1:], *trials]), "fashion-mnist")
    assert missing.what == "1 of 3 variants have fewer than 2 seeds"


def test_of_a_study_of_seeds_those_not_there_are_missed(config, studies):
    rows = rows_of(config, "chance")
    (missing,) = still_missing(studies["chance"], groups_of(rows[:2]), "fashion-mnist")
    assert missing.what == "1 of 3 variants have no finished run: cnn1-seed-3"


@pytest.mark.parametrize("name", ["chance", "timing", "one"])
def test_a_study_without_two_values_to_compare_has_its_section(config, studies, name):
    rows = rows_of(config, name)
    assert section_of(studies, rows, name).missing == ()
    report = report_of([facts_of(studies, rows)], rows, (), "today", {})
    assert not any(each.what.startswith(name) for each in report.missing)
    assert any(each.what.startswith("long") for each in report.missing)


def test_a_study_of_images_is_complete_in_the_sections_of_each(config, studies):
    first, second = rows_of(config, "held")
    for each in (first, second):
        assert section_of(studies, [each], "held").missing == ()
    every = [facts_of(studies, [each]) for each in (first, second)]
    missing = report_of(every, [first, second], (), "today", {}).missing
    assert not any(each.what.startswith("held") for each in missing)


def test_what_was_studied_on_other_images_is_not_told_as_missing(config, studies):
    rows = rows_of(config, "kinds")
    elsewhere = [
        replace(each, dataset="mnist", settings={**each.settings, "dataset.name": "mnist"}) for each in rows
    ]
    every = [facts_of(studies, [row()]), replace(facts_of(studies, elsewhere), tag="mnist")]
    missing = report_of(every, elsewhere, (), "today", {}).missing
    assert not any(each.what.startswith("kinds") for each in missing)


def test_the_command_of_a_run_older_than_a_setting_names_what_it_was_by_nature():
    kinds = {"model.kind": "cnn", "model.units": [256], "dataset.name": "fashion-mnist"}
    base = {**kinds, "model.pool_first": True, "augmentation.flip_average": True, "training.patience": 0}
    words = shlex.split(command(row(settings={**kinds, "model.pool_first": None}), {"ann1": base}))
    assert parse_overrides(words[words.index("--set") + 1 :: 2]) == {
        "model.pool_first": False,
        "augmentation.flip_average": False,
    }
    like_it = {**base, "model.pool_first": False, "augmentation.flip_average": False}
    assert "--set" not in command(row(settings=kinds), {"ann1": like_it})


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("plain", "plain"),
        ("my.nets:build", "my.nets:build"),
        ("two words", "two words"),
        ("5", '"5"'),
        (".5", '".5"'),
        ("true", '"true"'),
        ("nan", '"nan"'),
        ("2026-01-01", '"2026-01-01"'),
        ("[odd", '"[odd"'),
        ("", '""'),
        (" a ", '" a "'),
        ('"quoted" \\', '"\\"quoted\\" \\\\"'),
        ("1 # \n\x7f漢", '"1 # \\n\\u007f漢"'),
        (5, "5"),
        (1e-05, "1e-05"),
        (True, "true"),
        (["x", "5", 5, True], '["x", "5", 5, true]'),
        ([{"a b": ["x"]}], '[{"a b" = ["x"]}]'),
    ],
)
def test_the_command_that_makes_a_run_again_has_its_very_values(value, word):
    path = "model.options.name"
    words = shlex.split(command(row(settings={path: value}), {"ann1": row().settings}))
    assert words[-2:] == ["--set", f"{path}={word}"]
    assert parse_overrides(words[-1:]) == {path: value}
