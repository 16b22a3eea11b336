from __future__ import annotations

import json
from pathlib import Path

import pytest

from fashiontui.config.files import find_config, shipped_config
from fashiontui.config.load import Config, line_to_look_at, load_config
from fashiontui.config.spec import HIGHEST_SEED, CnnSpec, CustomSpec, ExperimentSpec, MlpSpec
from fashiontui.errors import ConfigError

ROOT = Path(__file__).parents[2]
EXPERIMENTS = {"lr", "ann1", "ann2", "ann3", "cnn1", "cnn2", "cnn3", "vgg16", "forest", "best"}
STUDIES = {"networks", "anns", "cnns", "batch_norm", "dropout", "learning_rate", "regularization"}
FINE = "[experiments.a]\nmodel = 'mlp'\n"


@pytest.fixture
def load(tmp_path):
    def write_and_load(text: str | bytes) -> Config:
        path = tmp_path / "experiments.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_config(path)

    return write_and_load


@pytest.fixture
def problems(load):
    def problems_of(text: str | bytes) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return caught.value.problems

    return problems_of


# ---- files


def test_the_shipped_file_has_every_promised_name():
    config = load_config(ROOT / "experiments.toml")
    assert set(config.experiments) >= EXPERIMENTS
    assert set(config.studies) >= STUDIES
    assert config.defaults.optimizer.learning_rate == 0.001
    assert all(spec.description for spec in config.experiments.values())
    assert all(study.question for study in config.studies.values())


def test_the_package_carries_the_same_file():
    assert shipped_config().read_text() == (ROOT / "experiments.toml").read_text(), (
        "after a change: cp experiments.toml fashiontui/config/experiments.toml"
    )


@pytest.mark.parametrize(
    ("text", "where", "line"),
    [
        (f"[defaults]\n\n{FINE}", "experiments.a", 3),
        (FINE, "experiments.a.model", 2),
        (FINE, "experiments.a.training.epochs", 1),
        (FINE, "studies.none", None),
        (FINE, "", None),
        (f"{FINE}\n[experiments.b]\nmodel = 'mpl'\n[experiments.c]\nmodle = 1\n", "experiments.a", 5),
        (f"{FINE}\n[experiments.b\n", "experiments.a", 4),
        (b"[experiments.a]\nmodel = '\xff'\n", "experiments.a", 2),
    ],
)
def test_the_line_to_look_at_is_that_of_the_first_mistake_or_of_a_key(tmp_path, text, where, line):
    path = tmp_path / "experiments.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert line_to_look_at(path, where) == line


def test_of_a_file_that_is_not_there_no_line_is_to_look_at(tmp_path):
    assert line_to_look_at(tmp_path / "experiments.toml", "experiments.a") is None


def test_the_nearest_file_upwards_is_found(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "experiments.toml").touch()
    assert find_config(deep) == tmp_path / "experiments.toml"
    (tmp_path / "a" / "experiments.toml").touch()
    assert find_config(deep) == tmp_path / "a" / "experiments.toml"
    (deep / "experiments.toml").mkdir()  # a folder is none
    assert find_config(deep) == tmp_path / "a" / "experiments.toml"


def test_no_file_upwards(tmp_path, monkeypatch):
    monkeypatch.setattr("fashiontui.config.files.FILE_NAME", "no-such-file.toml")
    assert find_config(tmp_path) is None


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match="no experiments file") as caught:
        load_config(tmp_path / "none.toml")
    assert "--config FILE" in caught.value.hint


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="can't be read"):
        load_config(tmp_path)


def test_text_that_is_not_utf8_names_its_line(problems):
    assert problems(b"a = 1\nb = '\xff'\n")[0].startswith("line 2:")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[experiments.a]\nmodel = cnn\n", "line 2, column 9: Invalid value"),
        ("[experiments.a]\nmodel = 'cnn'\nmodel = 'mlp'\n", "line 3, column 14: this key is there already"),
        ("[experiments.a]\n[experiments.a]\n", "line 2, column 15: Cannot declare"),
        ("a = [1,\n\n", "line 3: Invalid value"),
    ],
)
def test_a_syntax_error_has_line_and_column(problems, text, place):
    assert problems(text)[0].startswith(place)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(load):
    assert "a" in load("\ufeff" + FINE.replace("\n", "\r\n")).experiments


# ---- what a good file means


