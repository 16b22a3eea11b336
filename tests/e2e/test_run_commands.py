"""Commands over runs that go on without them: real processes, a fake worker."""

from __future__ import annotations

import os
import pty
import select
import signal

import pytest
from support.cli import begin, call, environment, events, with_fake_worker
from support.fakes import make_run, until

from fashiontui.runs.find import list_runs
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.presence import supervisor_pid

ENDLESS, FINISH, SLOW = (with_fake_worker(behaviour) for behaviour in ("endless", "finish", "slow"))


@pytest.fixture
def busy(folder):
    """A folder with two runs in one slot: the first of them is under way."""
    done = call(folder, "run", "lr", "lr", "--seeds", "2", "--detach", program=ENDLESS)
    assert done.returncode == 0, done.stderr
    until(lambda: states(folder)[0] == "running")
    yield folder
    call(folder, "stop", "state:queued,starting,running", "--now", program=ENDLESS)
    until(lambda: supervisor_pid(folder / "logs") is None)


def states(folder):
    return [run["state"] for run in events(call(folder, "runs", "--json").stdout)]


def listed(folder):
    """Ids of all runs; of a busy folder, the one under way and the one that waits."""
    return [run["run_id"] for run in events(call(folder, "runs", "--json").stdout)]


def test_a_detached_run_is_listed_stopped_and_gone_on_with(busy):
    first, second = events(call(busy, "runs", "--json").stdout)
    assert second["reason"] == f"cpu is taken by lr/{first['run_id']}"
    assert first["progress"]["epochs"] == 1000
    assert (
        call(busy, "pause", second["run_id"]).stdout
        == f"lr/{second['run_id']} is paused, and out of the queue\n"
    )
    stopped = call(busy, "stop", "status:running", "--json")
    assert (stopped.returncode, events(stopped.stdout)[0]["changed"]) == (0, True)
    until(lambda: sorted(states(busy)) == ["paused", "stopped"])
    folders = (RunPaths.of(busy / "logs", "lr", run["run_id"]) for run in (first, second))
    assert [RunRecord.load(paths.record).state for paths in folders] == [RunState.STOPPED, RunState.PAUSED]
    until(lambda: supervisor_pid(busy / "logs") is None)  # it has nothing left to do
    resumed = call(busy, "resume", "status:stopped,paused", program=FINISH)
    assert (resumed.returncode, resumed.stderr) == (0, "")
    until(lambda: states(busy) == ["finished", "finished"])
    again = call(busy, "resume", first["run_id"], program=FINISH)
    assert (again.returncode, again.stdout) == (1, "")
    assert "Traceback" not in again.stderr


def test_the_queue_is_reordered(busy):
    more = call(busy, "run", "lr", "--seed", "9", "--detach", "--json", program=ENDLESS)
    (added,) = events(more.stdout)
    moved = call(busy, "move", added["run_id"], "--first")
    assert moved.stdout == f"lr/{added['run_id']} is number 1 of 2 in the queue\n"
    queue = events(call(busy, "runs", "status:queued", "--json").stdout)
    assert [run["seed"] for run in queue] == [9, 2]


def test_a_live_run_is_not_deleted_and_a_killed_one_is(busy):
    live, waiting = listed(busy)
    refused = call(busy, "delete", live)
    assert refused.returncode == 1
    assert f"fashiontui stop {live}" in refused.stderr
    assert call(busy, "delete", waiting).returncode == 0
    assert call(busy, "stop", "--now", live).returncode == 0
    until(lambda: states(busy) == ["stopped"])
    assert call(busy, "delete", "--purge", "--yes", "status:stopped", waiting).returncode == 2
    assert call(busy, "delete", "--purge", "--yes", live, waiting).returncode == 0
    assert list_runs(busy / "logs") == []
    assert not (busy / "logs" / ".trash").exists()


def test_a_log_is_followed_to_its_end_in_a_pipe(folder):
    call(folder, "run", "lr", "--detach", program=SLOW)
    followed = call(folder, "log", "-f", "lr")
    assert (followed.returncode, followed.stdout) == (0, "fake worker at work\n")
    assert followed.stderr.endswith(" finished\n")
    assert states(folder) == ["finished"]


