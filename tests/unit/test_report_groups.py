from __future__ import annotations

import itertools

import pytest
from support.reported import row

from fashiontui.analysis.decisive import decisive
from fashiontui.analysis.report.groups import by_data, coloured, data_of, groups_of
from fashiontui.analysis.report.looks import HUES, look_at, looks_of


def test_seeds_are_one_group_with_mean_and_deviation():
    (group,) = groups_of(
        [row(seed=seed, accuracy=accuracy) for seed, accuracy in ((1, 0.90), (2, 0.92), (3, 0.94))]
    )
    found = group.measured("test_accuracy")
    assert found.value == pytest.approx(0.92)
    assert found.std == pytest.approx(0.02)
    assert found.count == 3
    assert group.seeds == (1, 2, 3)
    assert group.label == "ann1"


def test_of_one_seed_the_newest_counts_and_finished_runs_count_before_others():
    rows = [
        row(seed=1, accuracy=0.5, run_id="old", created="2026-01-01"),
        row(seed=1, accuracy=0.9, run_id="new", created="2026-02-01"),
        row(seed=2, accuracy=0.1, run_id="live", state="running"),
    ]
    (group,) = groups_of(rows)
    assert group.run_ids == ("new",)
    (unfinished,) = groups_of(rows[2:])
    assert unfinished.run_ids == ("live",)
    assert not unfinished.is_finished


def test_other_settings_are_another_group_and_named_by_what_differs():
    rows = [
        row(),
        row(seed=2, settings={"training.epochs": 3}),
        row(seed=3, settings={"training.epochs": 3, "model.dropout": 0.3}),
    ]
    groups = groups_of(rows)
    assert [group.label for group in groups] == [
        "ann1 (dropout 0, epochs 3)",
        "ann1 (dropout 0, epochs 50)",
        "ann1 (dropout 0.3, epochs 3)",
    ]
    assert len({group.look for group in groups}) == 3


def test_what_is_as_usual_or_decides_nothing_tells_no_groups_apart():
    said = {
        "training.epochs": 50,
        "model.activation": "relu",
        "instrumentation.batch_every": 7,
        "dataset.dir": "x",
    }
    assert decisive({**row().settings, **said}) == decisive(row().settings)
    assert len(groups_of([row(), row(seed=2, settings=said)])) == 1


def test_the_same_settings_under_another_name_count_with_the_experiment():
    variant = row("ann1-dropout-0.0", 2, base="ann1", settings={"model.dropout": 0.0})
    (group,) = groups_of([variant, row(seed=1)])
    assert group.experiment == "ann1"
    assert group.is_plain
    assert group.seeds == (1, 2)


def test_a_setting_is_known_also_where_it_is_as_usual():
    (group,) = groups_of([row()])
    assert group.setting("model.dropout") == 0.0
    assert group.setting("training.epochs") == 50
    assert group.setting("model.kernel_sizes") is None


def test_runs_without_results_are_in_no_group():
    assert groups_of([row(results={"test_accuracy": None, "valid_accuracy": None})]) == ()


def test_datasets_are_never_mixed_and_synthetic_ones_say_so():
    rows = [
        row(settings={"dataset.name": "synthetic"}),
        row(seed=2),
        row(seed=3, settings={"dataset.test_size": 1000}),
        row(seed=4, settings={"dataset.train_size": 500}),
    ]
    found = by_data(rows)
    assert [data.label for data in found] == ["fashion-mnist", "fashion-mnist, test size 1000", "synthetic"]
    assert [len(part) for part in found.values()] == [2, 1, 1]
    own = data_of(row(settings={"dataset.name": "mysets:load"}, synthetic=True))
    assert own.label == "mysets:load (synthetic)"


def test_other_images_under_one_name_are_another_dataset():
    own = {"dataset.name": "mysets:load"}
    rows = [
        row(seed=1, accuracy=0.9, settings=own, data_fingerprint="a" * 64),
        row(seed=2, accuracy=0.9, settings=own, data_fingerprint="a" * 64),
        row(seed=3, accuracy=0.5, settings=own, data_fingerprint="b" * 64),
        row(seed=4, accuracy=0.9, settings=own),  # does not tell
    ]
    found = by_data(rows)
    assert [data.label for data in found] == ["mysets:load, images aaaaaaaa", "mysets:load, images bbbbbbbb"]
    assert [[each.seed for each in part] for part in found.values()] == [[1, 2, 4], [3]]
    assert [data.label for data in by_data(rows[:2])] == ["mysets:load"]


def test_training_on_fewer_images_is_no_other_dataset():
    fewer = row(seed=2, settings={"dataset.train_size": 500}, data_fingerprint="b" * 64)
    assert len(by_data([row(data_fingerprint="a" * 64), fewer])) == 1


def test_an_experiment_has_one_colour_on_all_datasets():
    lr, zoo = (row(name, settings={"model.units": [units]}) for name, units in (("lr", 8), ("zoo", 16)))
    first = groups_of([row("ann1"), lr])
    second = coloured(groups_of([lr, zoo]), first)
    looks = {group.label: group.look for group in first}
    assert second[0].look == looks["lr"]
    assert second[1].look not in looks.values()


def test_looks_stay_when_more_come_and_all_are_told_apart():
    names = [f"net{number}" for number in range(30)]
    few, many = looks_of(names[:5]), looks_of(names)
    assert all(many[name] == few[name] for name in few)
    assert len(set(many.values())) == 30


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("paper", ["#ffffff", "#14171b"])
def test_every_colour_is_seen_on_a_light_and_on_a_dark_page(hue, paper):
    assert contrast(hue, paper) >= 3


def test_neighbours_in_the_order_differ_in_colour_and_marker():
    looks = [look_at(place) for place in range(20)]
    assert all(one.hue != two.hue and one.marker != two.marker for one, two in itertools.pairwise(looks))