def test_defaults_are_under_every_experiment(load):
    config = load("""
        [defaults]
        training = { epochs = 7, seed = 3 }
        model = { kind = "mlp", units = [9], dropout = 0.1 }
        [experiments.a]
        training.seed = 4
        model.dropout = 0.2
        [experiments.b]
        model = "cnn"
        """)
    assert config.experiments["a"].training.epochs == 7
    assert config.experiments["a"].training.seed == 4
    assert config.experiments["a"].model == MlpSpec(units=(9,), dropout=0.2)
    assert config.experiments["b"].model == CnnSpec()


def test_shorthands_for_custom_networks_and_datasets(load):
    config = load("""
        [experiments.a]
        model = "mypkg.nets:build"
        dataset = "mypkg.sets:load"
        [experiments.b]
        model = { kind = "custom", build = "nets:b", options = { width = 3 } }
        """)
    assert config.experiments["a"].model == CustomSpec(build="mypkg.nets:build")
    assert config.experiments["a"].dataset.name == "mypkg.sets:load"
    assert config.experiments["b"].model == CustomSpec(build="nets:b", options={"width": 3})


def test_experiments_keep_their_order(load):
    config = load(
        "[experiments.z]\nmodel='mlp'\n[experiments.a]\nmodel='mlp'\n[experiments.m]\nmodel='cnn'\n"
    )
    assert list(config.experiments) == ["z", "a", "m"]


def test_a_config_is_frozen(load):
    config = load(FINE)
    with pytest.raises(TypeError):
        config.experiments["b"] = config.experiments["a"]


# ---- mistakes, all at once


