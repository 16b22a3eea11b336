"""What is read of a run's files, and how rows come about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.reported import STEPS_PER_EPOCH, trained
from support.shown_runs import full_run

from fashiontui.analysis.health import Health
from fashiontui.analysis.report.build import sections_of
from fashiontui.analysis.report.digest import digest, percentiles
from fashiontui.analysis.report.drawing import draw
from fashiontui.analysis.report.examples import Site, surest_mistakes
from fashiontui.analysis.report.gather import gather, rows_of
from fashiontui.analysis.report.model import Figure
from fashiontui.analysis.report.sections import alike, filters, layers
from fashiontui.analysis.report.studies import Planned, Study
from fashiontui.cli.snapshots import unregistered
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.fingerprint import fingerprint
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.representations import Representations, representations_path
from fashiontui.runs.state import RunState
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.training.event_writer import EventWriter


def read(paths, *, everything=True):
    return digest(paths, RunRecord.load(paths.record), everything=everything)


def gathered(logs, *runs, studies=()):
    found = rows_of([unregistered(paths) for paths in runs], logs, studies)
    told = []
    ((facts,), notes) = gather(found.rows, found.folders, studies, Site(), lambda *said: told.append(said))
    return facts, notes, told


def test_percentiles_of_evenly_spread_values():
    edges = np.linspace(0.0, 10.0, 11)
    point = HistogramPoint(1, 0.0, edges[:-1], edges[1:], np.ones(10))
    assert percentiles(point, (0.0, 0.05, 0.5, 0.95, 1.0)) == pytest.approx([0.0, 0.5, 5.0, 9.5, 10.0])
    gap = HistogramPoint(1, 0.0, edges[:-1], edges[1:], np.array([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))
    assert percentiles(gap, (0.25, 0.75)) == pytest.approx([0.5, 9.5])
    empty = HistogramPoint(1, 0.0, edges[:-1], edges[1:], np.zeros(10))
    assert np.isnan(percentiles(empty, (0.5,))).all()


def test_curves_are_over_epochs(tmp_path):
    found = read(full_run(tmp_path, epochs=3), everything=False)
    xs, ys = found.curves["valid_accuracy"]
    assert xs.tolist() == [1, 2, 3]
    assert ys == pytest.approx([0.4 + 0.5 * (1 - np.exp(-epoch / 2)) for epoch in (1, 2, 3)])
    assert found.tracks == ()
    assert found.predictions is None


def test_all_of_a_run_that_is_shown_in_detail(tmp_path):
    found = read(full_run(tmp_path, epochs=6))
    assert found.verdicts["fc1.weight"].health is Health.FROZEN
    assert found.verdicts["conv1.bias"].health is Health.IDLE  # batch norm follows: the layer table tells
    assert found.track_epochs["conv1.weight"].tolist() == [1, 2, 3, 4, 5, 6]
    spread = found.spreads["weights/conv1.weight"]
    assert spread.percentiles.shape == (6, 5)
    assert (np.diff(spread.percentiles, axis=1) > 0).all()
    assert [frame.epoch for frame in found.films["conv1"]] == [0, 1, 2, 3, 4, 5, 6]
    assert len(found.predictions) == 60


def test_damage_is_told_and_the_rest_read(tmp_path):
    paths = full_run(tmp_path, epochs=6)
    (events,) = paths.root.glob("events*")
    content = bytearray(events.read_bytes())
    content[len(content) // 2] ^= 0xFF
    events.write_bytes(bytes(content))
    (paths.root / "predictions.test.npz").write_bytes(b"nothing")
    (paths.root / "representations.npz").write_bytes(b"nothing")
    found = read(paths)
    assert len(found.problems) == 3
    assert "belong to no sound record" in found.problems[0]
    assert len(found.curves["valid_accuracy"][0]) == 5
    assert found.predictions is None
    assert found.seen is None


def test_layers_and_filters_of_a_real_event_file(tmp_path):
    facts, notes, told = gathered(tmp_path, full_run(tmp_path, epochs=6))
    assert notes == []
    assert told[-1] == ("reading runs", 1, 1)
    section = layers.section(facts)
    assert any("fc1.weight is frozen" in said for said in section.paragraphs)
    assert any("output.weight is exploding" in said for said in section.paragraphs)
    film = filters.section(facts)
    assert [part.name for part in film.parts] == ["filters-cnn1", "filters-cnn1-ends"]
    assert "epoch 0 to 6" in film.parts[0].title
    assert film.parts[0].label == "synthetic, test size 60, valid size 40 · seed 1 · not smoothed"


def test_mistakes_are_the_surest_and_with_their_own_images(tmp_path):
    found = read(full_run(tmp_path))
    shown = surest_mistakes(found, (), many=3)
    wrong = np.flatnonzero(found.predictions.labels != found.predictions.predicted)
    assert [each.confidence for each in shown] == sorted(found.predictions.confidence[wrong], reverse=True)[
        :3
    ]
    assert {(each.label, each.predicted) for each in shown} == {(4, 6)}
    assert all(each.image.shape == (28, 28) for each in shown)


def test_images_of_another_dataset_are_not_shown(tmp_path):
    found = read(full_run(tmp_path))
    other = found.images.model_copy(update={"options": {"seed": 7}, "split_seed": 5})
    assert surest_mistakes(replace(found, images=other), ()) == ()


def test_class_accuracy_and_feature_maps_are_taken_where_they_are(tmp_path):
    paths = full_run(tmp_path, epochs=2)
    with EventWriter(paths.root) as writer:
        from support.shown_runs import sheet

        writer.add(STEPS_PER_EPOCH, {"class_accuracy/Coat": 0.5, "feature_maps/conv1": sheet(1)})
        writer.add(2 * STEPS_PER_EPOCH, {"class_accuracy/Coat": 0.6, "feature_maps/conv1": sheet(2)})
    found = read(paths)
    assert found.class_accuracy["Coat"][0].tolist() == [1, 2]
    assert found.class_accuracy["Coat"][1] == pytest.approx([0.5, 0.6])
    assert found.feature_maps["conv1"].epoch == 2
    facts, _, _ = gathered(tmp_path, paths)
    assert "maps-cnn1-conv1" in [part.name for part in filters.section(facts).parts]
    assert filters.section(facts).missing == ()


def represented(paths, seed, sha="s"):
    rng = np.random.default_rng(seed)
    outputs = rng.normal(size=(2, 2, 12, 5))  # (epochs, layers, images, units)
    outputs -= outputs.mean(axis=2, keepdims=True)
    grams = (outputs @ outputs.swapaxes(2, 3)).astype(np.float32)
    grams[1, 1] = 4 * grams[0, 1]  # the output layer only grows
    Representations(sha, np.array([0, 5]), ("fc1", "output"), grams, 5).save(representations_path(paths))


def test_how_alike_layers_see(tmp_path):
    one, two = full_run(tmp_path, "cnn1"), full_run(tmp_path, "cnn9", "20261123-091509-k3f", epochs=7)
    represented(one, 1)
    represented(two, 1)
    facts, _, _ = gathered(tmp_path, one, two)
    seen = facts.digests[one.run_id].seen
    assert seen.epochs_of_layer["output"][0, 1] == pytest.approx(1, abs=1e-3)
    assert seen.epochs_of_layer["fc1"][0, 1] < 0.9
    section = alike.section(facts)
    assert "output 0" in section.paragraphs[0]
    assert "fc1 5" in section.paragraphs[0]
    assert section.paragraphs[-1].startswith("cnn1 and cnn9: most alike are ")
    assert "(CKA 1.00)" in section.paragraphs[-1]
    names = [part.name for part in section.parts]
    assert names[:2] == ["cka-epochs-cnn1", "cka-layers-cnn1"]
    assert names[-1] == "cka-cnn1-cnn9"
    assert section.parts[-1].chart.values[0, 0] == pytest.approx(1, abs=1e-3)


def test_what_a_diverged_network_sees_is_like_nothing(tmp_path):
    one = full_run(tmp_path, "cnn1")
    grams = np.full((2, 2, 12, 12), np.nan, np.float32)
    Representations("s", np.array([0, 5]), ("fc1", "output"), grams, 5).save(representations_path(one))
    facts, _, _ = gathered(tmp_path, one)
    assert not any("0.95" in sentence for sentence in alike.section(facts).paragraphs)


def test_networks_that_saw_other_images_are_not_held_against_each_other(tmp_path):
    one, two = full_run(tmp_path, "cnn1"), full_run(tmp_path, "cnn9", "20261123-091509-k3f", epochs=7)
    represented(one, 1, "a")
    represented(two, 1, "b")
    facts, _, _ = gathered(tmp_path, one, two)
    assert not any(part.name == "cka-cnn1-cnn9" for part in alike.section(facts).parts)


def test_a_row_has_settings_results_machine_and_studies(tmp_path):
    paths = trained(tmp_path, "ann1", "20261123-091502-k3f", accuracy=0.91, seed=4, model={"kind": "mlp"})
    record = RunRecord.load(paths.record)
    environment = {
        "cpu": "A CPU",
        "python": "3.11.1",
        "packages": {"torch": "2.9"},
        "git": {"commit": "abc"},
        "host": "secret",
    }
    record.model_copy(update={"environment": environment}).save(paths.record)
    named, alike_study = (
        Study("anns", planned=(Planned("ann1", {}),)),
        Study(
            "same",
            planned=(Planned("x", {"training.epochs": 6, "dataset.name": "synthetic", "model.kind": "mlp"}),),
        ),
    )
    found = rows_of([unregistered(paths)], tmp_path, (named, alike_study, Study("other")))
    (row,) = found.rows
    assert (row.run_id, row.seed, row.dataset, row.state) == (
        "20261123-091502-k3f",
        4,
        "synthetic",
        "finished",
    )
    assert row.studies == ("anns", "same")
    assert row.results["test_accuracy"] == 0.91
    assert row.settings["model.units"] == [512]
    assert "training.seed" not in row.settings
    assert row.machine == {"cpu": "A CPU", "torch": "2.9", "python": "3.11.1", "commit": "abc"}
    assert row.fingerprint == fingerprint(record.spec)


def test_what_waits_failed_or_goes_on_is_said(tmp_path):
    runs = [
        trained(tmp_path, "ann1", f"20261123-09150{number}-k3f", state=state)
        for number, state in enumerate((RunState.QUEUED, RunState.FAILED, RunState.STOPPED))
    ]
    found = rows_of([unregistered(paths) for paths in runs], tmp_path, ())
    assert [row.state for row in found.rows] == ["failed", "stopped"]
    assert all(row.fingerprint == "" for row in found.rows)
    assert [note.partition(":")[0] for note in found.notes] == ["queued", "failed", "stopped"]
    assert "not in this report" in found.notes[0]


def test_why_a_run_failed_is_said(tmp_path):
    paths = trained(tmp_path, "ann1", "20261123-091501-k3f", state=RunState.FAILED)
    failure = Failure(kind="RunError", message="the training loss became nan by step 30")
    RunRecord.load(paths.record).model_copy(update={"failure": failure}).save(paths.record)
    found = rows_of([unregistered(paths)], tmp_path, ())
    assert found.notes == ("failed: ann1/20261123-091501-k3f: the training loss became nan by step 30",)


def test_what_is_not_finite_is_passed_over_and_the_rest_drawn(tmp_path):
    paths = full_run(tmp_path, epochs=6)
    with EventWriter(paths.root) as writer:
        names = ("conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias", "output.weight")
        broken = {
            f"layer_{what}/{name}": value
            for name in names
            for what, value in (("norm", np.inf), ("update_ratio", np.nan))
        }
        for epoch in (7, 8, 9):
            values = {
                "loss/valid": np.nan,
                "loss/train": np.inf,
                "accuracy/valid": 0.1,
                "progress/epoch": float(epoch),
            }
            writer.add(STEPS_PER_EPOCH * epoch, {**values, **broken})
    facts, _, _ = gathered(tmp_path, paths)
    assert facts.digests[paths.run_id].verdicts["conv1.weight"].health is Health.EXPLODING
    figures = [part for section in sections_of(facts) for part in section.parts if isinstance(part, Figure)]
    assert all(draw(figure).png for figure in figures)
    (curve,) = next(each for each in figures if each.name == "networks-curves").chart.panels[1].curves
    assert curve.xs.tolist() == [1, 2, 3, 4, 5, 6]


def test_only_one_run_of_an_experiment_is_read_in_detail(tmp_path):
    first = full_run(tmp_path)
    record = RunRecord.load(first.record)
    spec = record.spec.model_copy(update={"training": record.spec.training.model_copy(update={"seed": 2})})
    second = full_run(tmp_path, "cnn1", "20261123-091509-k3f")
    RunRecord.load(second.record).model_copy(
        update={"spec": ExperimentSpec.model_validate(spec.model_dump())}
    ).save(second.record)
    facts, _, _ = gathered(tmp_path, first, second)
    assert len(facts.groups) == 1
    assert facts.digests[first.run_id].tracks
    assert not facts.digests[second.run_id].tracks
    assert facts.shown(facts.groups[0]).run_id == first.run_id
