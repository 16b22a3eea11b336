"""What the compare screen shows, without the screen."""

from __future__ import annotations

import numpy as np
import pytest
from support.fakes import make_entry

from fashiontui.runs.metrics import EPOCHS
from fashiontui.runs.state import RunState
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.charts import legend
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.comparing.curves import metric_curves, metrics_of, title_of
from fashiontui.tui.comparing.sheets import comparison_sheet, layer_sheet, statistics_of
from fashiontui.tui.comparing.shown import compared, headline, members_of, path_labels, shown_runs
from fashiontui.tui.comparing.state import CompareState, chosen, next_of
from fashiontui.tui.comparing.tradeoff import tradeoff
from fashiontui.tui.exporting import file_name, free_path
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.runview import RunView

RAW = ChartView(smoothing=0.0)


def series(tag, *values, every=10, begun=1e9):
    made = ScalarSeries(tag)
    steps = np.arange(1, len(values) + 1) * every
    made.extend(steps, begun + steps.astype(float), np.array(values, dtype=float))
    return made


def view(begun=1e9, **tags):
    named = {tag.replace("__", "/"): values for tag, values in tags.items()}
    return RunView(scalars={tag: series(tag, *values, begun=begun) for tag, values in named.items()})


def run(experiment, run_id="20261123-091502-k3f", state=RunState.FINISHED, **facts):
    return make_entry(experiment, run_id, state=state, facts={"training.seed": 1, **facts})


def shown(*pairs):
    entries = [entry for entry, _ in pairs]
    return shown_runs(entries, {entry.key: seen for entry, seen in pairs})


def test_looks_depend_on_the_runs_before_alone():
    entries = [run(name) for name in ("a", "b", "c", "d", "e")]
    looks = [each.look for each in shown_runs(entries, {})]
    assert [each.look for each in shown_runs(entries[:3], {})] == looks[:3]
    assert len(set(looks)) == 5


def test_metrics_in_a_useful_order():
    runs = shown(
        (run("a"), view(loss__train=[1], zeta=[1], alpha=[1], layer_norm__w=[1], accuracy__valid=[1])),
        (run("b"), view(loss__train=[1], zeta=[1], **{EPOCHS.replace("/", "__"): [1]})),
    )
    assert metrics_of(runs) == ("accuracy/valid", "loss/train", "zeta", "alpha", "layer_norm/w")
    assert metrics_of(()) == ()
    assert title_of("accuracy/valid") == "valid accuracy"
    assert title_of("x\x1b[31m") == "x\\x1b[31m"


def test_curves_over_epochs_and_folded():
    epochs = {EPOCHS.replace("/", "__"): [1, 2, 3]}
    runs = shown(
        (run("a", "1-1-x", **{"training.seed": 1}), view(loss=[3, 2, 1], **epochs)),
        (run("a", "1-1-y", **{"training.seed": 2}), view(loss=[5, 4, 3], **epochs)),
        (run("b"), view(loss=[9, 9], **epochs)),
        (run("c"), view(other=[1])),
    )
    single = metric_curves(runs, "loss", RAW, folded=False)
    assert [(curve.name, curve.xs.tolist()) for curve in single] == [
        ("a x", [1, 2, 3]), ("a y", [1, 2, 3]), ("b", [1, 2]),
    ]  # fmt: skip
    mean, alone = metric_curves(runs, "loss", RAW, folded=True)
    assert (mean.name, mean.ys.tolist()) == ("a × 2 seeds", [4, 3, 2])
    assert mean.highs - mean.ys == pytest.approx(np.full(3, np.sqrt(2)))
    assert alone.name == "b"


