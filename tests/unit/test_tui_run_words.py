"""What is said of a run: pure functions of the run screen."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from support.event_logs import read, scalar, version, write_events
from support.fakes import make_entry

from fashiontui.analysis.health import Health, Verdict
from fashiontui.analysis.tracks import Track
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.record import Attempt, LayerFacts, ModelFacts, RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.arrangement import OVERVIEW, PANES, arrangement
from fashiontui.tui.cards.experiment import result_lines
from fashiontui.tui.cards.run import run_lines
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.headline import alert_line, headline
from fashiontui.tui.histowords import by_kind, kind_of, nearest, parameter_of
from fashiontui.tui.layerwords import health_cell, layer_columns, layer_rows, number, usual
from fashiontui.tui.lines import cells
from fashiontui.tui.processload import Gpu, Load, LoadMeter, parse_gpus, parse_memory
from fashiontui.tui.recordfile import RecordFile
from fashiontui.tui.runcurves import curves_of, looks_of, marks_of, tag_names
from fashiontui.tui.runview import RunView
from fashiontui.tui.shownrun import LossTags, ShownRun, alerts_of, loss_tags
from fashiontui.tui.summaries import summarise
from fashiontui.tui.systemlines import system_lines
from fashiontui.tui.tagrows import matching, tag_columns, tag_rows
from fashiontui.tui.widgets.sheet import GAP

ROOT = Path("/logs/cnn1/20261123-091502-k3f")
ERROR = {"message": "the loss became nan", "hint": "Lower optimizer.learning_rate."}


def view_of(folder, points):
    """A view of scalars: (step, tag, value)."""
    events = [scalar(step, tag, value) for step, tag, value in points]
    write_events(folder, "1", [version(), *events])
    return RunView(scalars=read(folder).scalars, is_whole=True)


def shown(entry=None, **changes):
    values = {"key": "cnn1/20261123-091502-k3f", "root": ROOT, "entry": entry, "view": RunView(is_whole=True)}
    return ShownRun(**{**values, **changes})


def text(line):
    return "".join(part for part, _ in line)


# Its card.


def card(state, **facts):
    entry = make_entry("cnn1", state=state, slot="cpu/0", facts={**LIVE, **facts})
    return [text(line) for line in run_lines(entry, entry.state_since, 80)]


def test_of_a_run_under_way_it_is_said_how_far_it_is():
    lines = card(RunState.RUNNING)
    assert "epoch            31 of 50" in lines
    assert "time left        3m 21s" in lines
    assert any(line.startswith("best so far") for line in lines)
    assert not any("trained" in line or "training time" in line for line in lines)


def test_a_forest_is_counted_in_trees():
    facts = {"model.kind": "forest", "model.trees": 100, "epoch": 5, "planned_epochs": 100}
    assert "tree             5 of 100" in card(RunState.RUNNING, **facts)
    assert "tree             12 of 100" in card(RunState.STOPPED, **{**facts, "epoch": 12, "epochs": None})


def test_an_experiment_tells_why_its_newest_run_came_to_nothing():
    failed = make_entry("cnn1", "20261123-091502-k3f", state=RunState.FAILED, facts={"error": ERROR})
    fine = make_entry("cnn1", "20261123-081502-old", state=RunState.FINISHED, facts={"test_accuracy": 0.9})

    def told(*newest_first):
        return [text(line) for line in result_lines(summarise(newest_first), failed.created + 60, 40)]

    assert told(failed, fine)[-5:] == [
        "runs    1 failed, 1 finished",
        "newest  failed  k3f  1m ago",
        "",
        "the loss became nan",
        "Lower optimizer.learning_rate.",
    ]
    assert told(fine, failed)[-1] == "runs    1 finished, 1 failed"


def test_why_the_best_may_have_less_on_the_test_images():
    better = {"test_accuracy": 0.90, "valid_accuracy": 0.92}
    best = make_entry("cnn1", "20261123-081502-old", state=RunState.FINISHED, facts=better)
    latest = make_entry(
        "cnn1",
        "20261123-091502-k3f",
        state=RunState.FINISHED,
        facts={"test_accuracy": 0.91, "valid_accuracy": 0.91},
    )

    def told(*newest_first):
        return [text(line) for line in result_lines(summarise(newest_first), latest.created + 60, 70)]

    assert any("by its validation accuracy" in line for line in told(latest, best))
    assert not any("by its validation accuracy" in line for line in told(best, latest))


def test_of_a_finished_run_its_results():
    lines = card(RunState.FINISHED, test_accuracy=0.92, epochs=31, epoch=None)
    assert any(line.startswith("test accuracy") for line in lines)
    assert any(line.split() == ["epochs", "trained", "31"] for line in lines)


# The head.

LIVE = {
    "epoch": 31,
    "planned_epochs": 50,
    "samples_per_second": 2914.2,
    "eta_seconds": 201.0,
    "synthetic": True,
    "metrics": {"valid_accuracy": {"best": 0.9266, "best_epoch": 27}},
}


def test_a_run_that_is_read_is_said_to_be():
    entry = make_entry("cnn1", state=RunState.RUNNING, slot="cpu/0", facts=LIVE)
    assert text(headline(shown(entry, view=RunView()), "braille", 200)).endswith("   reading …")


def test_a_live_run_in_a_line():
    entry = make_entry("cnn1", state=RunState.RUNNING, slot="cpu/0", facts=LIVE)
    line = text(headline(shown(entry), "braille", 200))
    assert line == (
        "cnn1 · k3f   ▶ running on cpu:0   SYNTHETIC   epoch 31/50   3m 21s left   best valid 0.9266 @ 27   2,914 img/s"
    )


@pytest.mark.parametrize("width", range(10, 130, 7))
@pytest.mark.parametrize("experiment", ["cnn1", "e" * 200, "[b]日本語[/b]" * 20, "\x1b[31mred\u202e"])
def test_a_line_is_never_too_long_nor_harmful(width, experiment):
    entry = make_entry(experiment, state=RunState.RUNNING, facts=LIVE)
    line = headline(shown(entry), "ascii", width)
    assert cells(line) <= max(width, 12)
    assert text(line).isprintable()


def test_the_state_always_comes_first():
    entry = make_entry("cnn1", state=RunState.QUEUED, reason="needs cuda", facts={})
    assert "· queued, waits: needs cuda" in text(headline(shown(entry), "braille", 80))
    asked = make_entry("cnn1", state=RunState.RUNNING, wanted=Wanted.PAUSE, facts=LIVE)
    assert "pausing" in text(headline(shown(asked), "braille", 80))


def test_a_run_that_is_gone():
    assert "gone" in text(headline(shown(None), "braille", 80))


def test_what_is_wrong_is_said_in_one_line():
    error = {"message": "the loss became nan\nat step 3"}
    entry = make_entry("lr", state=RunState.FAILED, facts={"error": error})
    line = text(alert_line(shown(entry, problem="no record"), (), "ascii", 80))
    assert line == "! no record   ! failed: the loss became nan"
    assert alert_line(shown(make_entry()), (), "braille", 80) == ()


# Alerts.


def test_the_first_value_that_is_no_number_is_told(tmp_path):
    view = view_of(
        tmp_path,
        [
            (10, "progress/epoch", 1.0),
            (10, "loss/train", 1.0),
            (15, "loss/batch", math.inf),
            (20, "loss/train", math.nan),
        ],
    )
    (alert,) = alerts_of(shown(view=view))
    assert alert.kind == "nan"
    assert alert.words == "loss/batch became inf at epoch 1"


def test_a_loss_that_recovers_is_no_alert(tmp_path):
    view = view_of(tmp_path, [(1, "loss/train", math.nan), (2, "loss/train", 1.0)])
    assert alerts_of(shown(view=view)) == ()


def overfitting_points(tags, epochs=True):
    for epoch in range(1, 13):
        yield 10 * epoch, tags[0], 1 / epoch
        yield 10 * epoch, tags[1], 0.5 + 0.05 * abs(epoch - 5)
        if epochs:
            yield 10 * epoch, "progress/epoch", float(epoch)


def test_overfitting_is_told_with_its_epoch(tmp_path):
    view = view_of(tmp_path, overfitting_points(("loss/train", "loss/valid")))
    (alert,) = alerts_of(shown(view=view))
    assert alert.kind == "overfitting"
    assert alert.words.startswith("overfitting since epoch 5: valid loss +")


def test_overfitting_of_other_programs_with_its_step(tmp_path):
    view = view_of(tmp_path, overfitting_points(("train_loss", "val_loss"), epochs=False))
    (alert,) = alerts_of(shown(view=view))
    assert "since step 50" in alert.words


def test_damage_is_told():
    (alert,) = alerts_of(shown(view=RunView(damaged_bytes=1234)))
    assert "1,234 damaged bytes" in alert.words


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("loss/train", "loss/valid", "loss/test", "loss/batch", "accuracy/valid"),
         LossTags("loss/train", "loss/valid", "", "accuracy/valid")),
        (("train_loss", "val_loss", "val_acc", "lr"), LossTags("train_loss", "val_loss", "", "val_acc")),
        (("epoch_loss", "epoch_accuracy"), LossTags("epoch_loss", "", "epoch_accuracy", "")),
        (("Loss/train", "Loss/test", "Accuracy/test"), LossTags("Loss/train", "Loss/test", "", "Accuracy/test")),
        (("reward",), LossTags()),
        ((), LossTags()),
    ],
)  # fmt: skip
def test_which_curves_are_loss_and_accuracy(tmp_path, tags, expected):
    view = view_of(tmp_path, [(step, tag, 1.0) for step in (1, 2) for tag in tags])
    assert loss_tags(view.scalars) == expected


def test_curves_by_epoch_go_before_those_by_step(tmp_path):
    points = [(step, "train_loss_step", 1.0) for step in range(9)] + [
        (step, "train_loss_epoch", 1.0) for step in (4, 8)
    ]
    assert loss_tags(view_of(tmp_path, points).scalars).train_loss == "train_loss_epoch"


# Curves.


def test_smoothed_curves_come_after_all_raw_ones(tmp_path):
    view = view_of(
        tmp_path, [(step, tag, float(step)) for step in range(5) for tag in ("loss/train", "loss/valid")]
    )
    found = curves_of(
        shown(view=view), {"loss/train": "train", "loss/valid": "valid", "gone": "gone"}, ChartView()
    )
    assert [(curve.name, curve.dim) for curve in found] == [
        ("train", True), ("valid", True), ("train", False), ("valid", False),
    ]  # fmt: skip


def test_training_and_validation_look_the_same_everywhere():
    both = looks_of(["loss/train", "loss/valid", "odd"])
    assert looks_of(["accuracy/valid"])["accuracy/valid"] == both["loss/valid"]
    assert len({look.colour for look in both.values()}) == 3
    many = looks_of([f"train/{number}" for number in range(30)])
    assert len({look.colour for look in list(many.values())[:8]}) == 8


def test_marks_stand_where_x_is(tmp_path):
    points = [
        (10 * epoch, tag, float(epoch)) for epoch in range(1, 6) for tag in ("progress/epoch", "loss/train")
    ]
    run = shown(view=view_of(tmp_path, points))
    names = tag_names(["loss/train"])
    for x, places in (("epoch", [3.0, 4.0]), ("step", [30.0, 40.0]), ("wall", [])):
        curves = curves_of(run, names, ChartView(x=x))
        assert sorted(mark.x for mark in marks_of(run, curves, 3, 4.0)) == places
    curves = curves_of(run, names, ChartView())
    assert [mark.label for mark in marks_of(run, curves, 3, 3.0)] == ["best"]
    assert marks_of(run, (), 3, 3.0) == ()


# Layers.


def tracks(count=3, name="conv{}.weight"):
    columns = ("mean", "std", "norm", "gradient_norm", "update_ratio", "distance_from_init", "dead_units")
    values = {key: np.linspace(0.1, 0.2, 5) for key in columns}
    return [Track(name.format(number), np.arange(5), values) for number in range(count)]


@pytest.mark.parametrize("width", [20, 74, 94, 114, 194])
def test_columns_fit_or_the_telling_ones_come_first(width):
    columns = layer_columns(tracks(), width, "norm")
    keys = [column.key for column in columns]
    assert len(set(keys)) == len(keys) == 10
    total = sum(column.width + GAP for column in columns) - GAP
    if width >= 114:
        assert total <= width
        assert keys[-1] == "health"
    else:
        assert keys[:4] == ["name", "health", "update_ratio", "gradient_norm"]


def test_only_what_was_measured_has_a_column():
    known = [
        Track(
            "w",
            np.arange(2),
            {"mean": np.zeros(2), "std": np.zeros(2), "norm": np.ones(2)},
            is_estimated=True,
        )
    ]
    assert usual(known) == "norm"
    columns = layer_columns(known, 200, "norm")
    assert [column.key for column in columns] == ["name", "mean", "std", "norm", "trend", "health"]
    (row,) = layer_rows(known, {}, columns, "norm", "braille")
    assert row[3].text == "≈1.00"


def test_a_word_comes_with_a_sign():
    assert health_cell(Verdict(Health.FROZEN, ""), "braille").text == "frozen ⚠"
    assert health_cell(Verdict(Health.DEAD, ""), "ascii").text == "dead !"
    assert health_cell(Verdict(Health.LEARNING, ""), "ascii").text == "learning"
    assert health_cell(None, "ascii").text == "-"


@pytest.mark.parametrize(
    ("statistic", "value", "expected"),
    [
        ("mean", -0.0213, "-0.0213"), ("norm", 17.2, "17.20"), ("norm", 1.3e7, "1.3e+07"), ("mean", 1.5e-6, "1.5e-06"),
        ("mean", 0.0, "0.0000"), ("update_ratio", 0.00123, "1.2e-03"), ("dead_units", 0.031, "3%"),
        ("mean", math.nan, "–"), ("norm", math.inf, "inf"), ("mean", -math.inf, "-inf"),
    ],
)  # fmt: skip
def test_numbers_in_the_digits_that_suit_them(statistic, value, expected):
    assert number(statistic, value) == expected


def test_names_that_are_odd_are_cut_not_obeyed():
    columns = layer_columns(tracks(name="\x1b[31m[b]" + "w" * 100 + "{}"), 120, "norm")
    assert columns[0].width <= 26


def test_layers_before_batch_norm():
    layers = tuple(
        LayerFacts(name=name, kind=kind, output=(), parameters=0, multiply_adds=0)
        for name, kind in (
            ("conv1", "conv"),
            ("bn", "batch_norm"),
            ("fc", "Linear"),
            ("b", "BatchNorm1d"),
            ("o", "linear"),
            ("conv2", "Conv2d"),
            ("pool", "max_pool"),
            ("bn2", "batch norm"),
        )
    )
    now = datetime.now(UTC)
    record = RunRecord(
        run_id="x", experiment="x", base="x", created=now, state_since=now, spec=ExperimentSpec(),
        model=ModelFacts(parameters=0, multiply_adds=0, layers=layers),
    )  # fmt: skip
    assert shown(record=record).before_batch_norm == {"conv1", "fc", "conv2", "pool"}
    assert shown().before_batch_norm == set()


# Histograms, tags.


def test_kinds_of_histograms():
    tags = (
        "weights/conv1.weight",
        "biases/conv1.bias",
        "gradients/conv1.weight",
        "gradients/fc.bias",
        "dense/bias_0",
        "dense/kernel_0",
    )
    kinds = by_kind(tags)
    assert list(kinds) == ["weights", "biases", "gradients"]
    assert kinds["weights"] == ("weights/conv1.weight", "dense/kernel_0")
    assert kind_of("model/grad_norm") == "gradients"
    assert parameter_of("gradients/conv1.weight") == "conv1.weight"
    assert parameter_of("dense/kernel_0") == "dense/kernel_0"
    assert nearest(kinds["gradients"], "conv1.weight") == "gradients/conv1.weight"
    assert nearest(kinds["biases"], "conv1.weight") == "biases/conv1.bias"
    assert nearest((), "conv1.weight") is None


def test_tags_are_found_by_words():
    tags = ["loss/train", "Loss/valid", "accuracy/train"]
    assert matching(tags, "LOSS tr") == ["loss/train"]
    assert matching(tags, "") == tags
    assert matching(tags, "[") == []


def test_tag_rows(tmp_path):
    view = view_of(tmp_path, [(1, "loss", 0.25)])
    (row,) = tag_rows(["loss"], view.scalars, {"loss"}, 20, is_ascii=True)
    assert [cell.text for cell in row] == ["* loss", "0.2500"]
    (row,) = tag_rows(["layer_distance_from_init/fc1.weight"], {}, (), 20, is_ascii=False)
    assert row[0].text == "  layer_di…c1.weight"
    assert sum(column.width for column in tag_columns(40)) + GAP == 40


# How panes stand.


def test_one_pane_where_there_is_little_room():
    for pane in PANES:
        assert arrangement(80, 24, pane).panes == (pane,)
        assert arrangement(120, 24, pane).panes == (pane,)
        assert arrangement(200, 60, pane, maximised=True).panes == (pane,)


def test_an_overview_where_there_is_more():
    assert arrangement(120, 40, "layers").panes == OVERVIEW
    assert arrangement(120, 40, "log").panes == ("log",)
    assert arrangement(170, 40, "curves").name == "-wide-four"
    assert arrangement(200, 60, "log").panes == (*OVERVIEW, "log", "system")
    assert arrangement(120, 40, "curves", beside="tags").panes == ("curves", "tags")
    assert arrangement(120, 40, "layers", beside="tags").panes == ("layers",)


# The system.


class Clock:
    """A worker that is this very process."""

    @staticmethod
    def identity():
        import os

        from fashiontui.runs.identity import identify

        return identify(os.getpid())


def test_a_process_is_measured():
    meter = LoadMeter(Clock.identity())
    first, second = meter.read(), meter.read()
    assert math.isnan(first.cpu_percent)
    assert second.cpu_percent >= 0
    assert second.rss_bytes > 1 << 20
    assert second.threads >= 1
    assert second.gpus == ()


def test_a_process_that_is_gone_is_not_mistaken():
    assert LoadMeter(ProcessIdentity(Clock.identity().pid, "long ago")).read() is None


def test_gpus_are_what_nvidia_smi_says():
    said = {
        "--query-gpu=index,name,utilization.gpu,memory.used,memory.total": "0, NVIDIA H200, 45, 1024, 143771\n1, X, [N/A], 3, 4\n",
        "--query-compute-apps=pid,used_memory": f"1, 5\n{Clock.identity().pid}, 600\n{Clock.identity().pid}, 24\n",
    }
    load = LoadMeter(Clock.identity(), on_gpu=True, ask=said.__getitem__).read()
    assert load.gpus == (Gpu(0, "NVIDIA H200", 45.0, 1024.0, 143771.0), Gpu(1, "X", None, 3.0, 4.0))
    assert load.gpu_megabytes == 624


@pytest.mark.parametrize("said", ["", "No devices were found", "a, b\n, ,\n\x00", "0, x, y"])
def test_what_nvidia_smi_may_say_else(said):
    assert list(parse_gpus(said)) == []
    assert parse_memory(said, 5) is None


def attempt():
    begun = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
    return Attempt(
        started=begun,
        ended=begun.replace(minute=17),
        device="cpu",
        device_name="AMD",
        threads=2,
        pid=7,
        from_step=500,
    )


def record(**changes):
    now = datetime.now(UTC)
    values = {
        "run_id": "x", "experiment": "x", "base": "x", "created": now, "state_since": now, "spec": ExperimentSpec(),
        "attempts": (attempt(),),
        "environment": {"host": "here", "packages": {"torch": "2"}, "git": {"commit": "abc", "dirty": True}},
    }  # fmt: skip
    return RunRecord(**{**values, **changes})


def said_of(run, loads=(), host="here"):
    return "\n".join(map(text, system_lines(run, loads, host, "ascii", 120)))


def test_what_is_said_of_an_ended_run():
    words = said_of(shown(make_entry(state=RunState.FINISHED), record=record()))
    assert "No process: the run is finished." in words
    assert "2m 00s, cpu (AMD), 2 threads, process 7, from step 500" in words
    assert "abc, with changes that were not committed" in words
    assert "torch" in words


def test_what_is_said_of_a_live_run():
    live = shown(make_entry(state=RunState.RUNNING), record=record())
    assert "Looking" in said_of(live)
    assert "on here" in said_of(live, host="there")
    loads = (
        Load(math.nan, 3 << 20, 2, 61.0),
        Load(99.6, 5 << 20, 3, 62.0, (Gpu(0, "G", 4.0, 1.0, 2.0),), 1.0),
    )
    words = said_of(live, loads)
    assert "100 % of a core" in words
    assert "5 MiB" in words
    assert "GPU 0" in words
    assert "…" in said_of(live, loads[:1])


def test_what_is_too_wide_goes_on_below_itself():
    run = shown(make_entry(state=RunState.FINISHED), record=record())
    lines = [text(each) for each in system_lines(run, (), "here", "ascii", 50)]
    assert all(len(each) <= 50 for each in lines)
    start = next(number for number, each in enumerate(lines) if each.startswith("attempt 1"))
    end = next(number for number, each in enumerate(lines) if each.startswith("host"))
    assert end - start > 1
    said = " ".join(each[18:].strip() for each in lines[start:end])
    assert said.endswith("cpu (AMD), 2 threads, process 7, from step 500")


def series(tag, *values):
    logged = ScalarSeries(tag)
    logged.extend(np.arange(len(values)), np.zeros(len(values)), np.array(values, dtype=float))
    return logged


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.RUNNING])
def test_what_it_took_from_its_beginning_is_said_of_any_run(state):
    scalars = {
        tag: series(tag, *values)
        for tag, values in {
            "system/cpu_percent": (150.0, 190.0, 200.0),
            "system/memory_MiB": (800.0, 1234.0, 900.0),
            "system/gpu_memory_MiB": (5.0, 6.0, 6.0),
        }.items()
    }
    run = shown(make_entry(state=state), record=record(), view=RunView(scalars=scalars))
    words = said_of(run)
    assert "mean 180 % of a core" in words
    assert "most 1,234 MiB" in words
    assert "most 6 MiB" in words
    assert "from its beginning" in words
    assert "from its beginning" not in said_of(shown(make_entry(state=state), record=record()))


def test_environments_of_any_kind_are_read():
    odd = {"host": 5, "packages": ["no", "mapping"], "git": "none", "python": "\x1b[31m"}
    assert "\x1b" not in said_of(shown(make_entry(state=RunState.LOST), record=record(environment=odd)))


# run.json.


def test_a_record_is_read_when_it_is_new(tmp_path):
    file = RecordFile(tmp_path)
    assert file.look() is None
    record().save(tmp_path / "run.json")
    assert file.look().record.run_id == "x"
    assert file.look() is None
    (tmp_path / "run.json").write_text("[]")
    read_again = file.look()
    assert read_again.record is None
    assert "not a run record" in read_again.problem
