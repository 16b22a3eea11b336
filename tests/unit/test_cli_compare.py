from __future__ import annotations

import csv
import io
import json
import re

import pytest
from support.event_logs import framed, scalar, version, write_events
from support.fake_worker import result
from support.fakes import make_run

from fashiontui.cli.compare import Wanted, print_comparison
from fashiontui.cli.runs import Screen
from fashiontui.cli.table import cells
from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import EventFileError, RunNotFoundError, UsageError
from fashiontui.runs.state import RunState

PIPE = Screen()
IDS = ("20261123-091501-aaa", "20261123-091502-bbb", "20261123-091503-ccc")


def spec(**changes):
    return ExperimentSpec.model_validate({"dataset": "synthetic", "training": {"epochs": 3}, **changes})


def finished(logs, experiment, run_id, *, accuracy, seconds=2.0, seed=1, **settings):
    training = {"epochs": 3, "seed": seed}
    outcome = result(3).model_copy(update={"test_accuracy": accuracy, "train_seconds": seconds})
    changes = {"state": RunState.FINISHED, "result": outcome, "spec": spec(training=training, **settings)}
    return make_run(logs, experiment, run_id, **changes)


@pytest.fixture
def logs(tmp_path):
    folder = tmp_path / "logs"
    mlp = {"kind": "mlp", "units": [64]}
    finished(folder, "lr", IDS[0], accuracy=0.84, seconds=41)
    finished(folder, "ann1", IDS[1], accuracy=0.9, seconds=130, model=mlp)
    finished(folder, "ann1", IDS[2], accuracy=0.92, seconds=120, seed=2, model=mlp)
    return folder


def printed(logs, *runs, output="table", screen=PIPE, **options):
    out, err = io.StringIO(), io.StringIO()
    print_comparison(Wanted(runs, **options), logs, output, out, err, screen)
    return out.getvalue(), err.getvalue()


def objects(logs, *runs, **options):
    out, _ = printed(logs, *runs, output="json", **options)
    return [json.loads(line) for line in out.splitlines()]


def test_what_differs_side_by_side(logs):
    out, err = printed(logs, "lr", "ann1")
    lines = out.splitlines()
    assert lines[0].split() == ["★", "lr", "ann1"]
    assert next(line for line in lines if line.startswith("model.kind")).split() == [
        "model.kind",
        "logistic",
        "mlp",
    ]
    accuracy = next(line for line in lines if line.startswith("test accuracy"))
    assert accuracy.split() == ["test", "accuracy", "0.8400", "0.9200", "+0.0800", "▲"]
    time = next(line for line in lines if line.startswith("training time"))
    assert time.split() == ["training", "time", "41s", "▲", "2m", "00s", "+1m", "19s"]
    assert not any(line.startswith("dataset.name") for line in lines)
    assert err == ""


def test_everything(logs):
    out, _ = printed(logs, "lr", "ann1", everything=True)
    assert any(line.startswith("dataset.name") for line in out.splitlines())
    assert any(line.startswith("state") for line in out.splitlines())


def test_another_baseline(logs):
    lr, ann = objects(logs, "lr", "ann1", baseline="ann1")
    assert (lr["baseline"], ann["baseline"]) == (False, True)
    assert lr["delta"]["test_accuracy"] == pytest.approx(-0.08)
    assert "test_accuracy" not in ann["delta"]


def test_a_baseline_that_was_not_named_comes_first(logs):
    names = [each["name"] for each in objects(logs, "ann1", baseline="lr")]
    assert names == ["lr", "ann1"]


def test_a_filter_means_all_that_fit(logs):
    names = [each["name"] for each in objects(logs, "model=mlp")]
    assert names == ["ann1 bbb", "ann1 ccc"]