def test_all_mistakes_are_told_at_once_with_their_lines(load):
    text = """\
[defaults]
training.epochs = 0
[experiments.cnn1]
model = { kind = "cnn", dropot = 0.5 }
training = { batch_size = "many" }
[experiments.ann]
model.kind = "mlp"
model.units = [
    3,
    "x",
]
optimizer.name = "adamm"
[studies.s]
experiments = ["nothing*"]
"""
    with pytest.raises(ConfigError, match="has 6 mistakes") as caught:
        load(text)
    assert caught.value.problems == (
        "line 2: defaults.training.epochs = 0: must be at least 1",
        "line 4: experiments.cnn1.model.dropot = 0.5: unknown key `dropot`, did you mean `dropout`?",
        'line 5: experiments.cnn1.training.batch_size = "many": must be a whole number',
        'line 10: experiments.ann.model.units[1] = "x": must be a whole number',
        (
            'line 12: experiments.ann.optimizer.name = "adamm": must be `adam`, `adamw` or `sgd`, '
            "did you mean `adam`?"
        ),
        'line 14: studies.s.experiments[0] = "nothing*": no experiment matches this',
    )


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("model = 'cnnn'", "did you mean `cnn`?"),
        ("model = 5", "must be a table of settings, or a text"),
        ("model.units = [3]", "model.kind: is missing"),
        ("model = { kind = 'logistic', units = [3] }", "a model of kind logistic has no `units`; `mlp`, `cnn` and `vgg16`"),
        ("model = { kind = 'mlp', units = 3 }", "must be a list, such as [256, 128]"),
        ("model = { kind = 'mlp', units = [] }", "must be a list of at least 1"),
        ("model = { kind = 'cnn', kernel_sizes = 4 }", "kernel sizes must be odd"),
        ("model = { kind = 'cnn', channels = [2, 2], kernel_sizes = [3, 3, 3] }", "give one, or one a block"),
        ("model = { kind = 'cnn', channels = [2, 2, 2], convolutions = [1, 2] }", "give one, or one a block"),
        ("model = { kind = 'cnn', channels = [2, 2, 2, 2, 2] }", "(28→14→7→3→1), so at most 4 fit"),
        ("model = { kind = 'forest', max_features = 'sqr' }", "`sqrt` or `log2` or a number, did you mean `sqrt`?"),
        ("model = { kind = 'forest', max_features = 2.0 }", "at most 1.0"),
        ("model = 'custom'", "model.build: is missing"),
        ("model = 'nets:'", "must be an import path such as `mypkg.nets:build`"),
        ("dataset = 'fashoin-mnist'", "did you mean `fashion-mnist`?"),
        ("dataset = 3", 'or a text such as "synthetic"'),
        ("dataset.valid_size = 0", "must be at least 1"),
        ("dataset.dir = 3", "must be a text in quotes"),
        ("training = 3", "must be a table of settings"),
        ("training.epochs = 5.0", "must be a whole number"),
        ("training.epochs = true", "must be a whole number"),
        ("training.label_smoothing = 1.0", "must be below 1.0"),
        ("optimizer.learning_rate = 0", "must be above 0"),
        ("optimizer.learning_rate = inf", "must be a finite number"),
        ("optimizer.learning_rate = '0.1'", "must be a number"),
        ("optimizer.lr = 0.1", "did you mean `learning_rate`?"),
        ("augmentation.flip = 1", "must be true or false"),
        ("augmentation.shift = 9", "must be at most 8"),
        ("dataset = { name = 'm:load', options = { a = { b = [1, nan] } } }", "`a.b[1]` = nan can't be kept in run.json: give a finite"),
        ("model = { kind = 'custom', build = 'm:build', options = { since = 2026-01-02 } }", "`since` = 2026-01-02 can't be kept in run.json: write it in quotes"),
        (f"training.seed = {HIGHEST_SEED + 1}", "must be at most 4294967295"),
        ("training.patience = -1", "must be at least 0"),
        ("model = { kind = 'cnn', channels = [2, 2], kernel_sizes = [3, 4] }", "kernel sizes must be odd"),
        ("model = { kind = 'cnn', dropout = -0.1 }", "must be at least 0.0"),
        ("optimizer.momentum = 1.0", "must be below 1.0"),
        ("optimizer.warmup = 1.0", "must be below 1.0"),
        ("optimizer.average = 1.0", "must be below 1.0"),
        ("optimizer.decay = 1.1", "must be at most 1.0"),
        ("optimizer.clip_norm = 0.0", "must be above 0.0"),
        ("optimizer.weight_decay = -1.0", "must be at least 0.0"),
        ("regularization.l1 = -1.0", "must be at least 0.0"),
        ("regularization.l2 = -1.0", "must be at least 0.0"),
        ("augmentation.erase = 21", "must be at most 20"),
        ("augmentation.shift = -1", "must be at least 0"),
        ("instrumentation.batch_every = 0", "must be at least 1"),
        ("instrumentation.layers_every = -1", "must be at least 0"),
        ("instrumentation.histograms_every = -1", "must be at least 0"),
        ("instrumentation.filters_every = -1", "must be at least 0"),
        ("instrumentation.checkpoint_seconds = -1.0", "must be at least 0.0"),
        ("dataset = 'nets:load; x'", "unknown dataset"),
        ("epochs = 5", "did you mean `training.epochs`?"),
        ("optimzer.decay = 0.5", "did you mean `optimizer`?"),
        ("xyzzy = 5", "unknown key `xyzzy`"),
    ],
)  # fmt: skip
def test_every_wrong_setting_is_told_in_plain_words(problems, setting, told):
    (problem,) = problems(f"[experiments.a]\n\n{setting}\n")
    assert problem.startswith("line 3: experiments.a")
    assert told in problem
    assert "Input should" not in problem


def test_options_of_one_s_own_function_may_be_all_that_json_has(load):
    options = "a = 1, b = 0.5, c = true, d = 'x', e = [1, [2.5]], f = { g = '2026-01-02' }"
    spec = load(
        f"[experiments.a]\nmodel = {{ build = 'm:build', kind = 'custom', options = {{ {options} }} }}\n"
    )
    found = spec.experiments["a"].model.options
    assert json.loads(json.dumps(found)) == found


def test_a_mistake_in_the_defaults_is_told_once(problems):
    text = "[defaults]\ntraining.epochz = 3\n[experiments.a]\nmodel='mlp'\n[experiments.b]\nmodel='mlp'\n"
    assert len(problems(text)) == 1


def test_a_misspelt_dataset_is_told_beside_other_mistakes(problems):
    text = "[defaults]\ndataset = 'fashion-mnits'\ntraining.epochs = 0\n[experiments.a]\nmodel = 'mlp'\n"
    first, second = problems(text)
    assert first.startswith("line 2: defaults.dataset")
    assert "did you mean `fashion-mnist`?" in first
    assert second.startswith("line 3: defaults.training.epochs")