def test_ctrl_c_leaves_a_log_and_the_run_goes_on(busy):
    following = begin(busy, "log", "-f", listed(busy)[0])
    assert following.stdout is not None
    following.stdout.readline()
    following.send_signal(signal.SIGINT)
    _, err = following.communicate()
    assert (following.returncode, err) == (0, "")
    assert states(busy)[0] == "running"


def test_many_at_once_do_the_same(busy):
    live, waiting = listed(busy)
    for arguments in (("stop", live, waiting), ("delete", waiting)):
        started = [begin(busy, *arguments, program=ENDLESS) for _ in range(4)]
        ends = [(each.communicate(), each.returncode) for each in started]
        assert [code for _, code in ends] == [0] * 4, ends
    until(lambda: states(busy) == ["stopped"])
    trash = busy / "logs" / ".trash" / "lr"
    assert [path.name for path in trash.iterdir()] == [waiting]


def test_a_run_is_repeated_and_followed(folder):
    call(folder, "run", "lr", "--seed", "5", program=FINISH)
    done = call(folder, "rerun", "lr", "--headless", "--json", program=FINISH)
    assert done.returncode == 0
    result = events(done.stdout)[-1]
    assert (result["event"], result["seed"], result["state"]) == ("result", 5, "finished")
    assert len(list_runs(folder / "logs")) == 2
    queued = call(folder, "rerun", "lr", program=FINISH)
    assert "nothing that is known of differs today" in queued.stderr
    until(lambda: states(folder) == ["finished"] * 3)


def test_watching_needs_a_terminal(folder):
    done = call(folder, "runs", "--watch")
    assert done.returncode == 2
    assert "log -f" in done.stderr


def test_watching_draws_until_ctrl_c(busy):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(busy)
        command = [*ENDLESS, "runs", "--watch"]
        os.execve(
            command[0],
            command,
            {**environment(busy), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
        )
    shown = b""
    while b"1 running" not in shown or shown.count(b"/s") < 2:
        shown += os.read(terminal, 65536)
    os.write(terminal, b"\x03")
    while select.select([terminal], [], [], 10)[0]:
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # the other side has closed
            break
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert b"Traceback" not in shown
    assert b"cpu is taken by lr/" in shown
    assert shown.rstrip().endswith(b"\x1b[?25h")  # the cursor is back
    assert states(busy)[0] == "running"


def test_mistakes_are_told_with_a_way_out(folder):
    make_run(folder / "logs", "cnn1", "20261123-091502-k3f", state=RunState.FINISHED)
    for arguments, code, words in (
        (("runs", "dropuot>0.3"), 2, "Did you mean"),
        (("runs", "--sort", "accurcy"), 2, "^"),
        (("runs", "--columns", "state,,seed"), 2, "a key is missing"),
        (("show", "cnn"), 2, "cnn1"),
        (("stop", "cnn1", "status:running"), 2, "both together"),
        (("stop", "xyz"), 2, "newest run is cnn1/20261123-091502-k3f"),
        (("move", "cnn1"), 2, "--first, --last"),
        (("resume", "cnn1"), 1, "fashiontui rerun"),
        (("resume", "cnn1", "--device", "gpu"), 2, "Devices are"),
        (("delete", "cnn1", "--purge"), 2, "--yes"),
        (("show", "cnn1", "--logs", "nowhere"), 2, "there is no folder nowhere"),
        (("runs", "--logs", "nowhere"), 2, "there is no folder nowhere"),
        (("runs", "--logs", "experiments.toml"), 2, "is a file, not a folder"),
        (("hold", "--logs", "experiments.toml"), 2, "is a file, not a folder"),
        (("reindex", "--logs", "nowhere"), 2, "there is no folder"),
    ):
        done = call(folder, *arguments)
        assert done.returncode == code, (arguments, done.stderr)
        assert words in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
    assert not (folder / "nowhere").exists()