def test_what_is_folded_is_what_was_logged_and_the_smoothed_mean_is_drawn_over_it():
    epochs = {EPOCHS.replace("/", "__"): [1, 2, 3]}
    runs = shown(
        (run("a", "1-1-x", **{"training.seed": 1}), view(loss=[3, 2, 0.7], **epochs)),
        (run("a", "1-1-y", **{"training.seed": 2}), view(loss=[5, 4, 0.9], **epochs)),
    )
    raw, mean = metric_curves(runs, "loss", ChartView(smoothing=0.6), folded=True)
    assert (raw.dim, raw.smoothing, raw.ys.tolist()) == (True, 0.0, pytest.approx([4, 3, 0.8]))
    assert raw.highs - raw.ys == pytest.approx([np.sqrt(2), np.sqrt(2), np.sqrt(0.02)])
    assert (mean.dim, mean.smoothing, mean.lows) == (False, 0.6, None)
    assert mean.ys[-1] > 0.8
    (entry,) = legend.entries((raw, mean), None, "braille", smoothed=True)
    assert (entry.value, entry.smoothed) == ("0.8000", f"{mean.ys[-1]:.4f}")


def test_one_that_says_nothing_of_epochs_yet_has_all_drawn_over_steps():
    whole = view(loss=[3, 2, 1], **{EPOCHS.replace("/", "__"): [1, 2, 3]})
    begun = view(loss=[9, 8])
    curves = metric_curves(shown((run("a"), whole), (run("b"), begun)), "loss", RAW, folded=False)
    assert [(curve.x, curve.xs.tolist()) for curve in curves] == [("step", [10, 20, 30]), ("step", [10, 20])]


def test_relative_time_begins_with_a_runs_first_point_of_any_tag():
    begun, late = view(loss=[1, 2]), view(loss=[1, 2], begun=1e9 + 100)
    late = RunView(scalars={"first": series("first", 1, begun=1e9 - 10), **late.scalars})
    relative = ChartView(x="relative", smoothing=0.0)
    curves = metric_curves(shown((run("a"), begun), (run("b"), late)), "loss", relative, folded=False)
    assert [curve.xs.tolist() for curve in curves] == [[0, 10], [110, 120]]


def test_seeds_that_never_ran_at_once_are_not_folded_over_the_clock():
    one, two = view(loss=[3, 2]), view(loss=[5, 4], begun=1e9 + 1e6)
    runs = shown((run("a", "1-1-x"), one), (run("a", "1-1-y"), two))
    assert len(metric_curves(runs, "loss", ChartView(x="wall", smoothing=0.0), folded=True)) == 2


def test_the_tradeoff_is_of_one_measure():
    entries = [
        run("a", test_accuracy=0.9, valid_accuracy=0.91, train_seconds=10.0),
        run("b", test_accuracy=0.8, valid_accuracy=0.81, train_seconds=20.0),
        run("c", test_accuracy=0.95, valid_accuracy=0.96, train_seconds=30.0),
    ]
    runs = shown_runs(entries, {})
    found = tradeoff(compared(runs, "", folded=False), [each.look for each in runs])
    assert found.title == "test accuracy"
    assert found.on_front == (0, 2)
    live = run("d", state=RunState.RUNNING, train_seconds=5.0, metrics={"valid_accuracy": {"best": 0.5}})
    runs = shown_runs([*entries, live], {})
    found = tradeoff(compared(runs, "", folded=False), [each.look for each in runs])
    assert found.title == "best valid accuracy"
    assert found.on_front == (3, 0, 2)


def test_nothing_to_trade_off():
    runs = shown_runs([run("a"), run("b")], {})
    found = tradeoff(compared(runs, "", folded=False), [each.look for each in runs])
    assert (found.curves, found.on_front) == ((), ())


def test_values_differences_and_marks_stand_below_each_other():
    runs = shown_runs(
        [run("a", test_accuracy=0.9, train_seconds=7260.0), run("b", test_accuracy=0.91, train_seconds=5.0)],
        {},
    )
    comparison = compared(runs, "", folded=False)
    columns, rows = comparison_sheet(comparison, comparison.rows, [each.look for each in runs], "braille")
    texts = {row[0].text: row[2] for row in rows}
    assert texts["test accuracy"].text == "0.9100  +0.0100 ▲"
    assert texts["training time"].text == "5.0s    -2h 01m ▲"
    assert texts["test accuracy"].tone == "good"
    assert columns[1].title.endswith("★ a")
    assert columns[2].width == max(len(cell.text) for row in rows for cell in row[2:])