def test_an_experiments_own_mistake_is_told_though_the_defaults_have_it_too(problems):
    found = problems("[defaults]\ntraining.epochs = 0\n[experiments.a]\ntraining.epochs = -1\n")
    assert [problem.split(":")[0] for problem in found] == ["line 2", "line 4"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "experiments: there are none"),
        (
            FINE + "[experimants.b]\nmodel = 'mlp'\n",
            "unknown table `experimants`, did you mean `experiments`?",
        ),
        (FINE + "experiment = 1\n", "experiments.a.experiment"),
        ("experiments = 3\n", "line 1: experiments = 3: must be a table"),
        ("[experiments]\na = 3\n", "line 2: experiments.a = 3: must be a table"),
        ("defaults = 'x'\n" + FINE, "line 1: defaults"),
        ("studies = []\n" + FINE, "line 1: studies = []: must be a table"),
    ],
)
def test_wrong_tables(problems, text, told):
    assert any(told in problem for problem in problems(text))


def test_each_wrong_table_is_one_mistake(problems):
    assert len(problems('experiments = []\nstudies = "x"\n')) == 2


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../up", "a/b", "a b", ".hidden", "-dash", "a\\u001b", "é", "x" * 65, "con", "NUL.x", "a.",
     "registry.sqlite", "README.md"],
)  # fmt: skip
def test_names_that_make_no_folder_are_refused(problems, name):
    (problem,) = problems(f'{FINE}[experiments."{name}"]\nmodel = "mlp"\n')
    assert problem.startswith("line 3: ")
    assert "name" in problem
    assert problem.isprintable()


@pytest.mark.parametrize("name", ["a", "A.b_c-1", "x" * 64, "0", "com10", "console"])
def test_names_that_make_a_folder(load, name):
    assert name in load(f'[experiments."{name}"]\nmodel = "mlp"\n').experiments


def test_names_differ_by_more_than_case_and_kind(problems):
    text = f"{FINE}[experiments.A]\nmodel = 'mlp'\n[studies.a]\nbase = 'a'\n"
    assert problems(text) == (
        "line 3: experiments.A: has the same name as experiments.a",
        "line 5: studies.a: has the same name as experiments.a",
    )


# ---- studies


def study(text: str) -> str:
    return f"{FINE}[experiments.forest]\nmodel = 'forest'\n[studies.s]\n{text}"  # the text begins on line 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("base = 'b'", 'line 6: studies.s.base = "b": there is no such experiment'),
        ("base = 'forrest'", "did you mean `forest`?"),
        ("experiments = ['a',\n'z*']", 'line 7: studies.s.experiments[1] = "z*": no experiment matches this'),
        ("question = 'why?'", "line 5: studies.s: give either `experiments` or a `base`"),
        ("base = 'a'\nexperiments = ['a']", "line 5: studies.s: give either"),
        ("base = 'a'\nmatrx.x = [1]", "line 7: studies.s.matrx: unknown key `matrx`, did you mean `matrix`?"),
        ("base = 'a'\nseeds = 0", "line 7: studies.s.seeds = 0: must be at least 1"),
        (
            "base = 'a'\nmatrix.model.dropout = 0.5",
            "line 7: studies.s.matrix.model.dropout = 0.5: must be a list",
        ),
        ("base = 'a'\nmatrix.model.dropout = []", "must be a list of at least 1"),
        (
            "base = 'a'\nmatrix.'model.dropot' = [0.5]",
            "line 7: studies.s.matrix.model.dropot[0] = 0.5: unknown key `dropot`, did you mean `dropout`?",
        ),
        (
            "base = 'a'\n[studies.s.matrix]\nmodel.dropout = [\n0.5,\n1.5]",
            "line 10: studies.s.matrix.model.dropout[1] = 1.5: must be below 1.0",
        ),
        (
            "base = 'a'\nmatrix.training.seed = [1, 2, 1]",
            "matrix.training.seed[2] = 1: is in the list already",
        ),
        (
            "base = 'a'\nseeds = 2\nmatrix.training.seed = [1, 2]",
            "line 7: studies.s.seeds = 2: repeats its runs with other seeds, and training.seed in its matrix does too",
        ),
        (
            "base = 'a'\nset.training.epochs = 0",
            "line 7: studies.s.set.training.epochs = 0: must be at least 1",
        ),
        (
            "experiments = ['*']\nset.model.dropout = 0.1",
            "studies.s.set.model.dropout = 0.1: for forest: a model of kind forest has no `dropout`",
        ),
        (
            "base = 'a'\nmatrix.model = ['cnn']\nmatrix.'model.kernel_sizes' = [3, [3, 3]]",
            "2 kernel_sizes for 1 channels",
        ),
        (
            "base = 'a'\nset.model.kind = 'cnn'\nmatrix.model.kernel_sizes = [3, 4]",
            "line 8: studies.s.matrix.model.kernel_sizes[1]",
        ),
        (
            (
                "base = 'a'\nmatrix = { training.seed = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], training.epochs = "
                f"{list(range(1, 101))} }}"
            ),
            "studies.s.matrix: 1,100 combinations, at most 1,000 can be run",
        ),
    ],
)
def test_wrong_studies(problems, text, told):
    assert any(told in problem for problem in problems(study(text))), problems(study(text))


