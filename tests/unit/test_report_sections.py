"""Numbers and words of each section, held to answers known beforehand."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from support.reported import facts, figure_of, row, table_of

from fashiontui.analysis.health import Health, Verdict
from fashiontui.analysis.projection import Projection, Sample
from fashiontui.analysis.report.charts import Heat
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.facts import Mistake
from fashiontui.analysis.report.published import published
from fashiontui.analysis.report.sections import (
    best,
    choosing,
    dataset,
    layers,
    matrix,
    mistakes,
    networks,
    overfit,
)
from fashiontui.analysis.report.sections.common import accuracy_key, costs_of
from fashiontui.analysis.report.sections.layers import file_name
from fashiontui.analysis.report.studies import Planned, Study
from fashiontui.analysis.tracks import Track
from fashiontui.runs.predictions import Predictions

SMALL, LARGE = {"model.units": [64]}, {"model.units": [512]}


def seeded(experiment, accuracies, *, seconds=60.0, **changes):
    settings = changes.pop("settings", {})
    return [
        row(experiment, seed, accuracy, results={"train_seconds": seconds}, settings=settings, **changes)
        for seed, accuracy in enumerate(accuracies, start=1)
    ]


def networks_facts(**changes):
    rows = [
        *seeded(
            "lr", (0.84, 0.85, 0.86), seconds=7.0, settings={"model.kind": "logistic", "model.units": None}
        ),
        *seeded("ann1", (0.89, 0.90, 0.91), seconds=40.0),
        *seeded("ann2", (0.88, 0.89, 0.90), seconds=80.0, settings=LARGE),
    ]
    return facts(*rows, published=published(), **changes)


def test_networks_are_ranked_with_mean_and_deviation_beside_the_older_study():
    section = networks.section(networks_facts())
    results = table_of(section, "Results")
    assert [line[0] for line in results.rows] == ["ann1", "ann2", "lr"]
    assert dict(zip(results.columns, results.rows[0], strict=True)) == {
        "network": "ann1",
        "seeds": "3",
        "test accuracy": "0.9000 ±0.0100",
        "test loss": "0.1000 ±0.0100",
        "best valid accuracy": "0.9100 ±0.0100",
        "training time": "40s ±0.0s",
        "parameters": "1,000",
        "epochs": "50",
    }
    assert (0, 2) in results.best
    assert (2, results.columns.index("training time")) in results.best
    older = table_of(section, "Beside the 2018 study")
    assert [line[:6] for line in older.rows] == [
        ("ann1", "ANN, 1 hidden layer", "50", "0.9000 ± 0.0100", "0.8960", "+0.0040"),
        ("ann2", "ANN, 2 hidden layers", "50", "0.8900 ± 0.0100", "0.8974", "-0.0074"),
        ("lr", "logistic regression", "50", "0.8500 ± 0.0100", "0.8092", "+0.0408"),
        ("–", "CNN, 1 conv layer, tuned (learning rate 0.001, decay 0.9999 a step)", "–", "–", "0.9243", "–"),
        ("–", "CNN, 1 conv layer, dropout 0.7", "–", "–", "0.9222", "–"),
    ]


def test_what_is_said_of_networks_is_measured():
    best_said, front, choice, against = networks.section(networks_facts()).paragraphs
    assert best_said == (
        "Best by validation accuracy: ann1, 0.9100 ± 0.0100 over 3 seeds (on the test images 0.9000 ± 0.0100); then "
        "ann2, 0.9000 ± 0.0100 over 3 seeds (on the test images 0.8900 ± 0.0100). "
        "They differ by 0.0100, which is no more than seeds make them vary (0.0141)."
    )
    assert (
        front
        == "On the Pareto front of training time and validation accuracy: lr (7.0s, 0.8600); ann1 (40s, 0.9100)."
    )
    assert choice == "No cheaper one comes within one standard deviation of the best, ann1."
    assert against == "2 of 3 networks with a counterpart in the 2018 study are above it: ann1, lr."


def test_a_cheaper_network_that_is_as_good_is_named():
    rows = [
        *seeded("ann1", (0.899, 0.9, 0.901), seconds=30.0),
        *seeded("ann2", (0.89, 0.905, 0.92), seconds=120.0, settings=LARGE),
    ]
    said = networks.section(facts(*rows)).paragraphs
    assert (
        "The cheapest within one standard deviation of the best (ann2) is ann1: 0.9100 for 25% of its training time."
        in said
    )


def on(machine, *rows):
    """The same rows, made there."""
    return [
        replace(
            each,
            run_id=f"{each.run_id}-{machine}",
            machine={**each.machine, "device_name": machine, "cpu": machine},
        )
        for each in rows
    ]


def test_times_of_several_machines_are_never_set_against_each_other():
    slow = on(
        "Slow",
        *seeded("ann1", (0.899,), seconds=900.0),
        *seeded("lr", (0.84,), seconds=90.0, settings=SMALL | {"model.kind": "logistic"}),
    )
    fast = on(
        "Fast",
        *[replace(each, seed=2) for each in seeded("ann1", (0.9,), seconds=30.0)],
        *seeded("ann2", (0.949, 0.951), seconds=120.0, settings=LARGE),
        *seeded("cnn1", (0.93,), seconds=60.0, settings={"model.kind": "cnn"}),
    )
    section = networks.section(facts(*slow, *fast))
    front = next(said for said in section.paragraphs if "Pareto" in said)
    assert front == (
        "On the Pareto front of training time on Fast, 2 threads and validation accuracy: ann1 (30s, 0.9095); "
        "cnn1 (1m 00s, 0.9400); ann2 (2m 00s, 0.9600)."
    )
    assert "Not trained there, and so on no front: lr." in section.paragraphs
    assert any("standard deviation of the best there" in said for said in section.paragraphs)
    results = table_of(section, "Results")
    assert "times can't be compared" in results.note
    assert not [cell for cell in results.best if results.columns[cell[1]] == "training time"]


def test_the_best_is_chosen_on_validation_images_whatever_the_test_images_say():
    rows = [
        row("ann1", accuracy=0.9, results={"valid_accuracy": 0.89}),
        row("ann2", accuracy=0.88, settings=LARGE),
    ]
    section = networks.section(facts(*rows))
    assert section.paragraphs[0].startswith(
        "Best by validation accuracy: ann1, 0.8900 with one seed (on the test images 0.9000); then ann2"
    )
    rows = [replace(rows[0], results={**rows[0].results, "valid_accuracy": 0.88}), rows[1]]
    assert (
        "accuracy: ann2, 0.8900 with one seed (on the test images 0.8800)"
        in networks.section(facts(*rows)).paragraphs[0]
    )


def test_one_seed_is_no_ground_for_a_verdict():
    said = networks.section(facts(row(), row("ann2", 2, 0.8, settings=LARGE))).paragraphs[0]
    assert said.endswith(
        "Without several seeds of both it is not known how much of the difference is chance."
    )


def test_published_results_and_ours_are_in_one_order_and_ours_marked():
    table = table_of(networks.section(networks_facts()), "Beside published")
    accuracies = [float(line[3]) for line in table.rows]
    assert accuracies == sorted(accuracies, reverse=True)
    assert {table.rows[line][0] for line, _ in table.best} == {"ann1", "ann2", "lr"}
    assert ("Fine-tuned DARTS (arXiv 2006.09042)", "published", "yes", "0.9691") in table.rows
    assert ("ann1", "measured, 3 seeds, 50 epochs", "no", "0.9000") in table.rows


def test_published_results_stand_beside_real_images_alone():
    titles = [getattr(part, "title", "") for part in networks.section(facts(row())).parts]
    assert not any("published" in title or "2018" in title for title in titles)


def test_runs_on_some_of_the_images_stand_beside_nothing_published():
    rows = [
        *seeded("lr", (0.84, 0.85), settings={"model.kind": "logistic", "model.units": None}),
        *seeded("ann1", (0.80, 0.81), settings={"dataset.train_size": 3000}),
    ]
    section = networks.section(facts(*rows, published=published()))
    assert [line[0] for line in table_of(section, "Beside the 2018 study").rows] == ["lr", "–", "–"]
    ours = [line[0] for line in table_of(section, "Beside published").rows if "measured" in line[1]]
    assert ours == ["lr"]
    *_, counted, left_out = section.paragraphs
    assert counted.startswith("1 of 1 networks")
    assert left_out.endswith("so not set beside results of others: ann1.")
    (dots,) = [part for part in section.parts if getattr(part, "name", "").endswith("networks-accuracy")]
    assert [dot.label for dot in dots.chart.dots if dot.beside is not None] == ["lr"]


def test_the_reference_knows_every_network_that_it_had():
    found = published()
    assert len(found.results) == 23
    assert {each.experiment for each in found.references if each.experiment} == {
        "lr", "ann1", "ann2", "ann3", "cnn1", "cnn2", "cnn3", "vgg16",
    }  # fmt: skip
    assert found.reference("cnn1").accuracy == 0.9181
    assert found.reference("lr").loss == 11.546


def test_charts_name_dataset_seeds_smoothing_and_runs():
    figure = figure_of(networks.section(networks_facts()), "networks-accuracy")
    assert figure.label == "fashion-mnist · seeds 1, 2, 3 · not smoothed"
    assert len(figure.runs) == 9
    synthetic = facts(row(settings={"dataset.name": "synthetic"}))
    assert (
        figure_of(networks.section(synthetic), "networks-accuracy").label
        == "synthetic · seed 1 · not smoothed"
    )


def test_runs_whose_files_are_elsewhere_count_and_that_is_said():
    section = networks.section(networks_facts())
    assert any("the curves of 9 runs" in each.what for each in section.missing)


def test_curves_of_seeds_are_folded_over_what_all_of_them_cover():
    rows = seeded("ann1", (0.9, 0.9))
    epochs = np.arange(1.0, 5.0)
    found = {
        rows[0].run_id: Digest("a", {"valid_accuracy": (epochs, np.array([0.5, 0.6, 0.7, 0.8]))}),
        rows[1].run_id: Digest("b", {"valid_accuracy": (epochs[:3], np.array([0.7, 0.8, 0.9]))}),
    }
    (panel, _) = figure_of(networks.section(facts(*rows, digests=found)), "networks-curves").chart.panels
    (curve,) = panel.curves
    assert curve.xs.tolist() == [1, 2, 3]
    assert curve.ys == pytest.approx([0.6, 0.7, 0.8])
    assert curve.std == pytest.approx([0.1414] * 3, abs=1e-4)


def test_a_study_of_experiments_has_its_question_its_front_and_what_is_missing():
    planned = tuple(Planned(name, {"model.units": name}) for name in ("ann1", "ann2", "ann3"))
    study = Study("anns", "How many layers?", (), planned, 3)
    rows = [
        *seeded("ann1", (0.9, 0.91), seconds=40.0, studies=("anns",)),
        *seeded("ann2", (0.92, 0.93), seconds=80.0, studies=("anns",), settings=LARGE),
    ]
    section = choosing.section(facts(*rows, studies=(study,)), study)
    assert section.question == "How many layers?"
    (panel,) = figure_of(section, "anns-cost").chart.panels
    front = panel.curves[0]
    assert front.xs.tolist() == [40, 80]
    assert front.ys == pytest.approx([0.915, 0.935])
    (missing,) = section.missing
    assert missing.what == "1 of 3 variants have no finished run: ann3"
    assert missing.command == "fashiontui run anns --headless --missing"


def dropout_rows(values=(0.0, 0.3, 0.6), base="cnn1"):
    return [
        row(
            f"{base}-dropout-{value}", seed, accuracy, base=base, studies=("dropout",),
            settings={"model.dropout": value, "model.units": [int(base[-1])]},
            run_id=f"{base}-{place}-{seed}",
        )
        for place, value in enumerate(values)
        for seed, accuracy in ((1, 0.9 - (value - 0.3) ** 2), (2, 0.92 - (value - 0.3) ** 2))
    ]  # fmt: skip


DROPOUT = Study("dropout", "How much?", ("model.dropout",), (Planned("cnn1-dropout-0.0", {}),))


def test_one_axis_is_a_line_with_deviations():
    section = matrix.section(facts(*dropout_rows(), studies=(DROPOUT,)), DROPOUT)
    assert section.title == "Dropout"
    table = table_of(section, "Every variant")
    assert table.columns[:3] == ("dropout", "seeds", "test accuracy")
    assert [line[:3] for line in table.rows] == [
        ("0", "2", "0.8200 ±0.0141"),
        ("0.3", "2", "0.9100 ±0.0141"),
        ("0.6", "2", "0.8200 ±0.0141"),
    ]
    assert (1, 2) in table.best
    accuracy, gap = figure_of(section, "dropout-values").chart.panels
    (curve,) = accuracy.curves
    assert curve.xs.tolist() == [0.0, 0.3, 0.6]
    assert curve.ys == pytest.approx([0.83, 0.92, 0.83])
    assert curve.std == pytest.approx([0.0141] * 3, abs=1e-4)
    assert gap.curves[0].ys == pytest.approx([0.05] * 3)
    assert section.paragraphs[1] == (
        "best at dropout 0.3, 0.9200 ± 0.0141 over 2 seeds (on the test images 0.9100 ± 0.0141); worst at 0.6, "
        "0.8300 ± 0.0141 over 2 seeds (on the test images 0.8200 ± 0.0141). They differ by 0.0900, which is more than seeds "
        "make them vary (0.0200)."
    )


def test_several_networks_are_several_lines_and_a_pivot():
    rows = [*dropout_rows(), *dropout_rows(base="cnn2")]
    section = matrix.section(facts(*rows, studies=(DROPOUT,)), DROPOUT)
    pivot = table_of(section, "Validation accuracy, mean")
    assert pivot.columns == ("dropout", "cnn1", "cnn2")
    assert pivot.rows[1] == ("0.3", "0.9200 ± 0.0141", "0.9200 ± 0.0141")
    assert [curve.label for curve in figure_of(section, "dropout-values").chart.panels[0].curves] == [
        "cnn1",
        "cnn2",
    ]


def two_axes():
    return [
        row(
            f"ann2-{rate}-{decay}", seed=number, accuracy=0.8 + number / 100, base="ann2", studies=("rates",),
            settings={"optimizer.learning_rate": rate, "optimizer.decay": decay},
        )
        for number, (rate, decay) in enumerate((r, d) for r in (0.0001, 0.001, 0.01) for d in (1.0, 0.9999))
    ]  # fmt: skip


def test_two_axes_of_any_study_are_lines_over_a_logarithmic_axis():
    study = Study("rates")  # no file tells of it
    section = matrix.section(facts(*two_axes()), study)
    assert section.title == "Study: rates"
    panel = figure_of(section, "rates-values").chart.panels[0]
    assert panel.log_x
    assert [curve.label for curve in panel.curves] == ["decay 0.9999", "decay 1"]
    assert panel.curves[1].ys == pytest.approx([0.81, 0.83, 0.85])
    pivot = table_of(section, "Validation accuracy, mean")
    assert pivot.columns == ("learning rate", "decay 0.9999", "decay 1")
    assert pivot.rows[2] == ("0.01", "0.8600", "0.8500")
    assert pivot.best == {(2, 1)}


def test_values_of_a_second_axis_are_in_their_order():
    rows = [
        row(
            f"ann2-{size}-{units}", number, base="ann2", studies=("sizes",),
            settings={"training.batch_size": size, "model.units": [units]},
        )
        for number, (size, units) in enumerate((s, u) for s in (32, 256, 128) for u in (64, 1024, 128))
    ]  # fmt: skip
    study = Study("sizes", axes=("training.batch_size", "model.units"))
    pivot = table_of(matrix.section(facts(*rows), study), "Validation accuracy, mean")
    assert pivot.columns == ("units", "batch size 32", "batch size 128", "batch size 256")
    assert [line[0] for line in pivot.rows] == ["64", "128", "1024"]


def test_a_value_of_one_seed_has_no_bar_and_is_named():
    rows = [*dropout_rows((0.0, 0.3)), dropout_rows((0.6,))[0]]
    figure = figure_of(matrix.section(facts(*rows, studies=(DROPOUT,)), DROPOUT), "dropout-values")
    (curve,) = figure.chart.panels[0].curves
    assert np.isfinite(curve.std).tolist() == [True, True, False]
    assert figure.note == "Of one seed alone, and without a bar: cnn1 dropout 0.6."


def test_zero_and_decades_are_places_with_names():
    rows = [
        row(f"ann2-{value}", number, settings={"regularization.l1": value}, studies=("l1",), base="ann2")
        for number, value in enumerate((0.0, 1e-5, 1e-3))
    ]
    panel = figure_of(matrix.section(facts(*rows), Study("l1")), "l1-values").chart.panels[0]
    assert panel.ticks == ((0.0, "0"), (1.0, "1e-05"), (2.0, "0.001"))
    assert not panel.log_x


PLANNED = Study(
    "dropout", "How much?", ("model.dropout",),
    tuple(
        Planned(f"cnn1-dropout-{value}", {"model.dropout": value, "model.kind": "mlp", "model.units": [1]})
        for value in (0.2, 0.3, 0.6)
    ),
)  # fmt: skip


def trials(epochs, accuracy, values=(0.2, 0.3, 0.6)):
    """The variants, each trained for so many epochs."""
    return [
        row(
            f"cnn1-dropout-{value}", 1, accuracy + value / 100, base="cnn1", studies=("dropout",),
            settings={"model.dropout": value, "model.units": [1], "training.epochs": epochs},
            run_id=f"trial-{epochs}-{place}",
        )
        for place, value in enumerate(values)
    ]  # fmt: skip


def test_a_trial_with_fewer_epochs_is_no_second_value_beside_runs_as_planned():
    rows = [*dropout_rows((0.2, 0.3, 0.6)), *trials(2, 0.5, (0.2, 0.3))]
    section = matrix.section(facts(*rows, studies=(PLANNED,)), PLANNED)
    assert [line[:2] for line in table_of(section, "Every variant").rows] == [
        ("0.2", "2"), ("0.3", "2"), ("0.6", "2"),
    ]  # fmt: skip
    (curve,) = figure_of(section, "dropout-values").chart.panels[0].curves
    assert curve.xs.tolist() == [0.2, 0.3, 0.6]
    assert "worst at 0.6, 0.8300" in section.paragraphs[1]
    assert section.paragraphs[-1] == (
        "Left out, since runs with the settings of the study are here: "
        "cnn1-dropout-0.2 (epochs 2), cnn1-dropout-0.3 (epochs 2)."
    )
    assert section.missing == ()


def test_of_several_trials_what_tells_them_apart_is_shown():
    rows = [*trials(2, 0.5), *trials(5, 0.8)]
    section = matrix.section(facts(*rows, studies=(PLANNED,)), PLANNED)
    table = table_of(section, "Every variant")
    assert table.columns[:3] == ("dropout", "epochs", "seeds")
    assert [line[:2] for line in table.rows] == [
        (value, epochs) for value in ("0.2", "0.3", "0.6") for epochs in ("2", "5")
    ]
    assert table_of(section, "Validation accuracy, mean").columns == ("dropout", "epochs 2", "epochs 5")
    curves = figure_of(section, "dropout-values").chart.panels[0].curves
    assert [(each.label, each.xs.tolist()) for each in curves] == [
        ("epochs 2", [0.2, 0.3, 0.6]),
        ("epochs 5", [0.2, 0.3, 0.6]),
    ]


def test_a_variant_that_has_not_finished_says_so():
    lost = replace(dropout_rows((0.6,))[0], state="lost")
    rows = [*dropout_rows((0.0, 0.3)), replace(lost, run_id="lost"), *dropout_rows((0.0, 0.3), base="cnn2")]
    section = matrix.section(facts(*rows, studies=(DROPOUT,)), DROPOUT)
    assert [line[:2] for line in table_of(section, "Every variant").rows][2] == ("cnn1 (lost)", "0.6")
    assert table_of(section, "Validation accuracy, mean").rows[2][1].endswith(" (lost)")
    assert any("worst at 0.6 (lost)" in words for words in section.paragraphs)


@pytest.mark.parametrize("name", ["../../outside", "/etc/x", "a b", "a" * 300, "..", "CON"])
@pytest.mark.parametrize("kind", [choosing, matrix])
def test_a_study_of_any_name_has_figures_in_their_folder(kind, name):
    rows = [replace(each, studies=(name,)) for each in dropout_rows()]
    parts = kind.section(facts(*rows), Study(name)).parts
    names = [part.name for part in parts if hasattr(part, "chart")]
    assert names
    for each in names:
        assert re.fullmatch(r"study-[0-9a-f]{8}-(cost|values)", each)


def test_one_value_is_no_comparison():
    assert matrix.section(facts(*dropout_rows((0.3,)), studies=(DROPOUT,)), DROPOUT) is None


def test_where_overfitting_sets_in_is_a_mean_over_runs():
    rows = seeded("ann1", (0.9, 0.9))
    epochs = np.arange(1.0, 21.0)
    falling = np.linspace(1.0, 0.1, 20)
    found = {}
    for each, lowest in zip(rows, (6, 8), strict=True):
        valid = 0.5 + 0.02 * np.abs(epochs - lowest)
        found[each.run_id] = Digest(
            each.run_id, {"train_loss": (epochs, falling), "valid_loss": (epochs, valid)}
        )
    section = overfit.section(facts(*rows, digests=found))
    (line,) = table_of(section, "Where it sets in").rows
    assert line[:3] == ("ann1", "2 of 2", "7 ± 1.4")
    assert line[4] == "0.0500 ± 0.0000"
    assert (
        section.paragraphs[0]
        == "Overfitting sets in in 1 of 1 networks, first in ann1 (2 of 2 runs), at epoch 7."
    )
    assert figure_of(section, "overfitting-gap").chart.panels[1].marks[0].x == 7
    assert overfit.section(facts(*rows)) is None


def track(name, ratio):
    steps = np.array([10, 20, 30, 40])
    ones = np.ones(4)
    values = {"update_ratio": ones * ratio, "distance_from_init": ones * ratio * 100, "gradient_norm": ones}
    return Track(name, steps, values)


def test_a_frozen_layer_is_named():
    one = row()
    tracks = (track("fc1.weight", 1e-8), track("output.weight", 1e-3))
    verdicts = {
        "fc1.weight": Verdict(Health.FROZEN, "update/weight 1.0e-08 < 1.0e-06"),
        "output.weight": Verdict(Health.LEARNING, "fine"),
    }
    found = Digest(
        one.run_id,
        {},
        tracks=tracks,
        verdicts=verdicts,
        track_epochs={each.name: np.arange(1.0, 5.0) for each in tracks},
    )
    section = layers.section(facts(one, digests={one.run_id: found}))
    assert section.paragraphs == (
        "ann1: fc1.weight is frozen: update/weight 1.0e-08 < 1.0e-06.",
        "ann1: of its weights, output.weight went farthest from where it began (0.10 of its norm there), fc1.weight least (0.00).",
    )
    table = table_of(section, "At the end")
    assert table.rows[0] == ("ann1", "fc1.weight", "frozen", "0.000", "1.0e-08", "1.0e+00", "–")
    assert table.best == {(0, 2)}
    panel = figure_of(section, "layers-ann1").chart.panels[1]
    assert panel.title == "update / weight"
    assert panel.curves[1].ys.tolist() == [1e-3] * 4
    assert layers.section(facts(one)) is None


def predicted(one):
    labels = np.array([0] * 10 + [1] * 10, dtype=np.uint8)
    answers = np.array([0] * 9 + [1] + [1] * 6 + [0] * 4, dtype=np.uint8)
    confidence = np.full(20, 0.8, dtype=np.float32)
    return Digest(one.run_id, {}, predictions=Predictions(3, labels, answers, confidence, confidence))


def test_long_labels_make_short_file_names_of_their_own():
    long = "ann2 " + ", ".join(f"setting{number}=0.001" for number in range(20))
    one, two = file_name(long), file_name(long + "5")
    assert len(one) == len(two) == 64
    assert one != two
    assert file_name("cnn1 dropout=0.5") == "cnn1-dropout-0.5"


def test_confusion_is_counted_and_the_worst_class_named():
    one = row()
    images = (Mistake(np.zeros((4, 4), np.uint8), 1, 0, 0.8),)
    known = facts(one, digests={one.run_id: predicted(one)}, mistakes={one.run_id: images})
    section = mistakes.section(known)
    assert figure_of(section, "confusion").chart.values.tolist() == [[9, 1], [4, 6]]
    assert table_of(section, "Share of each class").rows == (("0", "0.900"), ("1", "0.600"))
    assert section.paragraphs == (
        "ann1 (one run, 20 test images, 0.7500 right): 0 is recognised best (90.0%), 1 worst (60.0%).",
        "The commonest mistake: 40.0% of 1 are taken for 0.",
        "100% of all mistakes are between 0 and 1.",
    )
    assert figure_of(section, "mistakes").chart.titles == ("1\n→ 0 80%",)
    assert section.missing[0].command == "fashiontui run ann1 --headless"


def test_accuracy_by_class_is_drawn_where_it_was_recorded():
    one = row()
    found = predicted(one)
    curve = (np.array([1.0, 2.0]), np.array([0.5, 0.6]))
    known = Digest(one.run_id, {}, predictions=found.predictions, class_accuracy={"0": curve, "1": curve})
    section = mistakes.section(facts(one, digests={one.run_id: known}))
    assert [each.label for each in figure_of(section, "class-accuracy").chart.panels[0].curves] == ["0", "1"]
    assert section.missing == ()


def test_of_many_classes_the_worst_are_drawn_over_time():
    one = row()
    found = predicted(one)
    by_class = {f"{place:03}": (np.array([1.0, 2.0]), np.array([0.9, place / 200])) for place in range(200)}
    known = Digest(one.run_id, {}, predictions=found.predictions, class_accuracy=by_class)
    figure = figure_of(mistakes.section(facts(one, digests={one.run_id: known})), "class-accuracy")
    assert [each.label for each in figure.chart.panels[0].curves] == [f"{place:03}" for place in range(12)]
    assert figure.note == "The 12 classes it does worst; 188 better ones are left out."


def test_a_matrix_too_large_for_words_is_colours_on_one_page():
    names = tuple(map(str, range(200)))
    large = Heat(np.eye(200), names, names, "x", "y")
    small = Heat(np.eye(30), names[:30], names[:30], "x", "y")
    assert small.has_words
    assert not large.has_words
    assert large.size[1] == small.size[1] < 12


def a_sample():
    labels = np.array([0, 0, 1, 1, 2, 2], dtype=np.uint8)
    images = np.repeat(np.array([0, 0, 51, 51, 255, 255], dtype=np.uint8), 4).reshape(6, 2, 2)
    counts = np.array([[10, 10, 30], [1, 1, 1], [2, 2, 2]])
    return Sample(
        "mnist", "a folder", False, "f" * 64, ("zero", "one", "two"), counts, images, labels, np.arange(6)
    )


def test_nearest_classes_are_by_mean_images():
    assert dataset.nearest_classes(a_sample()) == [
        (0, 1, pytest.approx(0.2)),
        (1, 0, pytest.approx(0.2)),
        (2, 1, pytest.approx(0.8)),
    ]


def test_the_dataset_is_told_where_it_was_projected():
    projection = Projection("pca", np.zeros((6, 2)), np.array([0.5, 0.25]))
    section = dataset.section(facts(row(), sample=a_sample(), projections={"pca": projection}))
    assert section.paragraphs[0] == "mnist: real images, 3 classes; 50 train, 3 valid, 6 test."
    assert section.paragraphs[1] == "Classes are not of one size: zero has 10 training images, two 30."
    assert table_of(section, "Classes").rows[2] == ("two", "one", "0.800", "30", "1", "2")
    chart = figure_of(section, "dataset-pca").chart
    assert chart.x == "component 1 (50% of all variance)"
    (missing,) = section.missing
    assert missing.command == "fashiontui data project fashion-mnist"
    assert dataset.section(facts(row())) is None


def test_the_best_recipe_says_what_is_special_about_it_and_on_which_machine():
    one = row("best", settings={"training.epochs": 6, "optimizer.learning_rate": 0.004})
    section = best.section(facts(one, row()))
    assert section.paragraphs == (
        "best: test accuracy 0.9000 with one seed in 1m 00s of training on cpu, A CPU, 2 threads.",
    )
    assert ("training.epochs", "6") in table_of(section, "Settings").rows
    assert best.section(facts(row())) is None


def test_the_best_recipes_time_is_never_one_of_several_machines():
    chip = {"cpu": "Another CPU", "threads": 1, "device": "cuda", "device_name": "A GPU"}
    rows = [
        *seeded("best", (0.9, 0.9), seconds=900.0),
        row("best", 3, 0.9, results={"train_seconds": 30.0}, machine=chip),
    ]
    (said,) = best.section(facts(*rows)).paragraphs
    assert said == (
        "best: test accuracy 0.9000 ± 0.0000 over 3 seeds in 15m 00s of training on cpu, A CPU, 2 threads, "
        "and in 30s of training on A GPU, Another CPU, 1 thread."
    )


def test_a_sample_that_is_not_all_of_the_data_says_so_and_counts_nothing_else():
    section = dataset.section(facts(row(data_fingerprint="e" * 64), sample=a_sample()))
    assert section.paragraphs[0] == (
        "mnist: real images, 3 classes. What follows is of 6 training images, and not of all that runs were made with."
    )
    assert table_of(section, "Classes").columns == ("class", "nearest class", "distance", "train")


def test_times_are_those_of_the_machine_that_trained_most_networks_though_another_made_more_runs():
    many = on("Many", *seeded("ann1", (0.9,) * 5, seconds=10.0))
    both = on(
        "Both",
        *[replace(each, seed=9) for each in seeded("ann1", (0.9,), seconds=20.0)],
        *seeded("ann2", (0.9,), seconds=40.0, settings=LARGE),
    )
    costs = costs_of(facts(*many, *both).groups)
    assert costs.place == "Both, 2 threads"
    assert {label: found.value for label, found in costs.seconds.items()} == {"ann1": 20.0, "ann2": 40.0}


def test_test_images_are_what_runs_are_ranked_by_only_where_all_have_seen_them():
    rows = [row("ann1"), row("ann2", settings=LARGE)]
    assert accuracy_key(facts(*rows).groups) == "test_accuracy"
    rows[1] = row("ann2", settings=LARGE, results={"test_accuracy": None})
    assert accuracy_key(facts(*rows).groups) == "valid_accuracy"


def test_a_run_that_does_not_tell_its_time_makes_no_other_one_shorter():
    rows = [row("best", 1), row("best", 2, results={"train_seconds": None})]
    (said,) = best.section(facts(*rows)).paragraphs
    assert "in 1m 00s of training" in said
