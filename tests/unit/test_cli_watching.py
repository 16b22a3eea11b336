from __future__ import annotations

import pytest
from support.fakes import make_entry, make_run
from support.registry import HERE, opened, queued

from fashiontui.cli.runs import Listing
from fashiontui.cli.watching import View, most_urgent, summary
from fashiontui.runs import lock
from fashiontui.runs.progress import Progress
from fashiontui.runs.state import RunState

FINISHED, RUNNING, QUEUED = RunState.FINISHED, RunState.RUNNING, RunState.QUEUED


def entries(*states):
    return [make_entry(run_id=f"r{place:02}", state=state) for place, state in enumerate(states)]


def kept(room, *states):
    return [entry.run_id for entry in most_urgent(entries(*states), room)]


def test_everything_in_its_order_where_there_is_room():
    assert kept(5, FINISHED, RUNNING, FINISHED, QUEUED) == ["r00", "r01", "r02", "r03"]


def test_live_runs_go_before_all_others():
    assert kept(1, RUNNING, FINISHED, FINISHED, QUEUED) == ["r00"]


def test_a_long_queue_leaves_room_for_what_has_just_ended():
    assert kept(4, FINISHED, FINISHED, FINISHED, *[QUEUED] * 9) == ["r01", "r02", "r03", "r04"]
    assert kept(4, FINISHED, *[QUEUED] * 9) == ["r00", "r01", "r02", "r03"]


def test_a_summary_counts_what_is_hidden():
    some = entries(FINISHED, RUNNING, QUEUED, QUEUED)
    assert summary(some, 4) == "2 queued, 1 running, 1 finished"
    assert summary(some, 2) == "2 queued, 1 running, 1 finished; 2 more than there is room for"
    assert summary([], 0) == "no runs"


@pytest.fixture
def registry(tmp_path):
    with opened(tmp_path / "logs") as registry:
        yield registry


def drawn(view, width=80, height=24):
    return view.draw(width, height).plain.splitlines()


def test_what_changes_is_drawn(registry):
    view = View(registry, Listing.of("", None, None, None))
    assert drawn(view) == ["no runs"]
    with opened(registry.logs) as other:
        (key,) = queued(other, "20261123-091502-k3f")
        assert drawn(view)[0] == "SYNTHETIC data: 1 queued"
        other.claim(key, "cpu/0")
    with lock.hold(registry.logs / key):
        for epoch in (1, 2):
            progress = Progress(
                epoch=epoch, epochs=3, eta_seconds=61.0, samples_per_second=900.0, phase="training"
            )
            progress.save(registry.logs / key / "progress.json")
            summary, _, line = drawn(view)
            assert summary == "SYNTHETIC data: 1 starting"
            assert line.split()[3] == f"{epoch}/3"
            assert line.endswith("1:01 left, 900/s")


def test_a_run_that_is_copied_here_is_drawn(registry):
    view = View(registry, Listing.of("status:finished", None, None, None))
    make_run(registry.logs, "lr", "a", state=FINISHED, environment=HERE)
    make_run(registry.logs, "lr", "b", state=RunState.FAILED, environment=HERE)
    assert drawn(view)[0] == "SYNTHETIC data: 1 finished"


def test_it_fits_the_terminal_and_its_order_is_kept(registry):
    for number in range(30):
        make_run(registry.logs, "lr", f"20261123-0915{number:02}-aaa", state=FINISHED, environment=HERE)
    lines = drawn(View(registry, Listing.of("", None, None, None)), 60, 10)
    assert len(lines) == 9  # and the cursor's
    assert max(map(len, lines)) <= 60
    assert lines[-1].startswith("20261123-091529")
    lines = drawn(View(registry, Listing.of("", "run", None, None)), 60, 10)
    assert lines[2].startswith("20261123-091500")


def test_brackets_in_names_are_no_markup(registry):
    make_run(registry.logs, "[red]x", "a", state=FINISHED, environment=HERE)
    assert "[red]x" in drawn(View(registry, Listing.of("", None, None, None)))[2]