def test_each_wrong_value_of_a_matrix_is_told_once(problems):
    text = study(
        "base = 'a'\n[studies.s.matrix]\nmodel.dropout = [0.1, 2.0, 3.0]\ntraining.seed = [1, 2, 3]\n"
    )
    assert len(problems(text)) == 2


def test_a_study_of_a_broken_experiment_is_not_blamed(problems):
    (problem,) = problems(
        "[experiments.a]\nmodel = 'mlq'\n[studies.s]\nbase = 'a'\nmatrix.model.dropout = [0.1]\n"
    )
    assert problem.startswith("line 2: experiments.a.model")


def test_a_study_must_not_call_a_run_like_an_experiment(problems):
    text = f"{FINE}[experiments.'a-dropout-0.1']\nmodel='mlp'\n[studies.s]\nbase='a'\nmatrix.model.dropout=[0.1]\n"
    assert "one of its runs would be called `a-dropout-0.1`" in problems(text)[0]


def test_matrix_keys_may_be_quoted_or_dotted(load):
    config = load(study("base = 'a'\nmatrix.'model.dropout' = [0.1]\nmatrix.training.seed = [1]\n"))
    assert config.studies["s"].matrix == {"model.dropout": (0.1,), "training.seed": (1,)}


def test_batch_norm_of_one_image_is_refused(problems):
    (told,) = problems(
        "[experiments.a]\nmodel = { kind = 'mlp', batch_norm = true }\ntraining.batch_size = 1\n"
    )
    assert "too few for model.batch_norm" in told


@pytest.mark.parametrize(
    "setting",
    [
        f"training.seed = {HIGHEST_SEED}",
        "optimizer.warmup = 0.99",
        "optimizer.decay = 1.0",
        "augmentation = { erase = 20, shift = 8 }",
        "instrumentation = { layers_every = 0, checkpoint_seconds = 0.0 }",
        "training = { patience = 0, label_smoothing = 0.0 }",
    ],
)
def test_numbers_at_their_bounds_are_taken(load, setting):
    assert load(f"[experiments.a]\n{setting}\n").experiments


def test_the_length_of_a_forest_is_in_trees():
    forest = ExperimentSpec.model_validate({"model": {"kind": "forest", "trees": 7}})
    network = ExperimentSpec.model_validate({"training": {"epochs": 9}})
    assert [(spec.length, spec.unit) for spec in (forest, network)] == [(7, "tree"), (9, "epoch")]


@pytest.mark.parametrize("name", ["lpt1", "COM9.txt"])
def test_names_of_ports_are_refused(problems, name):
    (problem,) = problems(f'{FINE}[experiments."{name}"]\nmodel = "mlp"\n')
    assert "Windows" in problem


def test_a_thousand_combinations_are_not_too_many(load):
    text = study(
        f"base = 'a'\nmatrix = {{ training.seed = {list(range(10))}, training.epochs = {list(range(1, 101))} }}\n"
    )
    assert "s" in load(text).studies


def test_what_does_not_fit_together_is_told_where_the_study_says_it(problems):
    text = study("base = 'a'\nset.model.kind = 'cnn'\nmatrix.'model.kernel_sizes' = [3, [3, 3]]\n")
    (problem,) = problems(text)
    assert problem.startswith("line 8: studies.s.matrix.model.kernel_sizes[1]")


def test_the_line_to_look_at_is_the_first_of_those_that_are_known(tmp_path):
    path = tmp_path / "experiments.toml"
    path.write_text(f"{FINE}\n[experiments.b]\nmodel = 'mpl'\n[experiments.c]\nmodle = 1\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.line == 5