def test_layers_of_different_networks():
    runs = shown(
        (run("a"), view(**{"layer_norm__fc1.weight": [1, 2, 3]})),
        (run("b"), view(**{"layer_norm__conv.weight": [1, np.nan], "layer_std__conv.weight": [1]})),
    )
    assert statistics_of(runs) == ("norm", "std")
    _, rows = layer_sheet(runs, "norm", "ascii")
    assert [[cell.text.split() for cell in row] for row in rows] == [
        [["fc1.weight"], ["3", "_=#"], ["–"]],
        [["conv.weight"], ["–"], ["nan", "_"]],
    ]


def test_foreign_runs():
    entries = [run("fit", "train", **{FOREIGN: True}), run("fit", "validation", **{FOREIGN: True})]
    runs = shown(*((entry, view(epoch_loss=[2, 1])) for entry in entries))
    assert [each.label for each in runs] == ["train", "validation"]
    comparison = compared(runs, "fit/validation", folded=False)
    assert comparison.baseline == 1
    assert next(row.title for row in comparison.chosen(everything=True)) == "best epoch_loss"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a/b"], ["a/b"]),
        (["a/b/1", "a/b/2"], ["1", "2"]),
        (["a/b/1", "a/c/1"], ["b/1", "c/1"]),
        (["a", "a/b"], ["a", "a/b"]),
        ([".", "a"], [".", "a"]),
        (["x/1", "y/1"], ["x/1", "y/1"]),
        ([], []),
    ],
)
def test_paths_without_what_they_share(keys, expected):
    assert path_labels(keys) == expected


def test_the_line_above():
    runs = shown_runs([run("a", synthetic=True), run("b", state=RunState.RUNNING, synthetic=True)], {})
    text = headline(compared(runs, "b/20261123-091502-k3f", folded=False), 2, 1, "")
    assert text.plain == " Compare 2 runs   ★ baseline b   synthetic data   not finished: b   1 gone"
    assert headline(None, 0, 0, "").plain == ""


def test_a_column_stands_for_all_its_seeds():
    runs = shown_runs([run("a", "1-1-x"), run("a", "1-1-y", **{"training.seed": 2})], {})
    folded = compared(runs, "", folded=True)
    assert members_of(folded, "a/1-1-x") == ("a/1-1-x", "a/1-1-y")
    assert members_of(folded, "b/1-1-x") == ("b/1-1-x",)
    assert members_of(None, "b") == ("b",)


def test_the_state():
    state = CompareState(baseline="b", metric="loss").of(["a", "b", "a"])
    assert (state.keys, state.baseline) == (("a", "b"), "b")
    assert state.without(["b"]).baseline == ""
    kept = state.remembered()
    assert CompareState.recalled(kept).metric == "loss"
    assert CompareState.recalled({"metric": 3, "folded": "yes", "else": 1}) == CompareState()
    assert CompareState.recalled({"lower": "layers", "baseline": "lr/a"}) == CompareState(
        lower="layers", baseline="lr/a"
    )
    assert CompareState.recalled({"lower": "cellar"}) == CompareState()


def test_choices():
    assert next_of(("a", "b", "c"), "c") == "a"
    assert next_of(("a", "b", "c"), "a", -1) == "c"
    assert next_of(("a",), "z") == "a"
    assert next_of((), "z") == "z"
    assert chosen(("a", "b"), "b") == "b"
    assert chosen(("a", "b"), "z") == "a"
    assert chosen((), "z") == ""


def test_file_names(tmp_path):
    assert file_name("valid accuracy", ".csv") == "valid-accuracy.csv"
    assert file_name("../\x1b[31m[x]/הי", ".csv") == "31m-x.csv"
    assert file_name("幅", ".csv") == "view.csv"
    assert len(file_name("x" * 300, ".csv")) == 64
    (tmp_path / "a.csv").touch()
    (tmp_path / "a-2.csv").touch()
    assert free_path(tmp_path, "a.csv").name == "a-3.csv"
    assert free_path(tmp_path, "a.svg").name == "a.svg"
    assert free_path(tmp_path, "a.svg", [".csv", ".png"]).name == "a-3.svg"
