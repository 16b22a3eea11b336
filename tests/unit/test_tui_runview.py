from __future__ import annotations

import itertools

import numpy as np
from support.event_logs import restart, scalar, version, write_events

from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.runview import RunFolder


def append(path, events):
    from support.event_logs import framed

    with path.open("ab") as file:
        file.write(framed(events))


def test_a_folder_without_event_files_is_an_empty_view_once(tmp_path):
    folder = RunFolder(tmp_path / "not there")
    view = folder.look()
    assert view is not None
    assert view.is_whole
    assert not view.scalars
    assert folder.look() is None


def test_views_stay_as_they_are_while_the_run_goes_on(tmp_path):
    path = write_events(tmp_path, "1", [version(), scalar(1), scalar(2)])
    folder = RunFolder(tmp_path)
    first = folder.look()
    append(path, [scalar(3)])
    second = folder.look()
    assert first.scalars["loss"].steps.tolist() == [1, 2]
    assert second.scalars["loss"].steps.tolist() == [1, 2, 3]
    write_events(tmp_path, "2", [version(), restart(2)])
    third = folder.look()
    assert [len(view.scalars["loss"]) for view in (first, second, third)] == [2, 3, 1]


def test_what_takes_too_long_comes_in_parts(tmp_path):
    write_events(
        tmp_path,
        "1",
        [version(), *(scalar(step, tag=f"tag{step % 50}", value=1.0) for step in range(60_000))],
    )
    folder = RunFolder(tmp_path)
    ticks = itertools.count(0.0, 0.05)
    views = []
    while not views or not views[-1].is_whole:
        view = folder.look(max_seconds=0.1, clock=lambda: next(ticks))
        assert view is not None
        views.append(view)
    counts = [sum(map(len, view.scalars.values())) for view in views]
    assert len(views) > 1
    assert counts == sorted(counts)
    assert counts[-1] == 60_000
    assert folder.look(clock=lambda: next(ticks)) is None


def test_a_file_replaced_is_another_generation(tmp_path):
    path = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(10))])
    folder = RunFolder(tmp_path)
    assert folder.look().generation == 0
    path.unlink()
    write_events(tmp_path, "1", [version(), scalar(1, value=7.0)])
    view = folder.look()
    assert view.generation == 1
    assert view.scalars["loss"].values.tolist() == [7.0]


def test_a_snapshot_is_not_moved_by_what_is_added_to_either():
    series = ScalarSeries("loss")
    one = (np.array([1]), np.array([1.0]), np.array([0.5]))
    series.extend(*one)
    snapshot = series.snapshot()
    snapshot.extend(*one)
    series.extend(np.array([9]), np.array([9.0]), np.array([9.0]))
    assert snapshot.steps.tolist() == [1, 1]
    assert series.steps.tolist() == [1, 9]