def test_seeds_as_one(logs):
    _, ann = objects(logs, "lr", IDS[1], IDS[2], fold_seeds=True)
    assert ann["name"] == "ann1 × 2 seeds"
    assert ann["runs"] == [f"ann1/{IDS[1]}", f"ann1/{IDS[2]}"]
    assert ann["results"]["test_accuracy"] == pytest.approx(0.91)
    assert ann["std"]["test_accuracy"] == pytest.approx(0.0141421, rel=1e-4)
    assert ann["delta"]["test_accuracy"] == pytest.approx(0.07)
    out, _ = printed(logs, "lr", IDS[1], IDS[2], fold_seeds=True)
    assert "0.9100 ±0.0141  +0.0700 ▲" in out


def test_a_folded_baseline(logs):
    found = objects(logs, "lr", IDS[1], IDS[2], fold_seeds=True, baseline=IDS[2])
    assert [each["baseline"] for each in found] == [False, True]


def test_json_has_the_best_of_each_result(logs):
    lr, ann = objects(logs, "lr", "ann1")
    assert "train_seconds" in lr["best"]
    assert "test_accuracy" in ann["best"]
    assert ann["settings"]["model.units"] == [64]
    assert lr["settings"]["model.units"] is None


def test_csv_has_a_line_a_value(logs):
    out, _ = printed(logs, "lr", "ann1", output="csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    found = {(row["key"], row["run"]): row for row in rows}
    ann = found["test_accuracy", "ann1"]
    assert (float(ann["value"]), ann["best"], ann["better"]) == (0.92, "yes", "max")
    assert float(ann["delta"]) == pytest.approx(0.08)
    assert found["test_accuracy", "lr"]["delta"] == ""
    assert found["model.kind", "lr"]["value"] == "logistic"


def test_markdown(logs):
    out, _ = printed(logs, "lr", "ann1", output="markdown")
    lines = out.splitlines()
    assert lines[1] == "| --- | ---: | ---: |"
    assert "| test accuracy | 0.8400 | **0.9200** (+0.0800) |" in lines


def test_runs_that_do_not_fit_go_below(logs):
    for width in (60, 40, 20):
        out, _ = printed(logs, "lr", IDS[1], IDS[2], screen=Screen(width))
        blocks = out.count("test accuracy")
        assert blocks >= 2 if width <= 60 else 1
        if width >= 60:
            assert max(map(cells, out.splitlines())) <= width


def test_colours_only_on_a_terminal(logs):
    assert "\x1b" not in printed(logs, "lr", "ann1")[0]
    assert "\x1b[32m" in printed(logs, "lr", "ann1", screen=Screen(100, colours=True))[0]


def test_equal_runs(logs):
    finished(logs, "lr", "20261123-091509-zzz", accuracy=0.84, seconds=41)
    out, err = printed(logs, IDS[0], "20261123-091509-zzz")
    assert "no difference" in err
    assert "test accuracy" not in out


def test_one_run_is_not_enough(logs):
    with pytest.raises(UsageError, match="only lr"):
        printed(logs, "lr", IDS[0])
    with pytest.raises(UsageError, match="only lr"):
        printed(logs, "lr", fold_seeds=True)


def test_seeds_folded_to_one_are_told_by_their_results(logs):
    out, err = printed(logs, IDS[1], IDS[2], fold_seeds=True)
    assert err == ""
    assert "× 2 seeds" in out.splitlines()[0]
    assert re.search(r"^test accuracy +0\.\d{4} ±0\.\d{4}$", out, re.MULTILINE)
    assert "training.epochs" not in out
    assert "training.epochs" in printed(logs, IDS[1], IDS[2], fold_seeds=True, everything=True)[0]


def test_unknown_runs(logs):
    with pytest.raises(RunNotFoundError):
        printed(logs, "lr", "nothing")
    with pytest.raises(RunNotFoundError, match="no run fits"):
        printed(logs, "test_accuracy>0.99")
    with pytest.raises(UsageError, match="2 runs"):
        printed(logs, "lr", "ann1", baseline="model=mlp")


def foreign(folder, *losses, offset=0.0):
    folder.mkdir(parents=True)
    events = [scalar(step, "val/loss", value, 1e9 + offset + 10 * step) for step, value in enumerate(losses)]
    write_events(folder, "1", [version(), *events])
    return str(folder)


def test_logs_of_other_programs(logs, tmp_path):
    first = foreign(tmp_path / "a", 1.0, 0.5, 0.7)
    second = foreign(tmp_path / "b", 1.0, 0.4)
    one, two = objects(logs, first, second)
    assert one["results"]["best val/loss"] == 0.5
    assert one["results"]["last val/loss"] == 0.7
    assert two["best"] == ["best val/loss", "last val/loss"]
    assert one["results"]["logged_seconds"] == 20


def test_a_damaged_log_is_compared_and_told(logs, tmp_path, capsys):
    path = tmp_path / "a" / "events.out.tfevents.1"
    first = foreign(tmp_path / "a", 1.0, 0.5)
    before, event = path.read_bytes(), framed([scalar(9, "val/loss", 0.1)])
    path.write_bytes(before + event[:20] + b"?" + event[21:] + event)
    one, _ = objects(logs, first, "lr")
    assert one["results"]["last val/loss"] == pytest.approx(0.1)
    assert (
        capsys.readouterr().err
        == f"{path}: damaged at byte {len(before)}, {len(event)} bytes skipped; the rest was read\n"
    )


def test_our_runs_with_those_of_others(logs, tmp_path):
    lr, other = objects(logs, "lr", foreign(tmp_path / "a", 1.0, 0.5))
    assert lr["results"]["test_accuracy"] == 0.84
    assert lr["results"]["best val/loss"] is None
    assert other["results"]["test_accuracy"] is None


def test_odd_names_do_no_harm(logs):
    finished(logs, "[red]a\x1b[31m" + "b" * 100, "20261123-091509-zzz", accuracy=0.5, seconds=1)
    path = str(next(logs.glob("*red*")) / "20261123-091509-zzz")
    for output in ("table", "csv", "markdown"):
        out, _ = printed(logs, "lr", path, output=output)
        assert "\x1b" not in out
    assert objects(logs, "lr", path)[1]["experiment"].startswith("[red]a\x1b")


def test_wide_names(logs):
    finished(logs, "幅" * 10, "20261123-091509-zzz", accuracy=0.5, seconds=1)
    out, _ = printed(logs, "lr", "幅" * 10)
    lines = out.splitlines()
    assert lines[0].endswith("幅" * 10)


def test_drawn_data_are_called_so(logs):
    facts = {
        "name": "synthetic",
        "synthetic": True,
        "source": "x",
        "fingerprint": "f",
        "classes": (),
        "train_size": 1,
    }
    from fashiontui.runs.record import DatasetFacts

    data = DatasetFacts(**facts, valid_size=1, test_size=1)
    for number, experiment in enumerate(("x", "y")):
        make_run(
            logs,
            experiment,
            f"20261124-00000{number}-abc",
            state=RunState.FINISHED,
            result=result(3),
            dataset=data,
        )
    out, _ = printed(logs, "x", "y", everything=True)
    assert out.splitlines()[-1] == "synthetic data"


def test_a_log_in_two_parts_is_one_run(logs, tmp_path):
    foreign(tmp_path / "keras" / "train", 1.0, 0.5)
    foreign(tmp_path / "keras" / "validation", 1.1, 0.6)
    one, two = objects(logs, str(tmp_path / "keras"), foreign(tmp_path / "b", 1.0, 0.4))
    assert one["results"]["best validation/val/loss"] == pytest.approx(0.6)
    assert "best val/loss" in two["results"]


def test_a_file_that_is_no_log_is_told(logs, tmp_path):
    path = tmp_path / "experiments.toml"
    path.write_text("[experiments.a]\n" * 50)
    with pytest.raises(EventFileError, match=r"experiments\.toml holds no scalars that can be read"):
        objects(logs, "lr", str(path))
